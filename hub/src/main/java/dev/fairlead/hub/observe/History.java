package dev.fairlead.hub.observe;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The figures of the last day, by the names of `/metrics`: [Series] lists which. Each is read
/// every ten seconds and kept in memory, so they begin anew with the hub; whoever wants them for
/// longer has Prometheus.
public final class History implements AutoCloseable {

    /// How long figures are kept.
    public static final Duration KEPT = Duration.ofDays(1);

    private static final Logger log = LoggerFactory.getLogger(History.class);

    private static final Duration STEP = Duration.ofSeconds(10);
    private static final int SLOTS = (int) KEPT.dividedBy(STEP);

    /// Points of one answer, whatever time they are of.
    static final int POINTS = 120;

    private final MeterRegistry meters;
    private final Clock clock;
    private final List<Series> series;
    private final float[][] kept;
    private final double[] totals;
    private final double[] counts;
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("history").factory());

    /// The slot that was written last; slots are counted from the epoch.
    private long last = -1;

    private long lastMillis;

    History(MeterRegistry meters, Clock clock, List<Series> series) {
        this.meters = meters;
        this.clock = clock;
        this.series = series;
        this.kept = new float[series.size()][SLOTS];
        this.totals = new double[series.size()];
        this.counts = new double[series.size()];
        for (var one : kept) {
            Arrays.fill(one, Float.NaN);
        }
        Arrays.fill(totals, Double.NaN);
        Arrays.fill(counts, Double.NaN);
    }

    /// @param database asked before each reading
    public static History start(MeterRegistry meters, DatabaseMeters database, Clock clock) {
        var history = new History(meters, clock, Series.ALL);
        history.timer.scheduleAtFixedRate(
                () -> {
                    try {
                        database.look();
                        history.read();
                    } catch (RuntimeException e) {
                        log.warn("The hub's figures were not read", e);
                    }
                },
                0,
                STEP.toMillis(),
                TimeUnit.MILLISECONDS);
        return history;
    }

    /// One series of an answer.
    ///
    /// @param now the last reading; null where there is none
    /// @param points the mean of each step, oldest first; null where nothing was read
    /// @param peaks the highest reading of each step
    record Shown(
            Series series,
            @Nullable Double now,
            List<@Nullable Double> points,
            List<@Nullable Double> peaks) {}

    /// @param from when the first step begins
    /// @param step how long each is
    record Window(Instant from, Duration step, List<Shown> series) {}

    /// Reads all figures once.
    synchronized void read() {
        long millis = clock.millis();
        long slot = millis / STEP.toMillis();
        if (slot <= last) {
            return;
        }
        if (last >= 0) {
            for (long missed = Math.max(last + 1, slot - SLOTS + 1); missed < slot; missed++) {
                for (var one : kept) {
                    one[at(missed)] = Float.NaN;
                }
            }
        }
        double seconds = (millis - lastMillis) / 1e3;
        for (int i = 0; i < series.size(); i++) {
            kept[i][at(slot)] = (float) value(i, seconds);
        }
        last = slot;
        lastMillis = millis;
    }

    private double value(int i, double seconds) {
        var reading = series.get(i).read(meters);
        double total = reading.total() - totals[i];
        double count = reading.count() - counts[i];
        totals[i] = reading.total();
        counts[i] = reading.count();
        return switch (series.get(i).kind()) {
            case GAUGE -> reading.total();
            case RATE -> total / seconds;
            case MEAN -> count > 0 ? total / count : Double.NaN;
        };
    }

    /// The last so long, in steps that begin at the same moments however often it is asked.
    synchronized Window window(Duration span) {
        int wide = Math.max(1, (int) (span.dividedBy(STEP) / POINTS));
        long end = last < 0 ? clock.millis() / STEP.toMillis() : last;
        long first = (end / wide - POINTS + 1) * wide;
        return new Window(
                Instant.ofEpochMilli(first * STEP.toMillis()),
                STEP.multipliedBy(wide),
                java.util.stream.IntStream.range(0, series.size())
                        .mapToObj(i -> shown(i, first, wide))
                        .toList());
    }

    private Shown shown(int i, long first, int wide) {
        var points = new @Nullable Double[POINTS];
        var peaks = new @Nullable Double[POINTS];
        for (int p = 0; p < POINTS; p++) {
            double sum = 0;
            int count = 0;
            double peak = Double.NaN;
            for (long slot = first + (long) p * wide;
                    slot < first + (long) (p + 1) * wide;
                    slot++) {
                float value = slot > last || slot <= last - SLOTS ? Float.NaN : kept[i][at(slot)];
                if (!Float.isNaN(value)) {
                    sum += value;
                    count++;
                    peak = Double.isNaN(peak) ? value : Math.max(peak, value);
                }
            }
            points[p] = count == 0 ? null : Series.rounded(sum / count);
            peaks[p] = count == 0 ? null : Series.rounded(peak);
        }
        float now = last < 0 ? Float.NaN : kept[i][at(last)];
        return new Shown(
                series.get(i),
                Float.isNaN(now) ? null : Series.rounded(now),
                Arrays.asList(points),
                Arrays.asList(peaks));
    }

    private static int at(long slot) {
        return (int) Math.floorMod(slot, (long) SLOTS);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
