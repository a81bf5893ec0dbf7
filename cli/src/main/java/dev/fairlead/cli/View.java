package dev.fairlead.cli;

import dev.fairlead.cli.api.Query;
import dev.fairlead.cli.output.Table;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// The own views of the nodes, as the console keeps them.
@Command(
        name = "view",
        synopsisSubcommandLabel = "COMMAND",
        description = "List or remove the views of the nodes that you saved in the console.")
final class View {

    private final Fairlead fairlead;

    View(Fairlead fairlead) {
        this.fairlead = fairlead;
    }

    @Command(name = "ls", description = "List your views of this tenant's nodes.")
    int list(@Mixin JsonOption output) {
        try (var api = fairlead.api()) {
            fairlead.terminal()
                    .list(
                            output.json,
                            api.list(fairlead.inTenant("views"), Query.NONE),
                            "You have no views in this tenant.",
                            View::table);
        }
        return Exit.OK.code();
    }

    @Command(name = "rm", description = "Remove a view of yours.")
    int remove(@Parameters(paramLabel = "ID", description = "The view's id: view_...") String id) {
        try (var api = fairlead.api()) {
            api.delete(fairlead.inTenant("views", id));
        }
        fairlead.terminal().note(id + " is removed.");
        return Exit.OK.code();
    }

    private static Table table(List<JsonNode> views) {
        var table = new Table("ID", "NAME", "SHOWS", "COLUMNS");
        for (var view : views) {
            table.row(
                    view.path("id").asString(""),
                    view.path("name").asString(""),
                    view.path("search").properties().stream()
                            .map(one -> one.getKey() + "=" + one.getValue().asString(""))
                            .sorted()
                            .collect(Collectors.joining(" ")),
                    view.path("columns").values().stream()
                            .map(one -> one.asString(""))
                            .collect(Collectors.joining(",")));
        }
        return table;
    }
}
