package dev.fairlead.cli;

import dev.fairlead.cli.api.Query;
import dev.fairlead.cli.output.Times;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// One node: what it is, what it is called, and its removal.
@Command(
        name = "node",
        synopsisSubcommandLabel = "COMMAND",
        description = "Show, label, rename or remove a node; how it was over time.")
final class Node {

    private final Fairlead fairlead;

    Node(Fairlead fairlead) {
        this.fairlead = fairlead;
    }

    @Command(name = "show", description = "Show a node: its link, system, policy and statistics.")
    int show(
            @Parameters(paramLabel = "NODE", description = "Name or id.") String node,
            @Mixin JsonOption output) {
        try (var api = fairlead.api()) {
            show(output.json, api.get(fairlead.inTenant("nodes", Names.node(node))));
        }
        return Exit.OK.code();
    }

    @Command(
            name = "stats",
            description = {
                "Show how a node was over time: in each step of it the mean, and the most.",
                "Every sample is kept for a day, five minutes in one for 8 days, an hour in one for 90."
            })
    int stats(
            @Parameters(paramLabel = "NODE", description = "Name or id.") String node,
            @Option(
                            names = "--since",
                            paramLabel = "TIME",
                            defaultValue = "1h",
                            description =
                                    "From: 2026-11-21T09:00:00Z, or how long ago: 7d"
                                            + " (${DEFAULT-VALUE}).")
                    String since,
            @Option(names = "--until", paramLabel = "TIME", description = "To; now unless given.")
                    @Nullable String until,
            @Option(
                            names = "--points",
                            paramLabel = "N",
                            defaultValue = "30",
                            description = "At most so many steps, 10 to 1000 (${DEFAULT-VALUE}).")
                    int points,
            @Mixin JsonOption output) {
        var now = fairlead.terminal().clock().instant();
        var query =
                Query.of("since", Times.parseTime(since, now))
                        .and("until", until == null ? null : Times.parseTime(until, now))
                        .and("points", points);
        try (var api = fairlead.api()) {
            new NodeOverTime(fairlead)
                    .stats(
                            output.json,
                            api.get(
                                    fairlead.inTenant(
                                            "nodes", Names.node(node), "statistics", "series"),
                                    query));
        }
        return Exit.OK.code();
    }

    @Command(
            name = "links",
            description = "List the links of a node, newest first, and why each of them ended.")
    int links(
            @Parameters(paramLabel = "NODE", description = "Name or id.") String node,
            @Option(
                            names = "--limit",
                            paramLabel = "N",
                            defaultValue = "20",
                            description = "At most so many (${DEFAULT-VALUE}).")
                    int limit,
            @Mixin JsonOption output) {
        try (var api = fairlead.api()) {
            new NodeOverTime(fairlead)
                    .links(
                            output.json,
                            api.list(
                                    fairlead.inTenant("nodes", Names.node(node), "links"),
                                    Query.NONE,
                                    limit));
        }
        return Exit.OK.code();
    }

    @Command(
            name = "label",
            description = {
                "Set or remove labels of a node, and show those it has then.",
                "What a grant no longer allows after the change is cut."
            })
    int label(
            @Parameters(index = "0", paramLabel = "NODE", description = "Name or id.") String node,
            @Parameters(
                            index = "1..*",
                            arity = "1..*",
                            paramLabel = "KEY=VALUE|KEY-",
                            description = "KEY=VALUE sets a label, KEY- removes it.")
                    List<String> changes,
            @Mixin JsonOption output) {
        var labels = new LinkedHashMap<String, @Nullable String>();
        for (String change : changes) {
            if (change.endsWith("-") && !change.contains("=")) {
                labels.put(change.substring(0, change.length() - 1), null);
            } else {
                labels.putAll(Labels.parse(List.of(change)));
            }
        }
        try (var api = fairlead.api()) {
            var changed =
                    api.patch(
                            fairlead.inTenant("nodes", Names.node(node)), Map.of("labels", labels));
            if (output.json) {
                fairlead.terminal().json(changed);
            } else {
                fairlead.terminal().line(Labels.show(changed.path("labels")));
            }
        }
        return Exit.OK.code();
    }

    @Command(
            name = "rename",
            description = "Give a node another name; its SSH name changes with it.")
    int rename(
            @Parameters(index = "0", paramLabel = "NODE", description = "Name or id.") String node,
            @Parameters(index = "1", paramLabel = "NAME", description = "The new name.")
                    String name) {
        try (var api = fairlead.api()) {
            api.patch(
                    fairlead.inTenant("nodes", Names.node(node)),
                    Map.of("name", Names.label("node", name)));
        }
        fairlead.terminal().note(node + " is called " + name + " now.");
        return Exit.OK.code();
    }

