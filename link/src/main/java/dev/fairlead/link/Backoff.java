package dev.fairlead.link;

import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// How long to wait before dialling again: exponential with full jitter, so that a fleet that lost
/// its hub does not come back in step ("Exponential Backoff and Jitter", AWS Architecture Blog,
/// 2015). Not thread-safe: one dial loop has one.
public final class Backoff {

    public static final Duration BASE = Duration.ofMillis(500);

    /// So that a fleet is back within 15 s of its hub: a ceiling of 8 s, and the time to be let in.
    public static final Duration CAP = Duration.ofSeconds(8);

    /// A wait that the hub asked for is stretched by so much at most.
    private static final Duration LONGEST_SPREAD = Duration.ofSeconds(60);

    private final Duration base;
    private final Duration cap;
    private final RandomGenerator random;
    private final LongSupplier nanoTime;
    private int failures;
    private @Nullable Long linkedSince;

    public Backoff(RandomGenerator random, LongSupplier nanoTime) {
        this(BASE, CAP, random, nanoTime);
    }

    /// @param nanoTime such as `System::nanoTime`
    public Backoff(Duration base, Duration cap, RandomGenerator random, LongSupplier nanoTime) {
        if (!base.isPositive() || cap.compareTo(base) < 0) {
            throw new IllegalArgumentException("a backoff needs 0 < base <= cap");
        }
        this.base = base;
        this.cap = cap;
        this.random = random;
        this.nanoTime = nanoTime;
    }

    /// A link came about. Only one that lasts makes the next wait short again: a hub that accepts
    /// and drops is not to be hammered.
    public void linked() {
        linkedSince = nanoTime.getAsLong();
    }

    /// The wait after a failed dial or a lost link: anything from nothing to twice as much as last
    /// time, at most the cap.
    public Duration next() {
        if (linkedSince != null) {
            if (nanoTime.getAsLong() - linkedSince >= cap.toNanos()) {
                failures = 0;
            }
            linkedSince = null;
        }
        return jitter(ceiling(failures++));
    }

    /// The wait that the hub asked for, stretched so that not everybody comes back at its end.
    public Duration next(@Nullable Duration retryAfter) {
        var own = next();
        if (retryAfter == null) {
            return own;
        }
        var spread = retryAfter.compareTo(LONGEST_SPREAD) < 0 ? retryAfter : LONGEST_SPREAD;
        return retryAfter.plus(jitter(spread.compareTo(base) < 0 ? base : spread));
    }

    private Duration ceiling(int attempt) {
        // 2^30 bases are beyond any cap, and shifting further would overflow.
        var doubled = base.multipliedBy(1L << Math.min(attempt, 30));
        return doubled.compareTo(cap) < 0 ? doubled : cap;
    }

    private Duration jitter(Duration most) {
        return Duration.ofNanos(random.nextLong(most.toNanos() + 1));
    }
}
