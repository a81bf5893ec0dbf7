package dev.fairlead.agent.health;

import dev.fairlead.link.Link;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a machine is, as a heartbeat carries it in JSON; the API's schema `Statistics` is the same.
/// What the machine does not tell is null.
///
/// @param cpu share of all cores that was busy since the last measurement, 0 to 1
/// @param load average over 1, 5 and 15 minutes
/// @param memoryTotal bytes
/// @param memoryUsed bytes that programs cannot get without swapping
/// @param networkIn bytes per second since the last measurement, without loopback
/// @param networkOut likewise
/// @param uptime seconds since the machine started
/// @param rttMicros round trip of the link by the newest ping, microseconds
/// @param disks local file systems, at most 64
public record Statistics(
        Instant at,
        @Nullable Double cpu,
        int cores,
        @Nullable List<Double> load,
        @Nullable Long memoryTotal,
        @Nullable Long memoryUsed,
        @Nullable Long networkIn,
        @Nullable Long networkOut,
        @Nullable Long uptime,
        @Nullable Long rttMicros,
        List<Disk> disks) {

    /// The same with what the link measured.
    Statistics over(Link link) {
        var trip = link.roundTrip();
        return new Statistics(
                at,
                cpu,
                cores,
                load,
                memoryTotal,
                memoryUsed,
                networkIn,
                networkOut,
                uptime,
                trip.isNegative() ? null : trip.toNanos() / 1_000,
                disks);
    }

    /// @param total bytes
    /// @param used bytes
    public record Disk(String mount, long total, long used) {}
}
