package dev.fairlead.link;

import java.util.concurrent.TimeUnit;

/// How many bytes of one stream may be on their way to this side: as many as its distance and rate
/// need, and no more, because all of them may have to be held somewhere, and a keystroke on the
/// same link stands behind those that are already in sockets.
///
/// It grows when it holds the stream up: when more than three quarters of it was consumed within a
/// round trip. It shrinks when much less was, so that the many streams of a busy link, each of
/// which has become slow, do not together keep what each had alone. A stream that has the link for
/// itself delays nobody: it may have what is consumed in two milliseconds, however near the other
/// end is, so that processes on the way wake up less often, for more bytes each time; where others
/// bring much as well, and nobody types, they share what it would have alone. The round trip is the
/// sender's, through every relay: the time from a grant to the first byte that only this grant
/// allowed; the least of them counts, since a sender that was not held up makes them longer, never
/// shorter. No more than the [Distance] that both ends have told counts either: among many streams
/// each one's bytes wait for the others', so each would take itself for a distant one, those that
/// happen to have the larger windows would get the larger shares, and would grow. (The idea of
/// dynamic right-sizing, Fisk and Feng 2001, which Linux follows in its TCP receive buffers.)
final class ReceiveWindow {

    /// What a stream gets that has more than a few bytes, and nothing shrinks below.
    private static final int LEAST = 64 * 1024;

    /// The same among others that bring much. Their grants would be so small otherwise that each
    /// costs as much as the bytes that it allows: two streams together had half of the rate of one.
    private static final int LEAST_AMONG_BULK = 256 * 1024;

    private static final int MOST_UNTOLD = 256 * 1024;

    /// The round trip of a near stream that has the link for itself counts as this, at least.
    private static final long ALONE = TimeUnit.MILLISECONDS.toNanos(2);

    /// The same beside others that bring much: together about what one has alone.
    private static final long AMONG_BULK = TimeUnit.MICROSECONDS.toNanos(1_500);

    /// A round trip from which on bytes that are too many do not matter, and a slow start does.
    private static final long FAR = TimeUnit.MILLISECONDS.toNanos(5);

    /// What a near stream does is looked at for so long at least: it comes in bursts.
    private static final long MOMENT = TimeUnit.MILLISECONDS.toNanos(4);

    private static final long UNKNOWN = Long.MAX_VALUE;
    private static final long NONE = -1;

    private int size = LinkLimits.INITIAL_WINDOW;
    private final int most;

    private long roundTrip = UNKNOWN;
    private long probedOffset = NONE;
    private long probedAt;

    private long measuredFrom = NONE;
    private long consumedThen;

    /// Whether it has become small because somebody types beside this stream.
    private boolean besideKeystrokes;

    /// @param most bytes, whatever the measurement says
    ReceiveWindow(int most) {
        this.most = most;
    }

    int size() {
        return size;
    }

    /// What it should be from now on; asked whenever [#untold] was consumed.
    ///
    /// @param consumed bytes so far
    /// @param now nanoseconds
    /// @param company which other streams bring bytes over the same link
    int wanted(long consumed, long now, Company company) {
        int least = company == Company.BULK ? LEAST_AMONG_BULK : LEAST;
        if (company != Company.KEYSTROKES) {
            besideKeystrokes = false;
        } else if (!besideKeystrokes) {
            // At once: by halves, each keystroke of the first moments would wait for a millisecond.
            // It is asked more than once for that, as credit which was given stays given.
            if (size > LEAST && !isFar()) {
                measure(consumed, now);
                return LEAST;
            }
            besideKeystrokes = true;
        }
        if (size < least) {
            return Math.min(isFar() ? LEAST_AMONG_BULK : least, most);
        }
        if (measuredFrom == NONE) {
            measure(consumed, now);
            return size;
        }
        long elapsed = now - measuredFrom;
        long bytes = consumed - consumedThen;
        if (isFar()) {
            // At once, and with time for what an earlier growth allowed to come: it is a whole
            // round trip behind.
            if (bytes > 0.75 * size && elapsed < 1.5 * roundTrip) {
                return grown(4, consumed, now);
            }
            if (elapsed < 1.5 * roundTrip) {
                return size;
            }
            return kept((double) bytes * roundTrip / elapsed, 0.125, least, consumed, now);
        }
        if (roundTrip == UNKNOWN || elapsed < Math.max(roundTrip, MOMENT)) {
            return size;
        }
        double perRoundTrip = (double) bytes * Math.max(roundTrip, atLeast(company)) / elapsed;
        if (perRoundTrip > 0.75 * size) {
            return grown(size < LEAST_AMONG_BULK ? 4 : 2, consumed, now);
        }
        return kept(perRoundTrip, 0.3, least, consumed, now);
    }

    private static long atLeast(Company company) {
        return switch (company) {
            case NONE -> ALONE;
            case KEYSTROKES -> 0;
            case BULK -> AMONG_BULK;
        };
    }

    private boolean isFar() {
        return roundTrip > FAR && roundTrip != UNKNOWN;
    }

    private int grown(int factor, long consumed, long now) {
        measure(consumed, now);
        return (int) Math.min((long) size * factor, most);
    }

    private int kept(double perRoundTrip, double part, int least, long consumed, long now) {
        measure(consumed, now);
        return perRoundTrip < part * size ? Math.max(size / 2, Math.min(size, least)) : size;
    }

    private void measure(long consumed, long now) {
        measuredFrom = now;
        consumedThen = consumed;
    }

    /// How far the sender is, at most.
    ///
    /// @param nanos negative: not known
    void distance(long nanos) {
        if (nanos >= 0) {
            roundTrip = Math.min(roundTrip, nanos);
        }
    }

    /// So much is consumed before the other side is told: a quarter, but no more of a large window,
    /// which would keep the sender waiting for what was consumed long ago.
    int untold() {
        return Math.min(size / 4, MOST_UNTOLD);
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
