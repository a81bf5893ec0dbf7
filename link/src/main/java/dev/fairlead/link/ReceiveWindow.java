package dev.fairlead.link;

/// How many bytes of one stream may be on their way to this side: as many as its distance and rate
/// need, and no more, because all of them may have to be held here, and a keystroke on the same
/// link stands behind those that are already in sockets.
///
/// Any stream that is read fast comes to [#EASY] by doubling. Beyond that it must show that the
/// window holds it up: that more than half of it was consumed within a round trip. The round trip
/// is the sender's, through every relay: the time from a grant to the first byte that only this
/// grant allowed; the least of them counts, since a sender that was not held up makes them longer,
/// never shorter. (The idea of dynamic right-sizing, Fisk and Feng 2001, which Linux follows in its
/// TCP receive buffers.)
final class ReceiveWindow {

    /// What a stream that is read fast gets without a measurement: about a millisecond of a fast
    /// machine's own loopback.
    static final int EASY = 512 * 1024;

    private static final long NONE = -1;

    private int size = LinkLimits.INITIAL_WINDOW;
    private final int most;

    private long roundTrip = Long.MAX_VALUE;
    private long probedOffset = NONE;
    private long probedAt;

    private long measuredFrom = NONE;
    private long consumedThen;

    /// @param most bytes, whatever the measurement says
    ReceiveWindow(int most) {
        this.most = most;
    }

    int size() {
        return size;
    }

    /// What it should be from now on; asked whenever a quarter of it was consumed.
    ///
    /// @param consumed bytes so far
    /// @param now nanoseconds
    int wanted(long consumed, long now) {
        if (size < EASY) {
            return Math.min(size * 2, Math.min(EASY, most));
        }
        if (measuredFrom == NONE) {
            measure(consumed, now);
            return size;
        }
        long elapsed = now - measuredFrom;
        if (elapsed < roundTrip || elapsed <= 0) {
            return size;
        }
        double perRoundTrip = (double) (consumed - consumedThen) * roundTrip / elapsed;
        measure(consumed, now);
        // Almost all of it: how much is needed is not yet in sight.
        int factor = perRoundTrip > 0.75 * size ? 4 : perRoundTrip > 0.5 * size ? 2 : 1;
        return (int) Math.min((long) size * factor, most);
    }

    private void measure(long consumed, long now) {
        measuredFrom = now;
        consumedThen = consumed;
    }

    /// The link's memory had room for it.
    void set(int bytes) {
        size = bytes;
    }

    /// The other side is being told that it may send beyond `limit`, which ended its credit so far.
    void granted(long limit, long now) {
        if (probedOffset == NONE) {
            probedOffset = limit;
            probedAt = now;
        }
    }

    /// Whether bytes up to this offset end a measurement, so that [#arrived] wants the time.
    boolean waitsFor(long received) {
        return probedOffset != NONE && received > probedOffset;
    }

    /// The first byte has come that the probed grant allowed.
    void arrived(long now) {
        probedOffset = NONE;
        roundTrip = Math.min(roundTrip, now - probedAt);
    }
}
