package dev.fairlead.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class BackoffTest {

    private final AtomicLong nanos = new AtomicLong();

    @Test
    void theCeilingDoublesUpToTheCap() {
        var waits = new ArrayList<Duration>();
        var backoff = new Backoff(new Most(), nanos::get);
        for (int i = 0; i < 9; i++) {
            waits.add(backoff.next());
        }
        assertThat(waits)
                .extracting(Duration::toMillis)
                .containsExactly(500L, 1000L, 2000L, 4000L, 8000L, 8000L, 8000L, 8000L, 8000L);
        for (int i = 0; i < 100; i++) {
            assertThat(backoff.next()).isEqualTo(Backoff.CAP);
        }
    }

    @Test
    void theJitterIsFull() {
        var backoff = new Backoff(new Random(1), nanos::get);
        for (int i = 0; i < 10; i++) {
            backoff.next();
        }
        var waits = new ArrayList<Long>();
        for (int i = 0; i < 1000; i++) {
            waits.add(backoff.next().toMillis() / 100);
        }
        assertThat(waits).contains(0L, 20L, 40L, 60L, 79L).allMatch(tenths -> tenths <= 80);
    }

    @Test
    void onlyALinkThatLastedMakesTheNextWaitShort() {
        var backoff = new Backoff(new Most(), nanos::get);
        backoff.next();
        backoff.next();
        backoff.linked();
        nanos.addAndGet(Backoff.CAP.minusMillis(1).toNanos());
        assertThat(backoff.next()).isEqualTo(Duration.ofSeconds(2));
        backoff.linked();
        nanos.addAndGet(Backoff.CAP.toNanos());
        assertThat(backoff.next()).isEqualTo(Backoff.BASE);
    }

    @Test
    void theHubsPaceIsKeptAndSpread() {
        var least = new Backoff(new Least(), nanos::get);
        var most = new Backoff(new Most(), nanos::get);
        for (int seconds : List.of(0, 10, 300)) {
            var asked = Duration.ofSeconds(seconds);
            assertThat(least.next(asked)).isEqualTo(asked);
            assertThat(most.next(asked))
                    .isGreaterThan(asked)
                    .isLessThanOrEqualTo(asked.plus(Duration.ofSeconds(60)));
        }
        assertThat(least.next(null)).isZero();
    }

    @Test
    void nonsenseIsRefused() {
        assertThatThrownBy(() -> new Backoff(Duration.ZERO, Backoff.CAP, new Most(), nanos::get))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Backoff(Backoff.CAP, Backoff.BASE, new Most(), nanos::get))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static final class Most implements RandomGenerator {
        @Override
        public long nextLong() {
            return 0;
        }

        @Override
        public long nextLong(long bound) {
            return bound - 1;
        }
    }

    private static final class Least implements RandomGenerator {
        @Override
        public long nextLong() {
            return 0;
        }

        @Override
        public long nextLong(long bound) {
            return 0;
        }
    }
}
