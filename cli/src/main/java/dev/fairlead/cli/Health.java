package dev.fairlead.cli;

import dev.fairlead.cli.api.HubApi;
import dev.fairlead.cli.api.Query;
import dev.fairlead.cli.output.Table;
import dev.fairlead.cli.output.Times;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/// Shows how the hub itself does.
@Command(
        name = "health",
        description = {
            "Show how the hub does: links, streams, refusals, database, disk, memory, now and over the time of --span (the hub's administrators).",
            "The names are those of /metrics (docs/metrics.md). It ends with 1 where the hub is not ready."
        })
final class Health implements Callable<Integer> {

    private static final List<String> SPANS = List.of("1h", "6h", "24h");
    private static final int MOST_COUNTS = 20;

    private final Fairlead fairlead;

    @Option(
            names = "--span",
            paramLabel = "1h|6h|24h",
            defaultValue = "1h",
            description = "How far back the mean and the peak look (${DEFAULT-VALUE}).")
    private String span = "1h";

    @Mixin private JsonOption output = new JsonOption();

    Health(Fairlead fairlead) {
        this.fairlead = fairlead;
    }

    @Override
    public Integer call() {
        if (!SPANS.contains(span)) {
            throw new CliException(
                    Exit.USAGE,
                    "There is no span \"" + span + "\".",
                    "Spans are " + String.join(", ", SPANS) + ".");
        }
        JsonNode health;
        try (var api = fairlead.api()) {
            health = api.get(HubApi.path("hub", "health"), Query.of("span", span));
        }
        if (output.json) {
            fairlead.terminal().json(health);
        } else {
            show(health);
        }
        return (health.path("ready").asBoolean(false) ? Exit.OK : Exit.FAILED).code();
    }

    private void show(JsonNode health) {
        var terminal = fairlead.terminal();
        terminal.line("started " + terminal.time(health.path("started")));
        for (var check : health.path("checks").values()) {
            terminal.line(
                    check.path("name").asString("") + ": " + check.path("problem").asString("ok"));
        }
        terminal.line("");
        var table = new Table("FIGURE", "NOW", "MEAN", "PEAK");
        for (var one : health.path("series").values()) {
            String unit = one.path("unit").asString("");
            table.row(
                    name(one),
                    one.path("now").isNull() ? "" : text(one.path("now").asDouble(0), unit),
                    one.path("points").values().stream()
                            .filter(point -> !point.isNull())
                            .mapToDouble(point -> point.asDouble(0))
                            .average()
                            .stream()
                            .mapToObj(mean -> text(mean, unit))
                            .findFirst()
                            .orElse(""),
                    one.path("peaks").values().stream()
                            .filter(peak -> !peak.isNull())
                            .mapToDouble(peak -> peak.asDouble(0))
                            .max()
                            .stream()
                            .mapToObj(peak -> text(peak, unit))
                            .findFirst()
                            .orElse(""));
        }
        terminal.table(table);
        var counts = new Table("SINCE THE START", "COUNT");
        health.path("counts").values().stream()
                .limit(MOST_COUNTS)
                .forEach(one -> counts.row(name(one), Long.toString(one.path("count").asLong(0))));
        if (!counts.isEmpty()) {
            terminal.line("");
            terminal.table(counts);
        }
    }

    private static String name(JsonNode one) {
        var labels =
                one.path("labels").properties().stream()
                        .map(label -> label.getKey() + "=" + label.getValue().asString(""))
                        .sorted()
                        .collect(Collectors.joining(","));
        String name = one.path("name").asString("").replaceFirst("^fairlead_", "");
        return labels.isEmpty() ? name : name + "{" + labels + "}";
    }

    private static String text(double value, String unit) {
        return switch (unit) {
            case "bytes" -> Times.bytes((long) value);
            case "bytes-per-second" -> Times.bytes((long) value) + "/s";
            case "seconds" -> String.format(Locale.ROOT, "%.1f ms", value * 1e3);
            case "per-second" -> String.format(Locale.ROOT, "%.2f/s", value);
            case "cpus" -> String.format(Locale.ROOT, "%.2f", value);
            default -> Long.toString(Math.round(value));
        };
    }
}
