package dev.fairlead.cli;

import dev.fairlead.cli.api.HubApi;
import dev.fairlead.cli.api.Query;
import dev.fairlead.cli.output.Table;
import dev.fairlead.cli.output.Times;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// The own terminals in browsers, which live on for a while after their pages.
@Command(
        name = "terminal",
        synopsisSubcommandLabel = "COMMAND",
        description = "List or end your terminals in browsers, detached ones included.")
final class BrowserTerminal {

    private final Fairlead fairlead;

    BrowserTerminal(Fairlead fairlead) {
        this.fairlead = fairlead;
    }

    @Command(
            name = "ls",
            description = {
                "List your terminals in browsers, in all tenants, oldest first.",
                "A detached one ends when its time is over, unless a page shows it again."
            })
    int list(@Mixin JsonOption output) {
        try (var api = fairlead.api()) {
            fairlead.terminal()
                    .list(
                            output.json,
                            api.list(HubApi.path("terminals"), Query.NONE),
                            "You have no terminals in browsers.",
                            this::table);
        }
        return Exit.OK.code();
    }

    @Command(name = "end", description = "End a terminal of yours, and what runs in it.")
    int end(@Parameters(paramLabel = "ID", description = "The terminal's id: sess_...") String id) {
        try (var api = fairlead.api()) {
            api.delete(HubApi.path("terminals", id));
        }
        fairlead.terminal().note(id + " is ended.");
        return Exit.OK.code();
    }

    private Table table(List<JsonNode> terminals) {
        var table = new Table("ID", "NODE", "TENANT", "LOGIN", "STATE", "STARTED", "ENDS-IN");
        var terminal = fairlead.terminal();
        for (var one : terminals) {
            var left = one.path("endsInSeconds");
            table.row(
                    one.path("id").asString(""),
                    one.path("node").asString(""),
                    one.path("tenant").asString(""),
                    one.path("login").asString(""),
                    one.path("state").asString(""),
                    terminal.time(one.path("started")),
                    left.isNumber() ? Times.span(Duration.ofSeconds(left.asLong(0))) : "");
        }
        return table;
    }
}
