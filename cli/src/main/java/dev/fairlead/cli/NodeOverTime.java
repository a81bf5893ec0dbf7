package dev.fairlead.cli;

import dev.fairlead.cli.output.Table;
import dev.fairlead.cli.output.Times;
import java.time.Duration;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Prints how a node was, and the links that it had.
final class NodeOverTime {

    private static final int MEAN = 1;
    private static final int MOST = 2;

    private final Fairlead fairlead;

    NodeOverTime(Fairlead fairlead) {
        this.fairlead = fairlead;
    }

    void stats(boolean json, JsonNode series) {
        var terminal = fairlead.terminal();
        if (json) {
            terminal.json(series);
            return;
        }
        var items = series.path("items").values().stream().toList();
        terminal.list(false, items, "Nothing was heard of it in this time.", this::table);
        if (!items.isEmpty()) {
            terminal.note(
                    "Each line is "
                            + Times.span(Duration.ofSeconds(series.path("stepSeconds").asLong(0)))
                            + " from its time on: the mean, and the most in brackets.");
        }
    }

    private Table table(List<JsonNode> items) {
        var table =
                new Table(
                        "TIME", "CPU", "MEMORY", "DISK", "NETWORK-IN", "NETWORK-OUT", "ROUND-TRIP");
        for (var item : items) {
            table.row(
                    fairlead.terminal().time(item.path("at")),
                    spread(item.path("cpu"), value -> Math.round(100 * value) + "%"),
                    spread(item.path("memoryUsed"), NodeOverTime::bytes),
                    spread(item.path("diskUsed"), NodeOverTime::bytes),
                    spread(item.path("networkIn"), value -> bytes(value) + "/s"),
                    spread(item.path("networkOut"), value -> bytes(value) + "/s"),
                    spread(item.path("rttMillis"), value -> Math.round(10 * value) / 10.0 + "ms"));
        }
        return table;
    }

    @FunctionalInterface
    private interface Shown {
        String of(double value);
    }

    private static String spread(JsonNode spread, Shown shown) {
        if (!spread.isArray()) {
            return "";
        }
        String mean = shown.of(spread.path(MEAN).asDouble(0));
        String most = shown.of(spread.path(MOST).asDouble(0));
        return mean.equals(most) ? mean : mean + "(" + most + ")";
    }

    /// Without a space, so that columns can be split.
    private static String bytes(double value) {
        return Times.bytes(Math.round(value)).replace(" ", "");
    }

    void links(boolean json, List<JsonNode> links) {
        fairlead.terminal().list(json, links, "It never came.", this::linkTable);
    }

    private Table linkTable(List<JsonNode> links) {
        var table = new Table("NUMBER", "BEGAN", "ENDED", "FROM", "END", "WHY");
        for (var link : links) {
            table.row(
                    Long.toString(link.path("number").asLong(0)),
                    fairlead.terminal().time(link.path("began")),
                    fairlead.terminal().time(link.path("ended")),
                    link.path("address").asString(""),
                    link.path("end").asString("open"),
                    link.path("why").asString(""));
        }
        return table;
    }
}
