package dev.fairlead.link;

/// The memory that all windows of a link may promise together. Every byte of credit is taken from
/// here before it is granted, so what a peer can make this side hold is bounded by construction.
final class WindowBudget {

    private final int total;
    private long taken;

    WindowBudget(int total) {
        this.total = total;
    }

    boolean take(int bytes) {
        if (taken + bytes > total) {
            return false;
        }
        taken += bytes;
        return true;
    }

    /// Takes credit beyond a first window; half of the budget is kept for streams that are yet to
    /// come.
    boolean takeMore(int bytes) {
        return taken + bytes <= total / 2 && take(bytes);
    }

    void giveBack(long bytes) {
        taken -= bytes;
        if (taken < 0) {
            throw new IllegalStateException("more window given back than was taken");
        }
    }

    long taken() {
        return taken;
    }
}
