package dev.fairlead.cli;

import dev.fairlead.cli.api.Query;
import dev.fairlead.cli.output.Table;
import dev.fairlead.cli.output.Times;
import java.util.HashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// Enrolment tokens: what lets a machine become a node.
@Command(
        name = "token",
        synopsisSubcommandLabel = "COMMAND",
        description = "Make, list or revoke enrolment tokens.")
final class Token {

    private final Fairlead fairlead;

    Token(Fairlead fairlead) {
        this.fairlead = fairlead;
    }

    @Command(
            name = "create",
            description = {
                "Make an enrolment token, and print the one line to paste on the machine that is to become a node.",
                "The line is shown once."
            })
    int create(
            @Option(
                            names = "--uses",
                            paramLabel = "N",
                            defaultValue = "1",
                            description = "How many nodes it admits (${DEFAULT-VALUE}).")
                    int uses,
            @Option(
                            names = "--expires",
                            paramLabel = "SPAN",
                            defaultValue = "1h",
                            description =
                                    "How long it counts, such as 30m or 7d (${DEFAULT-VALUE}).")
                    String expires,
            @Option(
                            names = {"-l", "--label"},
                            paramLabel = "KEY=VALUE",
                            description =
                                    "A label of the nodes that it admits; more than once for more.")
                    @Nullable List<String> labels,
            @Option(
                            names = "--replace",
                            paramLabel = "NODE",
                            description =
                                    "The machine takes the place of this node, whose key is revoked.")
                    @Nullable String replace,
            @Option(
                            names = "--join",
                            description =
                                    "The line for a machine that has fairlead already, instead of the installer's.")
                    boolean join,
            @Mixin JsonOption output) {
        var body = new HashMap<String, Object>();
        body.put("uses", uses);
        body.put("expiresIn", Times.parseSpan(expires).toSeconds());
        if (labels != null) {
            body.put("labels", Labels.parse(labels));
        }
        if (replace != null) {
            body.put("replace", Names.node(replace));
        }
        JsonNode token;
        try (var api = fairlead.api()) {
            token = api.post(fairlead.inTenant("enrolment-tokens"), body);
        }
        var terminal = fairlead.terminal();
        if (output.json) {
            terminal.json(token);
            return Exit.OK.code();
        }
        String install = token.path("installLine").asString("");
        boolean installer = !join && !install.isEmpty();
        terminal.note(
                (installer
                        ? "Paste this on the machine that is to become a node:"
                        : "Type this where fairlead is installed, on the machine that is to become a node:"));
        terminal.line(installer ? install : token.path("joinLine").asString(""));
        terminal.note(
                "It admits "
                        + (uses == 1 ? "one node" : uses + " nodes")
                        + " and ends "
                        + Times.relative(
                                java.time.Instant.parse(token.path("expires").asString("")),
                                terminal.clock().instant())
                        + ".");
        return Exit.OK.code();
    }

    @Command(name = "ls", description = "List enrolment tokens that still count.")
    int list(@Mixin JsonOption output) {
        try (var api = fairlead.api()) {
            fairlead.terminal()
                    .list(
                            output.json,
                            api.list(fairlead.inTenant("enrolment-tokens"), Query.NONE),
                            "No enrolment tokens. fairlead token create makes one.",
                            this::table);
        }
        return Exit.OK.code();
    }

    @Command(name = "rm", description = "Revoke an enrolment token. Nodes that it admitted stay.")
    int remove(@Parameters(paramLabel = "ID", description = "The token's id: tok_...") String id) {
        try (var api = fairlead.api()) {
            api.delete(fairlead.inTenant("enrolment-tokens", id));
        }
        fairlead.terminal().note(id + " is revoked.");
        return Exit.OK.code();
    }

    private Table table(List<JsonNode> tokens) {
        var table = new Table("ID", "USED", "OF", "EXPIRES", "LABELS", "REPLACES", "BY");
        for (var token : tokens) {
            table.row(
                    token.path("id").asString(""),
                    token.path("used").asString("0"),
                    token.path("uses").asString(""),
                    fairlead.terminal().time(token.path("expires")),
                    Labels.show(token.path("labels")),
                    token.path("replace").asString(""),
                    token.path("createdBy").asString(""));
        }
        return table;
    }
}
