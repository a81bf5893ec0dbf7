package dev.fairlead.cli;

import dev.fairlead.cli.api.HubApi;
import dev.fairlead.cli.api.Query;
import dev.fairlead.cli.output.Table;
import dev.fairlead.cli.output.Times;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// API tokens: for programs that act in the name of whoever made them.
@Command(
        name = "api-token",
        synopsisSubcommandLabel = "COMMAND",
        description = "Make, list or revoke your API tokens, for programs.")
final class ApiToken {

    private final Fairlead fairlead;

    ApiToken(Fairlead fairlead) {
        this.fairlead = fairlead;
    }

    @Command(
            name = "create",
            description = {
                "Make an API token and print it; it is shown once. It can do what you can do.",
                "Use it with Authorization: Bearer TOKEN, or fairlead login --token-stdin."
            })
    int create(
            @Parameters(paramLabel = "NAME", description = "What it is for: a DNS label.")
                    String name,
            @Option(
                            names = "--expires",
                            paramLabel = "SPAN",
                            defaultValue = "90d",
                            description = "How long it counts (${DEFAULT-VALUE}).")
                    String expires,
            @Mixin JsonOption output) {
        try (var api = fairlead.api()) {
            var made =
                    api.post(
                            HubApi.path("api-tokens"),
                            Map.of(
                                    "name",
                                    Names.label("token", name),
                                    "expiresIn",
                                    Times.parseSpan(expires).toSeconds()));
            if (output.json) {
                fairlead.terminal().json(made);
            } else {
                fairlead.terminal().line(made.path("token").asString(""));
                fairlead.terminal()
                        .note("It counts until " + made.path("expires").asString("") + ".");
            }
        }
        return Exit.OK.code();
    }

    @Command(name = "ls", description = "List your API tokens.")
    int list(@Mixin JsonOption output) {
        try (var api = fairlead.api()) {
            fairlead.terminal()
                    .list(
                            output.json,
                            api.list(HubApi.path("api-tokens"), Query.NONE),
                            "You have no API tokens.",
                            this::table);
        }
        return Exit.OK.code();
    }

    @Command(name = "rm", description = "Revoke an API token; what lives by it is cut.")
    int remove(@Parameters(paramLabel = "ID", description = "The token's id: api_...") String id) {
        try (var api = fairlead.api()) {
            api.delete(HubApi.path("api-tokens", id));
        }
        fairlead.terminal().note(id + " is revoked.");
        return Exit.OK.code();
    }

    private Table table(List<JsonNode> tokens) {
        var table = new Table("ID", "NAME", "EXPIRES", "LAST-USED", "CREATED");
        var terminal = fairlead.terminal();
        for (var token : tokens) {
            table.row(
                    token.path("id").asString(""),
                    token.path("name").asString(""),
                    terminal.time(token.path("expires")),
                    terminal.time(token.path("lastUsed")),
                    terminal.time(token.path("created")));
        }
        return table;
    }
}
