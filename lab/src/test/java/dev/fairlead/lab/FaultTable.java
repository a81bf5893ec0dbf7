package dev.fairlead.lab;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What came of faults, by kind.
final class FaultTable {

    private final Map<String, Row> rows = new LinkedHashMap<>();

    private static final class Row {
        private int runs;
        private int streams;
        private int healed;
        private int wrong;
        private long millis;
        private final List<Long> pauses = new ArrayList<>();
    }

    /// One run is over.
    ///
    /// @param streams that were open when it struck
    /// @param healed whether all was as it should be afterwards
    /// @param wrong streams with a gap or a wrong byte
    /// @param pause the longest of any stream
    /// @param took from before it struck until all was judged
    synchronized void add(
            String kind, int streams, boolean healed, int wrong, Duration pause, Duration took) {
        var row = rows.computeIfAbsent(kind, k -> new Row());
        row.runs++;
        row.streams += streams;
        row.healed += healed ? 1 : 0;
        row.wrong += wrong;
        row.pauses.add(pause.toMillis());
        row.millis += took.toMillis();
    }

    synchronized int kinds() {
        return rows.size();
    }

    synchronized int streams() {
        return rows.values().stream().mapToInt(row -> row.streams).sum();
    }

    synchronized int runs() {
        return rows.values().stream().mapToInt(row -> row.runs).sum();
    }

    /// In Markdown.
    synchronized String text() {
        var text = new StringBuilder();
        text.append(
                "| fault | runs | healed | streams | gap or wrong byte | longest pause: median | worst | mean run |\n");
        text.append("|---|---:|---:|---:|---:|---:|---:|---:|\n");
        rows.forEach((kind, row) -> {
            var sorted = row.pauses.stream().sorted().toList();
            text.append(
                    "| %s | %d | %d | %d | %d | %s | %s | %s |%n"
                            .formatted(
                                    kind,
                                    row.runs,
                                    row.healed,
                                    row.streams,
                                    row.wrong,
                                    seconds(sorted.get(sorted.size() / 2)),
                                    seconds(sorted.getLast()),
                                    seconds(row.millis / row.runs)));
        });
        return text.toString();
    }

    private static String seconds(long millis) {
        return String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
    }
}
