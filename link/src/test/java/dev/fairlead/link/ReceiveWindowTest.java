package dev.fairlead.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// A sender that always has bytes, at a distance and a rate, against the window that it is given.
final class ReceiveWindowTest {

    private static final int MOST = 8 << 20;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private static final int CHUNK = 4_096;

    private record Grant(long limit, long atSender) {}

    /// What a window has become when so much was consumed. Each grant travels half a round trip to
    /// the sender, each byte that it allows half of one back, at the path's rate.
    private static ReceiveWindow after(double roundTripMillis, double bytesPerSecond, long bytes) {
        return after(roundTripMillis, bytesPerSecond, bytes, Company.KEYSTROKES);
    }

    private static ReceiveWindow after(
            double roundTripMillis, double bytesPerSecond, long bytes, Company company) {
        var window = new ReceiveWindow(MOST);
        long half = (long) (roundTripMillis * 1e6 / 2);
        var grants = new ArrayDeque<Grant>();
        grants.add(new Grant(LinkLimits.INITIAL_WINDOW, 0));
        long told = 0;
        long sent = 0;
        for (long offset = CHUNK; offset <= bytes; offset += CHUNK) {
            while (grants.getFirst().limit < offset) {
                grants.removeFirst();
            }
            sent =
                    Math.max(sent, grants.getFirst().atSender)
                            + (long) (CHUNK / bytesPerSecond * SECOND);
            long now = sent + half;
            if (window.waitsFor(offset)) {
                window.arrived(now);
            }
            if (offset - told >= window.untold()) {
                window.granted(told + window.size(), now);
                long given = told + window.size() - offset;
                window.set((int) Math.max(given, window.wanted(offset, now, company)));
                told = offset;
                grants.add(new Grant(told + window.size(), now + half));
            }
        }
        return window;
    }

    @Test
    void aNearReaderGetsAModestWindow() {
        assertThat(after(0.3, 500e6, 1L << 30).size()).isBetween(150_000, 600_000);
    }

    @Test
    void aNearOneThatHasTheLinkForItselfGetsTwoMillisecondsWorth() {
        assertThat(after(0.05, 500e6, 1L << 30, Company.KEYSTROKES).size())
                .isLessThanOrEqualTo(128 * 1024);
        assertThat(after(0.05, 500e6, 1L << 30, Company.NONE).size()).isBetween(1_000_000, 2 << 20);
    }

    @Test
    void aKeystrokeFindsANearWindowSmallAgain() {
        var window = after(0.05, 500e6, 1L << 30, Company.NONE);
        long now = 100 * SECOND;
        long consumed = 1L << 30;
        for (int i = 0; i < 400; i++) {
            now += (long) (window.untold() / 500e6 * SECOND);
            consumed += window.untold();
            window.set(window.wanted(consumed, now, Company.KEYSTROKES));
        }
        assertThat(window.size()).isLessThanOrEqualTo(128 * 1024);
    }

    @Test
    void whoBeginsToTypeFindsItSmallAtOnce() {
        var window = after(0.05, 500e6, 1L << 30, Company.NONE);
        assertThat(window.size()).isGreaterThanOrEqualTo(500_000);
        long now = 100 * SECOND;
        assertThat(window.wanted(1L << 30, now, Company.KEYSTROKES)).isEqualTo(64 * 1024);
        // What the sender may send by earlier grants counts until it was consumed.
        window.set(window.size() / 2);
        assertThat(window.wanted(1L << 30, now, Company.KEYSTROKES)).isEqualTo(64 * 1024);
    }

    @Test
    void aDistantOneKeepsItsWindowWhenSomebodyTypes() {
        var window = after(50, 62.5e6, 64 << 20, Company.NONE);
        assertThat(window.wanted(65 << 20, 10 * SECOND, Company.KEYSTROKES))
                .isGreaterThanOrEqualTo(window.size() / 2);
    }

    @Test
    void aDistantOneGetsWhatItsDistanceNeeds() {
        int product = (int) (62.5e6 * 0.05);
        assertThat(after(50, 62.5e6, 64 << 20).size()).isBetween(product, MOST);
    }

    @Test
    void theLimitHolds() {
        assertThat(after(500, 1e9, 1L << 30).size()).isEqualTo(MOST);
    }

    @Test
    void aSlowSourceFarAwayGetsLittle() {
        assertThat(after(100, 1e6, 64 << 20).size()).isLessThanOrEqualTo(512 * 1024);
    }

    @Test
    void aStreamThatBecomesSlowGivesBack() {
        var window = after(100, 62.5e6, 64 << 20);
        long now = 10 * SECOND;
        long consumed = 64 << 20;
        for (int i = 0; i < 40; i++) {
            now += SECOND;
            consumed += window.size() / 4;
            window.set(window.wanted(consumed, now, Company.KEYSTROKES));
        }
        assertThat(window.size()).isEqualTo(64 * 1024);
    }

    @Test
    void aNearStreamThatWaitsForManyOthersTakesItselfForNear() {
        var window = new ReceiveWindow(MOST);
        window.distance(TimeUnit.MILLISECONDS.toNanos(2));
        long now = 0;
        // A window's worth in 20 ms, over and over, because others have their turns in between.
        for (long consumed = 0; consumed < 64 << 20; consumed += window.size() / 4) {
            now += TimeUnit.MILLISECONDS.toNanos(5);
            window.granted(consumed + window.size(), now - TimeUnit.MILLISECONDS.toNanos(20));
            window.arrived(now);
            window.set(window.wanted(consumed, now, Company.KEYSTROKES));
        }
        assertThat(window.size()).isEqualTo(64 * 1024);
    }

    @Test
    void manyStreamsGetWindowsWhoseGrantsAreWorthTheirFrames() {
        assertThat(after(0.05, 5e6, 64 << 20, Company.BULK).size()).isEqualTo(256 * 1024);
    }

    @Test
    void whenTheOthersHaveGoneAKeystrokeFindsItSmallAgain() {
        var window = after(0.05, 500e6, 64 << 20, Company.BULK);
        long now = 100 * SECOND;
        long consumed = 64 << 20;
        for (int i = 0; i < 400; i++) {
            now += (long) (window.untold() / 500e6 * SECOND);
            consumed += window.untold();
            window.set(window.wanted(consumed, now, Company.KEYSTROKES));
        }
        assertThat(window.size()).isLessThanOrEqualTo(128 * 1024);
    }

    @Test
    void aLimitBelowWhatIsNeededHolds() {
        var window = new ReceiveWindow(64 * 1024);
        for (int i = 1; i < 10; i++) {
            window.granted(i, i * 1_000_000L);
            window.arrived(i * 1_000_000L + 900_000);
            window.set(window.wanted(i * 1_000_000L, i * 1_000_000L, Company.NONE));
        }
        assertThat(window.size()).isEqualTo(64 * 1024);
    }

    @Test
    void growsFastEnoughForAShortTransfer() {
        // 100 ms away at 500 Mbit/s: full size before 16 MiB, of which raw TCP takes 0.27 s.
        assertThat(after(100, 62.5e6, 16 << 20).size()).isEqualTo(MOST);
    }
}
