package dev.fairlead.hub.enroll;

import dev.fairlead.hub.Rejected;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/// Five wrong codes per user and minute. A try is counted before it is made and given back when it
/// was right, so that many at once are no more than five.
final class Tries {

    private static final int MOST = 5;
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final InstantSource clock;
    private final Map<String, Deque<Instant>> byUser = new HashMap<>();

    Tries(InstantSource clock) {
        this.clock = clock;
    }

    /// @throws Rejected as `too-many-attempts`
    synchronized void begin(String user) {
        Instant now = clock.instant();
        byUser.values()
                .removeIf(tries -> {
                    while (!tries.isEmpty() && !tries.getFirst().plus(MINUTE).isAfter(now)) {
                        tries.removeFirst();
                    }
                    return tries.isEmpty();
                });
        Deque<Instant> tries = byUser.computeIfAbsent(user, key -> new ArrayDeque<>());
        if (tries.size() >= MOST) {
            throw Rejected.later(
                    Rejected.Code.TOO_MANY_ATTEMPTS,
                    "That were " + MOST + " wrong codes within a minute.",
                    "Wait a minute, then type the code as the node shows it.",
                    Duration.between(now, tries.getFirst().plus(MINUTE)));
        }
        tries.addLast(now);
    }

    /// The try was right.
    synchronized void right(String user) {
        Deque<Instant> tries = byUser.get(user);
        if (tries != null) {
            tries.pollLast();
        }
    }
}
