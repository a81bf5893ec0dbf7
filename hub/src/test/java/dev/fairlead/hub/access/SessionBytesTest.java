package dev.fairlead.hub.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SessionBytesTest {

    private final SessionBytes bytes = new SessionBytes();

    /// An incarnation of a stream that has passed on so much.
    private static final class Incarnation {
        final AtomicLong in = new AtomicLong();
        final AtomicLong out = new AtomicLong();
        final SessionBytes.Part part;

        Incarnation(String resumeId) {
            part = new SessionBytes.Part(resumeId.isEmpty() ? null : resumeId, in::get, out::get);
        }

        Incarnation passed(long toNode, long fromNode) {
            in.set(toNode);
            out.set(fromNode);
            return this;
        }
    }

    private Incarnation entered(String resumeId) {
        var one = new Incarnation(resumeId);
        bytes.enter(one.part);
        return one;
    }

    private void assertPassed(long in, long out) {
        assertThat(bytes.in()).isEqualTo(in);
        assertThat(bytes.out()).isEqualTo(out);
    }

    @Test
    void streamsAddUp() {
        var plain = entered("").passed(10, 20);
        var other = entered("other").passed(1, 2);
        assertPassed(11, 22);
        bytes.leave(plain.part, false);
        bytes.leave(other.part, false);
        assertPassed(11, 22);
    }

    @Test
    void whatIsSentAgainCountsOnce() {
        var first = entered("a").passed(100, 50);
        bytes.leave(first.part, true);
        assertPassed(100, 50);

        // The node had 80 of the 100, the person all of the 50.
        var second = entered("a");
        bytes.resumed(second.part, 80, 50);
        assertPassed(100, 50);
        second.passed(15, 5);
        assertPassed(100, 55);
        second.passed(30, 5);
        assertPassed(110, 55);
        bytes.leave(second.part, false);
        assertPassed(110, 55);
    }

    @Test
    void theNextIncarnationMayComeBeforeTheOldOneIsKnownToBeLost() {
        var first = entered("a").passed(100, 0);
        var second = entered("a");
        bytes.resumed(second.part, 90, 0);
        second.passed(5, 0);
        bytes.leave(first.part, true);
        assertPassed(100, 0);
        second.passed(20, 0);
        bytes.leave(second.part, false);
        assertPassed(110, 0);
    }

    @Test
    void nobodyIsBelievedThatMorePassedThanDid() {
        var first = entered("a").passed(3, 0);
        bytes.leave(first.part, true);
        var second = entered("a");
        bytes.resumed(second.part, 1_000_000, 1_000_000);
        second.passed(4, 0);
        assertPassed(7, 0);
    }

    @Test
    void whatComesBackNoMoreStaysCounted() {
        var lost = entered("a").passed(7, 8);
        bytes.leave(lost.part, true);
        bytes.forget("a");
        bytes.forget("a");
        assertPassed(7, 8);
    }

    @Test
    void anotherProcessHasCountedUntilItStopped() {
        bytes.goOnFrom(1_000, 2_000);
        var resumed = entered("a");
        bytes.resumed(resumed.part, 900, 1_900);
        assertPassed(1_000, 2_000);
        resumed.passed(10, 20);
        assertPassed(1_010, 2_020);
        bytes.leave(resumed.part, true);
        var again = entered("a");
        bytes.resumed(again.part, 905, 1_920);
        again.passed(10, 0);
        bytes.leave(again.part, false);
        assertPassed(1_015, 2_020);
    }

    @Test
    void anotherProcessWasKilledBeforeItCouldWriteWhatItHadCounted() {
        bytes.goOnFrom(0, 0);
        var resumed = entered("a");
        bytes.resumed(resumed.part, 900, 1_900);
        resumed.passed(1, 2);
        bytes.leave(resumed.part, false);
        var fresh = entered("b").passed(5, 5);
        bytes.leave(fresh.part, true);
        var back = entered("b");
        bytes.resumed(back.part, 5, 5);
        assertPassed(906, 1_907);
    }
}