    @Command(
            name = "rm",
            description =
                    "Remove a node: its link is cut at once and its key is never accepted again.")
    int remove(
            @Parameters(paramLabel = "NODE", description = "Name or id.") String node,
            @Option(names = "--yes", description = "Do not ask.") boolean yes) {
        Confirm.orStop(
                fairlead,
                yes,
                "Remove the node " + Names.node(node) + " from " + fairlead.tenant() + "?");
        try (var api = fairlead.api()) {
            api.delete(fairlead.inTenant("nodes", node));
        }
        fairlead.terminal().note(node + " is removed.");
        return Exit.OK.code();
    }

    private void show(boolean json, JsonNode node) {
        var terminal = fairlead.terminal();
        if (json) {
            terminal.json(node);
            return;
        }
        var link = node.path("link");
        var lines = new LinkedHashMap<String, String>();
        lines.put("name", node.path("name").asString(""));
        lines.put("id", node.path("id").asString(""));
        lines.put(
                "link",
                join(
                        link.path("state").asString(""),
                        terminal.time(link.path("since")),
                        text(link, "address"),
                        link.path("end").isString()
                                ? "the last one ended by " + text(link, "end")
                                : ""));
        lines.put("round trip", millis(link.path("rttMillis")));
        lines.put("between", between(link));
        lines.put("last seen", terminal.time(node.path("lastSeen")));
        lines.put("labels", Labels.show(node.path("labels")));
        lines.put("system", join(text(node, "hostname"), text(node, "os"), text(node, "arch")));
        lines.put("agent", text(node, "agentVersion"));
        lines.put(
                "can",
                join(
                        node.path("capabilities").properties().stream()
                                .map(e -> e.getKey() + "/" + e.getValue().asInt(0))
                                .toArray(String[]::new)));
        lines.put("key", text(node, "keyFingerprint"));
        lines.put("enrolled", terminal.time(node.path("created")));
        var policy = node.path("policy");
        lines.put("allows", join(texts(policy.path("allow"))));
        lines.put(
                "logins",
                join(texts(policy.path("logins")))
                        + (policy.path("defaultLogin").isString()
                                ? " (default " + text(policy, "defaultLogin") + ")"
                                : ""));
        int number = 0;
        for (var copy : node.path("copies").values()) {
            lines.put(
                    "copy" + (number++ == 0 ? "" : " " + number),
                    join(
                                    text(copy, "hostname"),
                                    copy.path("address").asString(""),
                                    "last came " + terminal.time(copy.path("lastSeen")))
                            + ": another machine with this node's key; there, run fairlead agent join"
                            + " --new-identity TOKEN");
        }
        statistics(lines, node.path("statistics"));
        lines.forEach((name, value) -> {
            if (!value.isBlank()) {
                terminal.line(String.format("%-10s %s", name, value));
            }
        });
    }

    /// Empty where it is not known.
    static String millis(JsonNode number) {
        return number.isNumber() ? String.format(Locale.ROOT, "%.1f ms", number.asDouble(0)) : "";
    }

    /// Empty where the link goes straight to the hub.
    private static String between(JsonNode link) {
        String issuer = text(link, "between");
        return join(
                issuer.isEmpty() ? "" : "a certificate issued by " + issuer,
                link.path("innerTls").asBoolean(false)
                        ? "inner TLS: nobody in between can read the link"
                        : "");
    }

    private void statistics(Map<String, String> lines, JsonNode now) {
        if (!now.isObject()) {
            return;
        }
        lines.put(
                "processor",
                join(
                        percent(now.path("cpu").asDouble(0))
                                + " of "
                                + now.path("cores").asInt(0)
                                + " cores",
                        "load " + String.join(" ", texts(now.path("load")))));
        lines.put(
                "memory",
                used(now.path("memoryUsed").asLong(0), now.path("memoryTotal").asLong(0)));
        for (var disk : now.path("disks").values()) {
            lines.put(
                    "disk " + text(disk, "mount"),
                    used(disk.path("used").asLong(0), disk.path("total").asLong(0)));
        }
        lines.put(
                "network",
                Times.bytes(now.path("networkIn").asLong(0))
                        + "/s in, "
                        + Times.bytes(now.path("networkOut").asLong(0))
                        + "/s out");
        lines.put("up", Times.span(java.time.Duration.ofSeconds(now.path("uptime").asLong(0))));
        lines.put("measured", fairlead.terminal().time(now.path("at")));
    }

    private static String used(long used, long total) {
        return Times.bytes(used)
                + " of "
                + Times.bytes(total)
                + (total == 0 ? "" : ", " + percent((double) used / total));
    }

    private static String percent(double share) {
        return Math.round(100 * share) + " %";
    }

    private static String text(JsonNode node, String field) {
        return node.path(field).asString("");
    }

    private static String[] texts(JsonNode array) {
        return array.values().stream().map(v -> v.asString("")).toArray(String[]::new);
    }

    private static String join(String... parts) {
        return String.join(", ", List.of(parts).stream().filter(p -> !p.isEmpty()).toList());
    }
}
