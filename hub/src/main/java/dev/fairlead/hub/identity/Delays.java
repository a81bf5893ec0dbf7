package dev.fairlead.hub.identity;

import dev.fairlead.hub.Rejected;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Slows guessing down without locking anybody out: after three failures each further try waits, a
/// second at first, then twice as long each time, up to 8 s for an account and 30 s for a source
/// address (an IPv6 source is its /64). Every try is made in the end. Failures are forgotten when
/// none came for 15 minutes.
///
/// A source that signed in to an account before does not wait for the guesses that others make at
/// it: so a stranger cannot slow its owner down. Each source has at most four tries under way, the
/// hub two hundred; who comes beyond is told to come later.
///
/// In memory, so a restart forgets; a guesser gains a few tries by that, no more.
final class Delays {

    private static final int FREE = 3;
    private static final Duration MOST_FOR_ACCOUNT = Duration.ofSeconds(8);
    private static final Duration MOST_FOR_SOURCE = Duration.ofSeconds(30);
    private static final Duration FORGET = Duration.ofMinutes(15);
    private static final int UNDER_WAY_PER_SOURCE = 4;
    private static final int UNDER_WAY = 200;
    private static final int REMEMBERED = 10_000;

    private final Clock clock;
    private final Pause pause;
    private final Map<String, Failures> accounts = new Remembered<>();
    private final Map<String, Failures> sources = new Remembered<>();
    private final Map<String, Boolean> known = new Remembered<>();
    private final Map<String, Integer> underWay = new LinkedHashMap<>();
    private int allUnderWay;

    /// How a wait is made; tests count instead.
    @FunctionalInterface
    interface Pause {
        void pause(Duration time) throws InterruptedException;
    }

    private record Failures(int count, Instant last) {}

    /// The oldest are forgotten when there are too many.
    private static final class Remembered<V> extends LinkedHashMap<String, V> {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
            return size() > REMEMBERED;
        }
    }

    Delays(Clock clock, Pause pause) {
        this.clock = clock;
        this.pause = pause;
    }

    /// A try that is under way; close it when it is decided.
    interface Try extends AutoCloseable {
        void failed();

        void succeeded();

        @Override
        void close();
    }

    /// Waits as long as this try has to.
    ///
    /// @param account what is tried, whether there is such an account or not
    /// @param address where from
    /// @throws Rejected as `too-many-attempts`
    Try begin(String account, String address) {
        String source = source(address);
        Duration wait;
        synchronized (this) {
            int mine = underWay.getOrDefault(source, 0);
            if (mine >= UNDER_WAY_PER_SOURCE || allUnderWay >= UNDER_WAY) {
                throw Rejected.later(
                        Rejected.Code.TOO_MANY_ATTEMPTS,
                        "There are too many sign-ins under way"
                                + (mine >= UNDER_WAY_PER_SOURCE ? " from your address." : "."),
                        "Wait until they are decided, then try again.",
                        MOST_FOR_ACCOUNT);
            }
            underWay.put(source, mine + 1);
            allUnderWay++;
            Duration forAccount =
                    known.containsKey(account + " " + source)
                            ? Duration.ZERO
                            : delay(accounts.get(account), MOST_FOR_ACCOUNT);
            Duration forSource = delay(sources.get(source), MOST_FOR_SOURCE);
            wait = forAccount.compareTo(forSource) > 0 ? forAccount : forSource;
        }
        UnderWay begun = new UnderWay(account, source);
        if (!wait.isZero()) {
            try {
                pause.pause(wait);
            } catch (InterruptedException e) {
                begun.close();
                Thread.currentThread().interrupt();
                throw Rejected.of(Rejected.Code.UNAVAILABLE, "The hub is stopping.");
            }
        }
        return begun;
    }

    private Duration delay(@Nullable Failures failures, Duration most) {
        if (failures == null || isForgotten(failures) || failures.count < FREE) {
            return Duration.ZERO;
        }
        Duration wait = Duration.ofSeconds(1L << Math.min(failures.count - FREE, 10));
        return wait.compareTo(most) < 0 ? wait : most;
    }

    private boolean isForgotten(Failures failures) {
        return failures.last.plus(FORGET).isBefore(clock.instant());
    }

    private void fail(Map<String, Failures> map, String key) {
        Failures before = map.remove(key);
        int count = before == null || isForgotten(before) ? 0 : before.count;
        map.put(key, new Failures(count + 1, clock.instant()));
    }

    /// An IPv6 address counts with its whole /64: that is what one customer has.
    private static String source(String address) {
        if (address.indexOf(':') < 0) {
            return address;
        }
        try {
            InetAddress parsed = InetAddress.ofLiteral(address);
            return parsed instanceof Inet6Address
                    ? HexFormat.of().formatHex(Arrays.copyOf(parsed.getAddress(), 8))
                    : parsed.getHostAddress();
        } catch (IllegalArgumentException e) {
            return address;
        }
    }

    private final class UnderWay implements Try {

        private final String account;
        private final String source;
        private boolean closed;

        UnderWay(String account, String source) {
            this.account = account;
            this.source = source;
        }

        @Override
        public void failed() {
            synchronized (Delays.this) {
                fail(accounts, account);
                fail(sources, source);
            }
        }

        @Override
        public void succeeded() {
            synchronized (Delays.this) {
                accounts.remove(account);
                sources.remove(source);
                known.put(account + " " + source, true);
            }
        }

        @Override
        public void close() {
            synchronized (Delays.this) {
                if (!closed) {
                    closed = true;
                    allUnderWay--;
                    underWay.computeIfPresent(source, (key, n) -> n > 1 ? n - 1 : null);
                }
            }
        }
    }
}
