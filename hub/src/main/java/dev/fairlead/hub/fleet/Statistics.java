package dev.fairlead.hub.fleet;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// How a node was at a time; what it did not tell is null.
///
/// @param at when the hub heard it, by the hub's clock
/// @param cpu share of all cores that was busy, 0 to 1
/// @param load average over 1, 5 and 15 minutes
/// @param memoryTotal bytes
/// @param memoryUsed bytes
/// @param networkIn bytes per second
/// @param networkOut bytes per second
/// @param uptime seconds
/// @param rttMicros round trip of the link by the agent's newest ping, microseconds
/// @param disks at most 64
public record Statistics(
        Instant at,
        @Nullable Double cpu,
        @Nullable Integer cores,
        @Nullable List<Double> load,
        @Nullable Long memoryTotal,
        @Nullable Long memoryUsed,
        @Nullable Long networkIn,
        @Nullable Long networkOut,
        @Nullable Long uptime,
        @Nullable Integer rttMicros,
        List<Disk> disks) {

    private static final double FULL = 0.95;
    private static final double LOAD_PER_CORE = 4;

    /// @param total bytes
    /// @param used bytes
    public record Disk(String mount, long total, long used) {}

    /// [#rttMicros] in milliseconds.
    public @Nullable Double rttMillis() {
        return rttMicros == null ? null : rttMicros / 1000.0;
    }

    /// `ok`, or `warning` where there are [#problems].
    public String health() {
        return problems().isEmpty() ? "ok" : "warning";
    }

    /// What a person should look at, a sentence each.
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        for (Disk disk : disks) {
            if (disk.total > 0 && disk.used >= FULL * disk.total) {
                problems.add(percent(disk.used, disk.total) + " of " + disk.mount + " is used.");
            }
        }
        if (memoryTotal != null && memoryUsed != null && memoryTotal > 0) {
            if (memoryUsed >= FULL * memoryTotal) {
                problems.add(percent(memoryUsed, memoryTotal) + " of the memory is used.");
            }
        }
        if (load != null && load.size() == 3 && cores != null && cores > 0) {
            // Five minutes: what passes sooner is no problem.
            if (load.get(1) > LOAD_PER_CORE * cores) {
                problems.add(
                        String.format(
                                Locale.ROOT, "The load is %.1f on %d cores.", load.get(1), cores));
            }
        }
        return List.copyOf(problems);
    }

    private static String percent(long part, long whole) {
        return Math.round(100.0 * part / whole) + " %";
    }
}
