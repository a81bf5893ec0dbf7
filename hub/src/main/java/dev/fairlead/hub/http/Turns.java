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
/// Of links as many are under way as the event loops take without being late: some more for those
/// that begin in time, and fewer as soon as one begins late. Whatever those do who are let in, one
/// more of each kind is after each [#pause]; of links, while the event loops are late, after some.
final class Turns {

    /// So late an event loop may be, in nanoseconds: what people notice is several times as much.
    private static final long LATE = 20_000_000;

    private static final int FEWEST_LINKS = 16;
    private static final double LESS = 0.97;
    private static final double MORE = 0.25;

    /// While the event loops are late, a link is let in after so many pauses all the same.
    private static final int PAUSES = 10;

    private final int most;
    private final Queue others = new Queue();
    private final Queue links = new Queue();
    private double mostLinks;
    private boolean late;
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
    Turns(int most) {
        this.most = most;
        this.mostLinks = Math.min(most, FEWEST_LINKS);
    }

    /// @param link whether it says that it comes for a node's link
    /// @return whether it has to wait
    boolean comes(Waiting one, boolean link) {
        var queue = link ? links : others;
        synchronized (this) {
            if (!shut) {
                queue.waiting.addLast(one);
            }
        }
        next(false);
        synchronized (this) {
            if (!shut) {
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
        late = nanos > LATE;
        mostLinks =
                Math.min(most, late ? Math.max(FEWEST_LINKS, mostLinks * LESS) : mostLinks + MORE);
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
                if (!late || ++pauses % PAUSES == 0) {
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
