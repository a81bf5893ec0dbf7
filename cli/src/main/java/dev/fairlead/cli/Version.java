package dev.fairlead.cli;

import dev.fairlead.cli.api.HubApi;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.json.JsonMapper;

/// Shows which versions work together here.
@Command(
        name = "version",
        description = "Show the version of this program and of the profile's hub.")
final class Version implements Callable<Integer> {

    private final Fairlead fairlead;

    @Mixin private JsonOption output = new JsonOption();

    Version(Fairlead fairlead) {
        this.fairlead = fairlead;
    }

    /// The version in the jar's manifest; `unpacked` where it does not run from one.
    static String own() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "unpacked" : version;
    }

    @Override
    public Integer call() {
        var shown = JsonMapper.shared().createObjectNode().put("cli", own());
        if (!fairlead.folder().profiles().byName().isEmpty()) {
            try (var api = fairlead.api(null)) {
                shown.put("hub", api.get(HubApi.path("hub")).path("version").asString(""));
            } catch (CliException e) {
                if (e.exit() != Exit.UNREACHABLE) {
                    throw e;
                }
                shown.putNull("hub").put("hubProblem", e.getMessage());
            }
        }
        var terminal = fairlead.terminal();
        if (output.json) {
            terminal.json(shown);
        } else {
            terminal.line("fairlead " + own());
            if (shown.has("hub")) {
                terminal.line(
                        "hub      "
                                + shown.path("hub")
                                        .asString(
                                                "unknown: "
                                                        + shown.path("hubProblem").asString("")));
            }
        }
        return Exit.OK.code();
    }
}
