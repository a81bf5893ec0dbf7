package dev.fairlead.link;

import java.util.concurrent.TimeUnit;

/// Which streams of a link bring bytes, as far as it takes to tell what [Company] they keep. Used
/// on the link's event loop only; looks at the clock only where one stream follows another.
final class Heard {

    /// So long after another stream's bytes a stream has company. Short: a window as large as a
    /// lone stream gets delays a keystroke that comes after a pause by a millisecond or two, and
    /// small ones cost a lone stream half of its rate.
    private static final long REMEMBERED = TimeUnit.MILLISECONDS.toNanos(100);

    /// In so long streams are counted, and what was counted stands for as long again.
    private static final long MOMENT = TimeUnit.MILLISECONDS.toNanos(20);

    private static final int MANY = 8;

    private int last;

    /// Since when it is that one, and since when it was the one before.
    private long changedLast;

    private long changedBefore;

    /// A bit for each stream of this moment, by its number: of more than 64, some share one.
    private long streams;

    private long momentBegan;
    private int counted;

    Heard(long now) {
        changedLast = now - REMEMBERED;
        changedBefore = changedLast;
        momentBegan = now;
    }

    /// Whether the last bytes were another stream's, so that [#changed] wants the time.
    boolean changes(int stream) {
        return stream != last;
    }

    /// Bytes have come for another stream than before.
    void changed(int stream, long now) {
        last = stream;
        changedBefore = changedLast;
        changedLast = now;
        if (now - momentBegan > MOMENT) {
            counted = Long.bitCount(streams);
            streams = 0;
            momentBegan = now;
        }
        // Each side's streams have even or odd numbers only.
        streams |= 1L << (stream >> 1);
    }

    Company company(long now) {
        if (now - changedBefore > REMEMBERED) {
            return Company.NONE;
        }
        return counted >= MANY && now - momentBegan <= 2 * MOMENT ? Company.MANY : Company.FEW;
    }
}
