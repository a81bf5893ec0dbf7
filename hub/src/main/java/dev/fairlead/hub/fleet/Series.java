package dev.fairlead.hub.fleet;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.db.Database;
import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.db.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// How a node was over a time, in steps of one length: what a chart shows.
///
/// Every sample is kept for a day, five minutes in one for 8 days, an hour in one for 90 days. A
/// step is never shorter than what is kept of the time in which the series begins.
///
/// @param since of the first step, whether there was a sample in it or not
/// @param points those of the steps in which something was heard, oldest first
public record Series(Instant since, Instant until, Duration step, List<Point> points) {

    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration FIVE_MINUTES = Duration.ofMinutes(5);
    private static final Duration HOUR = Duration.ofHours(1);

    /// The longest time that is kept, with what clocks may differ by.
    private static final Duration LONGEST = Duration.ofDays(91);

    /// Rounding `since` down must not reach behind what is kept.
    private static final Duration SLACK = Duration.ofMinutes(10);

    private static final List<Duration> STEPS =
            Stream.of(1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 7200, 14400)
                    .map(Duration::ofMinutes)
                    .toList();

    /// Of all samples in a step the least, the mean and the greatest; null where none told it.
    public record Spread(double min, double mean, double max) {}

    /// @param at the beginning of the step
    /// @param load of 1 minute
    /// @param rtt milliseconds
    public record Point(
            Instant at,
            long samples,
            @Nullable Spread cpu,
            @Nullable Spread load,
            @Nullable Long memoryTotal,
            @Nullable Spread memoryUsed,
            @Nullable Long diskTotal,
            @Nullable Spread diskUsed,
            @Nullable Spread networkIn,
            @Nullable Spread networkOut,
            @Nullable Spread rtt) {}

    /// Where it is read from: the roll-ups before, and what is not rolled up yet.
    enum Kept {
        SAMPLES(Duration.ofMinutes(1)),
        FIVE_MINUTES(Series.FIVE_MINUTES),
        HOURS(HOUR);

        final Duration step;

        Kept(Duration step) {
            this.step = step;
        }

        static Kept of(Instant since, Instant now) {
            var age = Duration.between(since, now).minus(SLACK);
            return age.compareTo(DAY) <= 0
                    ? SAMPLES
                    : age.compareTo(DAY.multipliedBy(8)) <= 0 ? FIVE_MINUTES : HOURS;
        }
    }

    /// What is asked for.
    ///
    /// @param since null for an hour before `until`
    /// @param until null for now
    public static Series read(
            Database database,
            InstantSource clock,
            TenantId tenant,
            NodeId node,
            @Nullable Instant since,
            @Nullable Instant until,
            int points) {
        Instant now = clock.instant();
        Instant to = until == null ? now : until;
        Instant from = since == null ? to.minus(HOUR) : since;
        if (!from.isBefore(to)) {
            throw Rejected.invalid("since must be before until: the series would have no length.");
        }
        if (from.isBefore(now.minus(LONGEST)) || to.isAfter(now.plus(DAY))) {
            throw Rejected.of(
                    Rejected.Code.INVALID_REQUEST,
                    "Statistics are kept for 90 days, and there are none of the future.",
                    "Take a since within the last 90 days, and an until that is not after now.");
        }
        Kept kept = Kept.of(from, now);
        Duration step = step(Duration.between(from, to), kept.step, points);
        long seconds = step.toSeconds();
        Instant first = Instant.ofEpochSecond(from.getEpochSecond() / seconds * seconds);
        return new Series(
                first,
                to,
                step,
                database.inTenant(tenant, tx -> SeriesStore.read(tx, node, kept, first, to, step)));
    }

    /// The shortest that makes at most so many of the length.
    private static Duration step(Duration length, Duration shortest, int points) {
        return STEPS.stream()
                .filter(step -> step.compareTo(shortest) >= 0)
                .filter(step -> length.compareTo(step.multipliedBy(points)) <= 0)
                .findFirst()
                .orElseGet(STEPS::getLast);
    }
}
