package dev.fairlead.link;

import java.util.concurrent.atomic.AtomicLong;

/// Memory that the windows of several links may promise together, such as those of one tenant.
public final class SharedMemory {

    private final long total;
    private final AtomicLong taken = new AtomicLong();

    /// @param total bytes
    public SharedMemory(long total) {
        this.total = total;
    }

    /// What the links have promised.
    public long taken() {
        return taken.get();
    }

    boolean take(long bytes, long upTo) {
        long now = taken.get();
        while (now + bytes <= upTo) {
            long seen = taken.compareAndExchange(now, now + bytes);
            if (seen == now) {
                return true;
            }
            now = seen;
        }
        return false;
    }

    long total() {
        return total;
    }

    void giveBack(long bytes) {
        taken.addAndGet(-bytes);
    }
}
