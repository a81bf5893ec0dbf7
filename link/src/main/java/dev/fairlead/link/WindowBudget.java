package dev.fairlead.link;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The memory that all windows of a link may promise together. Every byte of credit is taken from
/// here before it is granted, so what a peer can make this side hold is bounded by construction.
final class WindowBudget {

    private final int total;

    /// What other links take from too; null where there is nothing of the kind, or no more.
    private @Nullable SharedMemory shared;

    /// Changed on the link's loop only, and read elsewhere.
    private final AtomicLong taken = new AtomicLong();

    WindowBudget(int total, @Nullable SharedMemory shared) {
        this.total = total;
        this.shared = shared;
    }

    boolean take(int bytes) {
        return take(bytes, 1);
    }

    /// @param part of each budget that may be used: the whole, or one half of it, ...
    private boolean take(int bytes, int part) {
        long now = taken.get() + bytes;
        var with = shared;
        if (now > total / part || (with != null && !with.take(bytes, with.total() / part))) {
            return false;
        }
        taken.lazySet(now);
        return true;
    }

    /// Which limit it is that leaves no room for so many bytes, as configurations name it.
    String limit(int bytes) {
        return taken.get() + bytes > total ? "memory" : "tenant-memory";
    }

    /// The link is over: nothing of it counts for the others any more.
    void leaveShared() {
        var with = shared;
        if (with != null) {
            with.giveBack(taken.get());
            shared = null;
        }
    }

    /// Takes credit beyond a first window; half of the budget is kept for streams that are yet to
    /// come.
    boolean takeMore(int bytes) {
        return take(bytes, 2);
    }

    void giveBack(long bytes) {
        taken.lazySet(taken.get() - bytes);
        var with = shared;
        if (with != null) {
            with.giveBack(bytes);
        }
        if (taken.get() < 0) {
            throw new IllegalStateException("more window given back than was taken");
        }
    }

    long taken() {
        return taken.get();
    }
}
