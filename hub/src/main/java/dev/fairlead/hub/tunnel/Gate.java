package dev.fairlead.hub.tunnel;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/// The gate behind TLS, and before any signature or SQL: so many connections may be proving who
/// they are at once, in all and from one address. Who has proved it does not count any more. The
/// others are told when to come back, one after the other at the pace at which places have become
/// free of late, so that a fleet finds the hub busy and not in a heap.
final class Gate {

    private static final long SECOND = 1_000_000_000;

    /// Places a second, as long as none was seen.
    private static final int FIRST_PACE = 200;

    private static final int LONGEST_SECONDS = 30;

    private final int most;
    private final int mostOfAddress;
    private final LongSupplier nanoTime;
    private final Map<String, Integer> inside = new HashMap<>();
    private int count;

    private long second;
    private int leftThisSecond;
    private int pace = FIRST_PACE;
    private long nextPlace;

    /// What becomes of somebody at the gate.
    sealed interface Answer {}

    /// They are in, until [Gate#leave].
    record In() implements Answer {}

    /// They are not.
    ///
    /// @param limit as the configuration names it
    /// @param retrySeconds when to come back
    record Later(String limit, int retrySeconds) implements Answer {}

    /// @param most connections in all
    /// @param mostOfAddress of them from one address; of IPv6, from one network of 64 bits
    /// @param nanoTime such as `System::nanoTime`
    Gate(int most, int mostOfAddress, LongSupplier nanoTime) {
        this.most = most;
        this.mostOfAddress = mostOfAddress;
        this.nanoTime = nanoTime;
        this.second = nanoTime.getAsLong();
        this.nextPlace = second;
    }

    synchronized Answer enter(String address) {
        var from = network(address);
        if (count >= most) {
            return new Later("unproved", retryAfter(nanoTime.getAsLong()));
        }
        if (inside.getOrDefault(from, 0) >= mostOfAddress) {
            return new Later("unproved-per-address", retryAfter(nanoTime.getAsLong()));
        }
        count++;
        inside.merge(from, 1, Integer::sum);
        return new In();
    }

    /// The handshake of somebody who was let in is over.
    synchronized void leave(String address) {
        count--;
        inside.computeIfPresent(network(address), (_, now) -> now == 1 ? null : now - 1);
        turn(nanoTime.getAsLong());
        leftThisSecond++;
    }

    synchronized int inside() {
        return count;
    }

    private int retryAfter(long now) {
        turn(now);
        nextPlace = Math.max(nextPlace, now) + SECOND / pace;
        long seconds = (nextPlace - now + SECOND - 1) / SECOND;
        if (seconds >= LONGEST_SECONDS) {
            nextPlace = now + LONGEST_SECONDS * SECOND;
        }
        return (int) Math.clamp(seconds, 1, LONGEST_SECONDS);
    }

    private void turn(long now) {
        if (now - second >= SECOND) {
            pace = Math.max(FIRST_PACE, now - second >= 2 * SECOND ? 0 : leftThisSecond);
            leftThisSecond = 0;
            second = now;
        }
    }

    /// Who has one address of a network of IPv6 has as many as they like.
    private static String network(String address) {
        try {
            if (InetAddress.ofLiteral(address) instanceof Inet6Address six) {
                byte[] bytes = six.getAddress();
                var text = new StringBuilder();
                for (int i = 0; i < 8; i++) {
                    text.append(String.format("%02x", bytes[i]));
                }
                return text.toString();
            }
        } catch (IllegalArgumentException e) {
            // Counted as it was written.
        }
        return address;
    }
}
