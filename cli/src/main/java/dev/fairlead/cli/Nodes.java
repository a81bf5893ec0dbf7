package dev.fairlead.cli;

import dev.fairlead.cli.api.HubApi;
import dev.fairlead.cli.api.Query;
import dev.fairlead.cli.output.Table;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/// Lists the nodes of a tenant.
@Command(
        name = "nodes",
        description = "List the nodes that you can see, and whether they have a link now.")
final class Nodes implements Callable<Integer> {

    private final Fairlead fairlead;

    @Option(
            names = {"-l", "--label"},
            paramLabel = "KEY=VALUE",
            description = "Only nodes with this label; more than once for all of them.")
    private List<String> labels = List.of();

    @Option(names = "--online", description = "Only nodes that have a link now.")
    private boolean online;

    @Option(names = "--watch", description = "Stay, and show changes as they happen.")
    private boolean watch;

    @Mixin private JsonOption output = new JsonOption();

    Nodes(Fairlead fairlead) {
        this.fairlead = fairlead;
    }

    @Override
    public Integer call() {
        var query =
                Query.of("labels", Labels.selector(labels)).and("link", online ? "online" : null);
        try (var api = fairlead.api()) {
            if (watch) {
                new Watch(fairlead, api, "node.", () -> nodes(api, query), this::table)
                        .run(output.json);
            } else {
                fairlead.terminal()
                        .list(
                                output.json,
                                nodes(api, query),
                                "No nodes"
                                        + (labels.isEmpty()
                                                ? " yet. fairlead token create makes the line that adds one."
                                                : " have these labels."),
                                this::table);
            }
        }
        return Exit.OK.code();
    }

    private List<JsonNode> nodes(HubApi api, Query query) {
        return api.list(fairlead.inTenant("nodes"), query);
    }

    private Table table(List<JsonNode> nodes) {
        var table = new Table("NAME", "LINK", "SINCE", "LATENCY", "AGENT", "OS", "LABELS");
        var terminal = fairlead.terminal();
        for (var node : nodes) {
            var link = node.path("link");
            table.row(
                    node.path("name").asString(""),
                    link.path("state").asString(""),
                    terminal.time(link.path("since")),
                    latency(link.path("rttMillis")),
                    node.path("agentVersion").asString(""),
                    node.path("os").asString(""),
                    Labels.show(node.path("labels")));
        }
        return table;
    }

    private static String latency(JsonNode millis) {
        return millis.isNumber() ? String.format(Locale.ROOT, "%.1fms", millis.asDouble()) : "";
    }
}
