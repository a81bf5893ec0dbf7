package dev.fairlead.cli;

import dev.fairlead.cli.api.Query;
import dev.fairlead.cli.output.Table;
import dev.fairlead.cli.output.Times;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/// Shows who did what.
@Command(
        name = "audit",
        description =
                "Show who did what in the tenant, from where, and how it came out; newest last.")
final class Audit implements Callable<Integer> {

    private final Fairlead fairlead;

    @Option(names = "--follow", description = "Stay, and show records as they are made.")
    private boolean follow;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "50",
            description = "At most so many of the newest (${DEFAULT-VALUE}).")
    private int limit;

    @Option(
            names = "--act",
            paramLabel = "ACT",
            description = "Only this act, such as grant.create, or all below it: grant.*")
    private @Nullable String act;

    @Option(
            names = "--who",
            paramLabel = "WHO",
            description = "Only acts of this user (NAME@TENANT) or node.")
    private @Nullable String who;

    @Option(
            names = "--outcome",
            paramLabel = "done|denied|failed",
            description = "Only acts that came out so.")
    private @Nullable String outcome;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "Not before: 2026-11-21T09:00:00Z, or how long ago: 2h.")
    private @Nullable String since;

    @Option(names = "--until", paramLabel = "TIME", description = "Before.")
    private @Nullable String until;

    @Mixin private JsonOption output = new JsonOption();

    Audit(Fairlead fairlead) {
        this.fairlead = fairlead;
    }

    @Override
    public Integer call() {
        var filter = Query.of("act", act).and("who", who).and("outcome", outcome);
        try (var api = fairlead.api()) {
            var records =
                    api.list(
                                    fairlead.inTenant("audit"),
                                    filter.and(
                                                    "since",
                                                    Times.orNull(
                                                            since, fairlead.terminal().clock()))
                                            .and(
                                                    "until",
                                                    Times.orNull(
                                                            until, fairlead.terminal().clock())),
                                    limit)
                            .reversed();
            if (!follow) {
                fairlead.terminal().list(output.json, records, "No such records.", this::table);
                return Exit.OK.code();
            }
            records.forEach(this::line);
            var stream = api.follow(fairlead.inTenant("audit", "stream"), filter);
            if (!records.isEmpty()) {
                stream.after(records.getLast().path("seq").asLong());
            }
            stream.run(
                    () -> {},
                    lost -> fairlead.terminal().note(lost.getMessage() + " Trying again."),
                    event -> line(event.data()));
        }
        return Exit.OK.code();
    }

    private Table table(List<JsonNode> records) {
        var table = new Table("TIME", "WHO", "ACT", "SUBJECT", "OUTCOME", "COUNT", "FROM");
        for (var record : records) {
            table.row(cells(record));
        }
        return table;
    }

    /// A line that ends as it is written: a following reader sees it at once.
    private void line(JsonNode record) {
        if (output.json) {
            fairlead.terminal().json(record);
        } else {
            fairlead.terminal().line(String.join("  ", cells(record)));
        }
        fairlead.terminal().out().flush();
    }

    /// Times are absolute here: an audit is read beside other logs.
    private static String[] cells(JsonNode record) {
        return new String[] {
            record.path("at").asString(""),
            record.path("who").asString("-"),
            record.path("act").asString("-"),
            record.path("subject").asString("-"),
            record.path("outcome").asString("-"),
            record.path("count").asString("1"),
            record.path("address").asString("-")
        };
    }
}
