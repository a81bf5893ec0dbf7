package dev.fairlead.link;

import java.util.concurrent.atomic.AtomicLong;

/// The memory that all windows of a link may promise together. Every byte of credit is taken from
/// here before it is granted, so what a peer can make this side hold is bounded by construction.
final class WindowBudget {

    private final int total;

    /// Changed on the link's loop only, and read elsewhere.
    private final AtomicLong taken = new AtomicLong();

    WindowBudget(int total) {
        this.total = total;
    }

    boolean take(int bytes) {
        long now = taken.get() + bytes;
        if (now > total) {
            return false;
        }
        taken.lazySet(now);
        return true;
    }

    /// Takes credit beyond a first window; half of the budget is kept for streams that are yet to
    /// come.
    boolean takeMore(int bytes) {
        return taken.get() + bytes <= total / 2 && take(bytes);
    }

    void giveBack(long bytes) {
        taken.lazySet(taken.get() - bytes);
        if (taken.get() < 0) {
            throw new IllegalStateException("more window given back than was taken");
        }
    }

    long taken() {
        return taken.get();
    }
}
