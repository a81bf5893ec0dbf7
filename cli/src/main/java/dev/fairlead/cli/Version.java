package dev.fairlead.cli;

import dev.fairlead.cli.api.HubApi;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Shows which versions work together here.
@Command(
        name = "version",
        description = "Show the version of this program, and with --hub that of the profile's hub.")
final class Version implements Callable<Integer> {

    private final Fairlead fairlead;

    @Option(names = "--hub", description = "Ask the profile's hub for its version as well.")
    private boolean askHub;

    @Mixin private JsonOption output = new JsonOption();

    Version(Fairlead fairlead) {
        this.fairlead = fairlead;
    }

    /// All that `fairlead version` says, for a process that does no more.
    static String line() {
        return "fairlead " + own();
    }

    /// The version in the jar's manifest; `unpacked` where it does not run from one.
    static String own() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "unpacked" : version;
    }

    @Override
    public Integer call() {
        var terminal = fairlead.terminal();
        var hub = askHub ? hub() : null;
        if (output.json) {
            terminal.json(json(hub));
        } else {
            terminal.line(line());
            if (hub != null) {
                terminal.line(
                        "hub      "
                                + (hub.version == null ? "unknown: " + hub.problem : hub.version));
            }
        }
        return Exit.OK.code();
    }

    /// @param version null where it is not known
    /// @param problem why not
    private record Hub(@Nullable String version, String problem) {}

    private Hub hub() {
        try (var api = fairlead.api(null)) {
            return new Hub(api.get(HubApi.path("hub")).path("version").asString(""), "");
        } catch (CliException e) {
            if (e.exit() != Exit.UNREACHABLE) {
                throw e;
            }
            return new Hub(null, String.valueOf(e.getMessage()));
        }
    }

    private static ObjectNode json(@Nullable Hub hub) {
        var shown = JsonMapper.shared().createObjectNode().put("cli", own());
        if (hub != null) {
            shown.put("hub", hub.version);
            if (hub.version == null) {
                shown.put("hubProblem", hub.problem);
            }
        }
        return shown;
    }
}
