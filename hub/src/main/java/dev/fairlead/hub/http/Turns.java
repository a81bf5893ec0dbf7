package dev.fairlead.hub.http;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Who begins TLS next, of those whose hello has come. So many are under way at once: of those who
/// say that they come for a node's link until they have proved who they are, of everybody else
/// until their TLS is there. So a fleet that comes back stands in a queue that costs nothing, and
/// people pass by it.
///
/// Of links as many are under way as the hub takes without being late: some more for those that
/// begin in time, and fewer as soon as one begins late, or a thread for people's requests does
/// ([#started]). Whatever those do who are let in, one more of each kind is after each [#pause]; of
/// links, while the hub is late, after some.
final class Turns {

    /// So late an event loop or a thread may be, in nanoseconds: what people notice is several
    /// times as much.
    private static final long LATE = 50_000_000;

    private static final int FEWEST_LINKS = 32;
    private static final double LESS = 0.97;
    private static final double MORE = 0.25;

    /// While the hub is late, a link is let in after so many pauses all the same.
    private static final int PAUSES = 10;

    private final int most;
    private final int mostWaiting;
    private final Queue others = new Queue();
    private final Queue links = new Queue();
    private double mostLinks;
    private boolean loopsLate;
    private boolean threadsLate;
    private int pauses;
    private long waits;
    private boolean shut;

    /// One whose hello has come; called on any thread.
    interface Waiting {

        /// Whether it has not hung up.
        boolean isThere();

        /// Its turn has come: [#finished] is to be called once.
        void begin();

        /// It will have no turn.
        void turnAway();
    }

    /// Those of one kind.
    private static final class Queue {
        private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
        private int underWay;

        /// Lets in the next that is still there; false where there is none.
        boolean next(List<Waiting> now) {
            for (@Nullable Waiting one = waiting.poll(); one != null; one = waiting.poll()) {
                if (one.isThere()) {
                    underWay++;
                    now.add(one);
                    return true;
                }
                one.turnAway();
            }
            return false;
        }
    }

    /// @param most of each kind under way at once
    /// @param mostWaiting of each kind; those beyond have no turn
    Turns(int most, int mostWaiting) {
        this.most = most;
        this.mostWaiting = mostWaiting;
        this.mostLinks = Math.min(most, FEWEST_LINKS);
    }

    /// @param link whether it says that it comes for a node's link
    /// @return whether it has to wait
    boolean comes(Waiting one, boolean link) {
        var queue = link ? links : others;
        boolean may;
        synchronized (this) {
            may = !shut && queue.waiting.size() < mostWaiting;
            if (may) {
                queue.waiting.addLast(one);
            }
        }
        if (may) {
            next(false);
        }
        synchronized (this) {
            if (may && !shut) {
                // The last of its queue is there as long as it waits.
                boolean waits = queue.waiting.peekLast() == one;
                this.waits += waits ? 1 : 0;
                return waits;
            }
        }
        one.turnAway();
        return false;
    }

    /// One is not under way any more.
    void finished(boolean link) {
        synchronized (this) {
            (link ? links : others).underWay--;
        }
        next(false);
    }

    /// One has begun.
    ///
    /// @param nanos after its turn came
    synchronized void began(long nanos) {
        loopsLate = nanos > LATE;
        if (loopsLate) {
            fewer();
        } else {
            mostLinks = Math.min(most, mostLinks + MORE);
        }
    }

    /// A thread has started, as those that work on people's requests do.
    ///
    /// @param nanos after it was asked for
    synchronized void started(long nanos) {
        threadsLate = nanos > LATE;
        if (threadsLate) {
            fewer();
        }
    }

    private void fewer() {
        mostLinks = Math.min(most, Math.max(FEWEST_LINKS, mostLinks * LESS));
    }

    /// Some time has passed.
    ///
    /// @return whether anybody waits
    boolean pause() {
        next(true);
        return waiting() > 0;
    }

    /// @param more one of each kind beyond what is free
    private void next(boolean more) {
        List<Waiting> now = new ArrayList<>();
        synchronized (this) {
            if (more) {
                others.next(now);
                if (!(loopsLate || threadsLate) || ++pauses % PAUSES == 0) {
                    links.next(now);
                }
            }
            while (others.underWay < most && others.next(now)) {
                // One after the other.
            }
            while (links.underWay < mostLinks && links.next(now)) {
                // One after the other.
            }
        }
        now.forEach(Waiting::begin);
    }

    /// From now on nobody has a turn.
    void shut() {
        List<Waiting> all = new ArrayList<>();
        synchronized (this) {
            shut = true;
            all.addAll(others.waiting);
            all.addAll(links.waiting);
            others.waiting.clear();
            links.waiting.clear();
        }
        all.forEach(Waiting::turnAway);
    }

    synchronized int underWay() {
        return others.underWay + links.underWay;
    }

    synchronized int waiting() {
        return others.waiting.size() + links.waiting.size();
    }

    /// How many have had to wait.
    synchronized long waits() {
        return waits;
    }
}
