package dev.fairlead.agent.policy;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;

/// Listeners as they were a second ago at most: a node may open thousands of streams a second, and
/// each asks.
public final class Remembered implements Supplier<List<Guarded.Listener>> {

    private static final Duration FRESH = Duration.ofSeconds(1);

    private final Supplier<List<Guarded.Listener>> source;
    private final InstantSource clock;
    private volatile Snapshot snapshot = new Snapshot(Long.MIN_VALUE, List.of());

    private record Snapshot(long millis, List<Guarded.Listener> listeners) {}

    /// @param source asked on the caller's thread
    public Remembered(Supplier<List<Guarded.Listener>> source, InstantSource clock) {
        this.source = source;
        this.clock = clock;
    }

    @Override
    public List<Guarded.Listener> get() {
        var last = snapshot;
        long now = clock.millis();
        if (last.millis == Long.MIN_VALUE || Math.abs(now - last.millis) >= FRESH.toMillis()) {
            last = new Snapshot(now, source.get());
            snapshot = last;
        }
        return last.listeners;
    }
}
