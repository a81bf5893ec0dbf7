package dev.fairlead.link.resume;

import java.util.concurrent.atomic.AtomicLong;

/// The memory of a process for what its resumable streams keep: bytes sent and not acknowledged,
/// and bytes received over a link that was lost and not consumed.
///
/// It is a brake, not a wall: when it is full a stream takes bytes only while it keeps few of its
/// own ([ResumableStream#SPARE]), so that a peer that acknowledges nothing slows the others down
/// and does not stop them.
public final class ResumeBudget {

    private final long total;
    private final AtomicLong taken = new AtomicLong();

    public ResumeBudget(long total) {
        if (total <= 0) {
            throw new IllegalArgumentException("a budget has at least a byte");
        }
        this.total = total;
    }

    void take(long bytes) {
        taken.addAndGet(bytes);
    }

    void giveBack(long bytes) {
        if (taken.addAndGet(-bytes) < 0) {
            throw new IllegalStateException("more memory given back than was taken");
        }
    }

    boolean isFull() {
        return taken.get() >= total;
    }

    /// Bytes that are kept now.
    public long taken() {
        return taken.get();
    }
}
