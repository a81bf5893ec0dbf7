package dev.fairlead.hub.fleet;

import dev.fairlead.hub.db.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// When nodes were last heard of, in memory only: a heartbeat never updates the table `node`. After
/// a restart of the hub the times of their links stand in.
public final class LastSeen {

    private static final Duration KEPT = Duration.ofDays(1);

    private final InstantSource clock;
    private final ConcurrentHashMap<NodeId, Instant> seen = new ConcurrentHashMap<>();

    public LastSeen(InstantSource clock) {
        this.clock = clock;
    }

    /// Something came from this node just now.
    public void now(NodeId node) {
        seen.put(node, clock.instant());
    }

    Optional<Instant> of(NodeId node) {
        return Optional.ofNullable(seen.get(node));
    }

    void forget(NodeId node) {
        seen.remove(node);
    }

    /// Forgets who was silent for a day; by then the time of the link's end says the same.
    void forgetOld() {
        Instant before = clock.instant().minus(KEPT);
        seen.values().removeIf(at -> at.isBefore(before));
    }
}
