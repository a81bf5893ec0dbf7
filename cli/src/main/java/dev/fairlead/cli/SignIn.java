package dev.fairlead.cli;

import dev.fairlead.cli.api.HubApi;
import dev.fairlead.cli.api.Query;
import dev.fairlead.cli.output.Table;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// The own sign-ins: each browser and each machine that one signed in at.
@Command(
        name = "sign-in",
        synopsisSubcommandLabel = "COMMAND",
        description = "List or end your sign-ins, in browsers and on command lines.")
final class SignIn {

    private final Fairlead fairlead;

    SignIn(Fairlead fairlead) {
        this.fairlead = fairlead;
    }

    @Command(
            name = "ls",
            description = "List your sign-ins: where from, by what, when last used; * is this one.")
    int list(@Mixin JsonOption output) {
        try (var api = fairlead.api()) {
            fairlead.terminal()
                    .list(
                            output.json,
                            api.list(HubApi.path("sign-ins"), Query.NONE),
                            "You have no sign-ins; this is an API token.",
                            this::table);
        }
        return Exit.OK.code();
    }

    @Command(name = "end", description = "End a sign-in of yours; what lives by it is cut.")
    int end(
            @Parameters(arity = "0..1", paramLabel = "ID", description = "The sign-in's id: si_...")
                    @Nullable String id,
            @Option(names = "--others", description = "All but this one.") boolean others) {
        if (others == (id != null)) {
            throw new CliException(
                    Exit.USAGE,
                    "Either one sign-in is ended, or all others.",
                    "fairlead sign-in end ID, or fairlead sign-in end --others");
        }
        try (var api = fairlead.api()) {
            if (id == null) {
                api.post(HubApi.path("sign-ins", "end-others"));
            } else {
                api.delete(HubApi.path("sign-ins", id));
            }
        }
        fairlead.terminal()
                .note((id == null ? "All your other sign-ins are" : id + " is") + " ended.");
        return Exit.OK.code();
    }

    private Table table(List<JsonNode> signIns) {
        var table = new Table("ID", "FROM", "BY", "LAST-USED", "CREATED", "EXPIRES", "THIS");
        var terminal = fairlead.terminal();
        for (var one : signIns) {
            table.row(
                    one.path("id").asString(""),
                    one.path("address").asString(""),
                    one.path("program").asString(""),
                    terminal.time(one.path("lastUsed")),
                    terminal.time(one.path("created")),
                    terminal.time(one.path("expires")),
                    one.path("current").asBoolean(false) ? "*" : "");
        }
        return table;
    }
}
