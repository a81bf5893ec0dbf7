package dev.fairlead.agent.policy;

import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Listeners as they were a second ago at most: a node may open thousands of streams a second, and
/// each asks.
///
/// They are read anew beside whoever asks, half a second before that is over, so that those who
/// must not wait find them there; and by one of all who ask.
public final class Remembered implements Supplier<List<Guarded.Listener>> {

    private static final Logger LOG = LoggerFactory.getLogger(Remembered.class);

    /// So long what was read is taken for what is, in milliseconds.
    private static final long GOOD = 1_000;

    /// A part of it that is left for who asks whether it is, and then for it.
    private static final long MARGIN = 100;

    private static final long READ_AHEAD = 500;

    private final Supplier<List<Guarded.Listener>> source;
    private final InstantSource clock;
    private final AtomicBoolean reading = new AtomicBoolean();
    private volatile Snapshot snapshot = new Snapshot(Long.MIN_VALUE, List.of());

    private record Snapshot(long millis, List<Guarded.Listener> listeners) {

        long age(long now) {
            return millis == Long.MIN_VALUE ? Long.MAX_VALUE : Math.abs(now - millis);
        }
    }

    /// @param source asked on the caller's thread, or a virtual one
    public Remembered(Supplier<List<Guarded.Listener>> source, InstantSource clock) {
        this.source = source;
        this.clock = clock;
    }

    /// Whether [#get] gives what it knows, without reading anything.
    boolean isFresh() {
        long age = snapshot.age(clock.millis());
        if (age >= READ_AHEAD && age < GOOD && reading.compareAndSet(false, true)) {
            Thread.ofVirtual().name("listeners").start(this::readAhead);
        }
        return age < GOOD - MARGIN;
    }

    private void readAhead() {
        try {
            read();
        } catch (RuntimeException e) {
            LOG.warn("What this machine listens on cannot be read now", e);
        } finally {
            reading.set(false);
        }
    }

    @Override
    public List<Guarded.Listener> get() {
        var last = snapshot;
        if (last.age(clock.millis()) < GOOD) {
            return last.listeners;
        }
        synchronized (this) {
            if (snapshot.age(clock.millis()) >= GOOD) {
                read();
            }
            return snapshot.listeners;
        }
    }

    private void read() {
        long now = clock.millis();
        snapshot = new Snapshot(now, source.get());
    }
}
