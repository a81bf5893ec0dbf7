package dev.fairlead.hub.fleet;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The schema `Series`.
record SeriesShown(Instant since, Instant until, long stepSeconds, List<Item> items) {

    /// Spreads are the least, the mean and the greatest.
    record Item(
            Instant at,
            long samples,
            @Nullable List<Double> cpu,
            @Nullable List<Double> load,
            @Nullable Long memoryTotal,
            @Nullable List<Double> memoryUsed,
            @Nullable Long diskTotal,
            @Nullable List<Double> diskUsed,
            @Nullable List<Double> networkIn,
            @Nullable List<Double> networkOut,
            @Nullable List<Double> rttMillis) {

        static Item of(Series.Point p) {
            return new Item(
                    p.at(),
                    p.samples(),
                    list(p.cpu()),
                    list(p.load()),
                    p.memoryTotal(),
                    list(p.memoryUsed()),
                    p.diskTotal(),
                    list(p.diskUsed()),
                    list(p.networkIn()),
                    list(p.networkOut()),
                    list(p.rtt()));
        }

        private static @Nullable List<Double> list(Series.@Nullable Spread spread) {
            return spread == null ? null : List.of(spread.min(), spread.mean(), spread.max());
        }
    }

    static SeriesShown of(Series series) {
        return new SeriesShown(
                series.since(),
                series.until(),
                series.step().toSeconds(),
                series.points().stream().map(Item::of).toList());
    }
}
