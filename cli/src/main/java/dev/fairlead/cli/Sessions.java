package dev.fairlead.cli;

import dev.fairlead.cli.api.HubApi;
import dev.fairlead.cli.api.Query;
import dev.fairlead.cli.output.ShellLine;
import dev.fairlead.cli.output.Table;
import dev.fairlead.cli.output.Times;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/// Lists who uses which node for what.
@Command(
        name = "sessions",
        description = "List sessions, newest first: who uses which node for what.")
final class Sessions implements Callable<Integer> {

    private final Fairlead fairlead;

    @Option(names = "--all", description = "Ended sessions too.")
    private boolean all;

    @Option(names = "--node", paramLabel = "NODE", description = "Only those of this node.")
    private @Nullable String node;

    @Option(
            names = "--user",
            paramLabel = "NAME[@TENANT]",
            description = "Only those of this user.")
    private @Nullable String user;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description =
                    "Only those that began then or later: 2026-11-21T09:00:00Z, or how long ago: 2h.")
    private @Nullable String since;

    @Option(names = "--until", paramLabel = "TIME", description = "Only those that began before.")
    private @Nullable String until;

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "At most so many (${DEFAULT-VALUE}).",
            defaultValue = "100")
    private int limit;

    @Option(names = "--watch", description = "Stay, and show changes as they happen.")
    private boolean watch;

    @Mixin private JsonOption output = new JsonOption();

    Sessions(Fairlead fairlead) {
        this.fairlead = fairlead;
    }

    @Override
    public Integer call() {
        var query =
                Query.of("state", all ? null : "live")
                        .and("node", node == null ? null : Names.node(node))
                        .and("user", user)
                        .and("since", Times.orNull(since, fairlead.terminal().clock()))
                        .and("until", Times.orNull(until, fairlead.terminal().clock()));
        try (var api = fairlead.api()) {
            if (watch) {
                new Watch(fairlead, api, "session.", () -> sessions(api, query), this::table)
                        .run(output.json);
            } else {
                fairlead.terminal()
                        .list(
                                output.json,
                                sessions(api, query),
                                "No sessions" + (all ? "." : " now; --all shows ended ones."),
                                this::table);
            }
        }
        return Exit.OK.code();
    }

    private List<JsonNode> sessions(HubApi api, Query query) {
        return api.list(fairlead.inTenant("sessions"), query, limit);
    }

    private Table table(List<JsonNode> sessions) {
        var table =
                new Table(
                        "ID", "KIND", "USER", "NODE", "LOGIN", "TARGET", "STATE", "STARTED",
                        "CAUSE", "IN", "OUT");
        var terminal = fairlead.terminal();
        for (var session : sessions) {
            table.row(
                    session.path("id").asString(""),
                    session.path("kind").asString(""),
                    session.path("user").asString(""),
                    session.path("node").asString(""),
                    session.path("login").asString(""),
                    ShellLine.of(session.path("target").asString("")),
                    session.path("state").asString(""),
                    terminal.time(session.path("started")),
                    session.path("cause").asString(""),
                    bytes(session.path("bytesIn")),
                    bytes(session.path("bytesOut")));
        }
        return table;
    }

    private static String bytes(JsonNode bytes) {
        return bytes.isNumber() ? Times.bytes(bytes.asLong()) : "";
    }
}
