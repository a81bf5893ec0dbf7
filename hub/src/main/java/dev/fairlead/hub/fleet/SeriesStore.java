package dev.fairlead.hub.fleet;

import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.db.Tx;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The SQL of series, in the transaction's tenant.
final class SeriesStore {

    /// The columns `X_min`, `X_mean` and `X_max` of the roll-ups, and the sample's column.
    private static final List<String[]> SPREADS =
            List.of(
                    new String[] {"cpu", "cpu"},
                    new String[] {"load", "load1"},
                    new String[] {"memory", "memory_used"},
                    new String[] {"disk", "disk_used"},
                    new String[] {"network_in", "network_in"},
                    new String[] {"network_out", "network_out"},
                    new String[] {"rtt", "rtt_micros"});

    private static final String COLUMNS =
            SPREADS.stream()
                    .flatMap(s -> Stream.of(s[0] + "_min", s[0] + "_mean", s[0] + "_max"))
                    .collect(Collectors.joining(", "));

    private static final String OF_A_SAMPLE =
            SPREADS.stream()
                    .flatMap(s -> Stream.of(s[1], s[1], s[1]))
                    .collect(Collectors.joining(", "));

    /// Weighed by their samples.
    private static final String JOINED =
            SPREADS.stream()
                    .map(s ->
                            """
                            min(%1$s_min) as %1$s_min,
                            sum(%1$s_mean * samples) / sum(samples) filter (where %1$s_mean is not null)
                              as %1$s_mean,
                            max(%1$s_max) as %1$s_max\
                            """
                                    .formatted(s[0]))
                    .collect(Collectors.joining(",\n"));

    /// Behind the beginning of all that is asked for.
    private static final String SINCE = "timestamptz '-infinity'";

    private static final String ROLLED_UP =
            """
            select at, samples, memory_total, disk_total, %s from node_rollup_%s
            where node_id = :node and at >= greatest(cast(:since as timestamptz), %s) and at < least(cast(:until as timestamptz), %s)
            """;

    private static final String SAMPLES =
            """
            select at, 1, memory_total, disk_total, %s from node_sample
            where node_id = :node and at >= greatest(cast(:since as timestamptz), %s) and at < :until
            """;

    private SeriesStore() {}

    /// Oldest first.
    static List<Series.Point> read(
            Tx tx, NodeId node, Series.Kept kept, Instant since, Instant until, Duration step) {
        String minutes = done("5m");
        String hours = done("1h");
        String rows =
                switch (kept) {
                    case SAMPLES -> SAMPLES.formatted(OF_A_SAMPLE, SINCE);
                    case FIVE_MINUTES -> rolledUp("5m", SINCE, minutes) + rest(minutes);
                    case HOURS ->
                            rolledUp("1h", SINCE, hours)
                                    + " union all "
                                    + rolledUp("5m", hours, minutes)
                                    + rest(minutes);
                };
        return tx.handle()
                .createQuery(
                        """
                        select date_bin(make_interval(secs => :step), at, to_timestamp(0)) as from_at,
                               sum(samples) as samples, max(memory_total) as memory_total,
                               max(disk_total) as disk_total,
                               %s
                        from (%s) as r (at, samples, memory_total, disk_total, %s)
                        group by 1 order by 1\
                        """
                                .formatted(JOINED, rows, COLUMNS))
                .bind("node", node.uuid())
                .bind("since", since)
                .bind("until", until)
                .bind("step", step.toSeconds())
                .map((row, context) -> point(row))
                .list();
    }

    /// Up to when the tenant's samples are rolled up.
    private static String done(String step) {
        return "coalesce((select d.until from node_rollup_done d where d.step = '"
                + step
                + "'), timestamptz '-infinity')";
    }

    private static String rolledUp(String step, String from, String to) {
        return ROLLED_UP.formatted(COLUMNS, step, from, to);
    }

    private static String rest(String from) {
        return " union all " + SAMPLES.formatted(OF_A_SAMPLE, from);
    }

    private static Series.Point point(ResultSet row) throws SQLException {
        return new Series.Point(
                row.getObject("from_at", OffsetDateTime.class).toInstant(),
                row.getLong("samples"),
                spread(row, "cpu", 1),
                spread(row, "load", 1),
                row.getObject("memory_total", Long.class),
                spread(row, "memory", 1),
                row.getObject("disk_total", Long.class),
                spread(row, "disk", 1),
                spread(row, "network_in", 1),
                spread(row, "network_out", 1),
                spread(row, "rtt", 1_000));
    }

    private static Series.@Nullable Spread spread(ResultSet row, String name, double unit)
            throws SQLException {
        double min = row.getDouble(name + "_min");
        if (row.wasNull()) {
            return null;
        }
        return new Series.Spread(
                tidy(min / unit),
                tidy(row.getDouble(name + "_mean") / unit),
                tidy(row.getDouble(name + "_max") / unit));
    }

    /// Six digits say all that a `real` knows.
    private static double tidy(double value) {
        return value >= 1_000_000 ? Math.rint(value) : Double.parseDouble("%.6g".formatted(value));
    }
}
