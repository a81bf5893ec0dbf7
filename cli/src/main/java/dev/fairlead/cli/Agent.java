package dev.fairlead.cli;

import dev.fairlead.cli.api.HubApi;
import dev.fairlead.cli.api.Query;
import dev.fairlead.cli.output.Table;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// The operator's half of pairing. Joining itself is the agent's program.
@Command(
        name = "agent",
        synopsisSubcommandLabel = "COMMAND",
        description =
                "Approve or deny a machine that shows a pairing code, list those that wait (join, leave, run and status belong to the machine itself).")
final class Agent {

    private final Fairlead fairlead;

    Agent(Fairlead fairlead) {
        this.fairlead = fairlead;
    }

    @Command(
            name = "approve",
            description = {
                "Look up a pairing code, show who waits behind it, and let it into the tenant.",
                "Compare the fingerprint with the one that the machine shows: only then is it that machine."
            })
    int approve(
            @Parameters(
                            paramLabel = "CODE",
                            description = "The whole code, as the machine shows it.")
                    String code,
            @Option(
                            names = "--fingerprint",
                            paramLabel = "F",
                            description =
                                    "The fingerprint that the machine shows, instead of being asked.")
                    @Nullable String fingerprint,
            @Option(
                            names = "--name",
                            paramLabel = "NAME",
                            description = "What the node is to be called.")
                    @Nullable String name,
            @Option(
                            names = {"-l", "--label"},
                            paramLabel = "KEY=VALUE",
                            description = "A label of the node; more than once for more.")
                    @Nullable List<String> labels) {
        try (var api = fairlead.api()) {
            var waiting = api.post(fairlead.inTenant("pairings", "lookups"), Map.of("code", code));
            var terminal = fairlead.terminal();
            terminal.note(
                    "machine      "
                            + waiting.path("hostname").asString("")
                            + " ("
                            + waiting.path("os").asString("")
                            + ", "
                            + waiting.path("arch").asString("")
                            + "), agent "
                            + waiting.path("version").asString("")
                            + ", from "
                            + waiting.path("address").asString(""));
            terminal.note(
                    "name         "
                            + (name == null ? waiting.path("name").asString("") : name)
                            + " in tenant "
                            + fairlead.tenant());
            String found = waiting.path("fingerprint").asString("");
            terminal.note("fingerprint  " + found);
            if (fingerprint == null) {
                Confirm.orStop(
                        fairlead,
                        false,
                        "Does the machine show this fingerprint?",
                        "Add --fingerprint with the one that the machine shows");
            } else if (!plain(fingerprint).equals(plain(found))) {
                throw new CliException(
                        Exit.DENIED,
                        "The machine behind the code has another fingerprint; it was not approved.",
                        "Somebody else may have started a pairing: start again with a new code.");
            }
            var body = new HashMap<String, Object>(Map.of("code", code, "fingerprint", found));
            if (name != null) {
                body.put("name", Names.label("node", name));
            }
            if (labels != null) {
                body.put("labels", Labels.parse(labels));
            }
            api.post(fairlead.inTenant("pairings", "approvals"), body);
            terminal.note("Approved. The machine joins when the person there confirms.");
        }
        return Exit.OK.code();
    }

    @Command(
            name = "waiting",
            description = {
                "List the machines that wait with a pairing code, of whichever tenant they will be.",
                "For the hub's own operators. The code is what the person at the machine says."
            })
    int waiting(@Mixin JsonOption output) {
        try (var api = fairlead.api()) {
            fairlead.terminal()
                    .list(
                            output.json,
                            api.list(HubApi.path("pairings"), Query.NONE),
                            "No machine waits.",
                            this::table);
        }
        return Exit.OK.code();
    }

    private Table table(List<JsonNode> machines) {
        var table = new Table("MACHINE", "OS", "ARCH", "FROM", "EXPIRES");
        for (var one : machines) {
            table.row(
                    one.path("hostname").asString(""),
                    one.path("os").asString(""),
                    one.path("arch").asString(""),
                    one.path("address").asString(""),
                    fairlead.terminal().time(one.path("expires")));
        }
        return table;
    }

    @Command(
            name = "deny",
            description =
                    "Turn away the machine behind a pairing code: it is told so, and the code is no more.")
    int deny(
            @Parameters(
                            paramLabel = "CODE",
                            description = "The whole code, as the machine shows it.")
                    String code) {
        try (var api = fairlead.api()) {
            api.post(fairlead.inTenant("pairings", "denials"), Map.of("code", code));
        }
        fairlead.terminal().note("Denied. The machine was told so, and its code is no more.");
        return Exit.OK.code();
    }

    private static String plain(String fingerprint) {
        return fingerprint.replaceAll("[ -]", "").toLowerCase(java.util.Locale.ROOT);
    }
}
