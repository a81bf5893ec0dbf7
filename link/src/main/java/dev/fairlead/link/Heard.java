package dev.fairlead.link;

import java.util.concurrent.TimeUnit;

/// Which streams of a link bring bytes, as far as it takes to tell what [Company] they keep. Used
/// on the link's event loop only; looks at the clock only where one stream follows another.
final class Heard {

    /// So long after another stream's bytes a stream has company. Short: a window as large as a
    /// lone stream gets delays a keystroke that comes after a pause by a millisecond or two, and
    /// small ones cost a lone stream half of its rate.
    private static final long REMEMBERED = TimeUnit.MILLISECONDS.toNanos(100);

    /// In so long streams are counted.
    private static final long MOMENT = TimeUnit.MILLISECONDS.toNanos(20);

    private static final int MANY = 8;

    /// Who brings less than this in each of its turns of a moment is taken for somebody who types.
    private static final int LITTLE = 4 * 1024;

    private int last;

    /// How much it has brought since then; no more than [#LITTLE] is counted.
    private int brought;

    /// When a moment ended in which somebody had brought little.
    private long littleBrought;

    /// Since when it is that one, and since when it was the one before.
    private long changedLast;

    private long changedBefore;

    /// A bit for each stream of this moment, by its number: of more than 64, some share one.
    private long streams;

    /// Those of them that have brought much at once.
    private long much;

    private long momentBegan;
    private int counted;

    Heard(long now) {
        changedLast = now - REMEMBERED;
        changedBefore = changedLast;
        littleBrought = changedLast;
        momentBegan = now;
    }

    /// Whether the last bytes were another stream's, so that [#changed] wants the time.
    boolean changes(int stream) {
        return stream != last;
    }

    /// Bytes have come for another stream than before.
    void changed(int stream, long now) {
        brought = 0;
        last = stream;
        if (now - changedBefore > REMEMBERED) {
            // Whoever comes to one that was alone is taken for somebody who types, until it shows.
            littleBrought = now;
        }
        changedBefore = changedLast;
        changedLast = now;
        endMoment(now);
        streams |= bit(stream);
    }

    private void endMoment(long now) {
        if (now - momentBegan <= MOMENT) {
            return;
        }
        counted = Long.bitCount(streams);
        if ((streams & ~much) != 0) {
            littleBrought = now;
        }
        streams = 0;
        much = 0;
        momentBegan = now;
    }

    /// Each side's streams have even or odd numbers only.
    private static long bit(int stream) {
        return 1L << (stream >> 1);
    }

    /// So many bytes have come for the stream that was heard last.
    void brought(int bytes) {
        brought = Math.min(brought + bytes, LITTLE);
        if (brought == LITTLE) {
            much |= bit(last);
        }
    }

    Company company(long now) {
        if (now - changedBefore > REMEMBERED) {
            return Company.NONE;
        }
        endMoment(now);
        boolean somebodyTypes = now - littleBrought <= REMEMBERED;
        return counted >= MANY || !somebodyTypes ? Company.BULK : Company.KEYSTROKES;
    }
}
