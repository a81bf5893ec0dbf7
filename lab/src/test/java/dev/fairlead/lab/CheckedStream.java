package dev.fairlead.lab;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One direction of a stream under watch: bytes that look random and are known by their offset, so
/// that a gap, a repetition or a change is seen at the very byte; sent at a pace, and checked where
/// they arrive.
final class CheckedStream {

    private static final int MAX_CHUNK = 8 * 1024;

    private final String name;
    private final long seed;
    private final int bytesPerSecond;
    private final CompletableFuture<Void> over = new CompletableFuture<>();
    private volatile boolean ending;
    private volatile boolean ended;
    private volatile long sent;
    private volatile long received;
    private volatile long arrived = System.nanoTime();
    private volatile long longestPause;
    private volatile long next;
    private volatile @Nullable String wrong;
    private volatile @Nullable String cutShort;
    private volatile @Nullable String broken;

    /// Says to the other side that this direction is complete.
    @FunctionalInterface
    interface End {
        void now() throws IOException;
    }

    /// @param name for messages
    CheckedStream(String name, long seed, int bytesPerSecond) {
        this.name = name;
        this.seed = seed;
        this.bytesPerSecond = bytesPerSecond;
    }

    /// Begins to send and to check, each on a thread of its own.
    void start(OutputStream out, End end, InputStream in) {
        Thread.ofVirtual().name("sends " + name).start(() -> send(out, end));
        Thread.ofVirtual().name("checks " + name).start(() -> check(in));
    }

    void send(OutputStream out, End end) {
        var random = new SplittableRandom(seed);
        try {
            while (!ending) {
                int n = 1 + random.nextInt(MAX_CHUNK);
                out.write(bytes(sent, n));
                out.flush();
                sent += n;
                LockSupport.parkNanos(n * 1_000_000_000L / bytesPerSecond);
            }
            ended = true;
            end.now();
        } catch (IOException e) {
            broke("sending", e);
        }
    }

    void check(InputStream in) {
        byte[] buffer = new byte[MAX_CHUNK];
        try {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                long now = System.nanoTime();
                longestPause = Math.max(longestPause, now - arrived);
                arrived = now;
                if (next == 0) {
                    next = now;
                }
                byte[] expected = bytes(received, n);
                for (int i = 0; i < n; i++) {
                    if (buffer[i] != expected[i]) {
                        wrong = name + ": byte " + (received + i) + " is another than was sent";
                        over.complete(null);
                        return;
                    }
                }
                received += n;
            }
            if (!ended || received != sent) {
                cutShort =
                        name
                                + ": ends at "
                                + received
                                + " as if that were all, but "
                                + sent
                                + " bytes were sent"
                                + (ended ? "" : " and more were to come");
            }
        } catch (IOException e) {
            broke("receiving", e);
        }
        over.complete(null);
    }

    private void broke(String doing, IOException e) {
        if (broken == null) {
            broken = name + ": broke while " + doing + ": " + e.getMessage();
        }
        over.complete(null);
    }

    private byte[] bytes(long from, int length) {
        byte[] all = new byte[length];
        for (int i = 0; i < length; i++) {
            all[i] = at(from + i);
        }
        return all;
    }

    private byte at(long offset) {
        // SplitMix64 of the word that the byte is in: no period, no neighbour alike.
        long word = seed + (offset >>> 3) * 0x9e3779b97f4a7c15L;
        word = (word ^ (word >>> 30)) * 0xbf58476d1ce4e5b9L;
        word = (word ^ (word >>> 27)) * 0x94d049bb133111ebL;
        word ^= word >>> 31;
        return (byte) (word >>> ((offset & 7) * 8));
    }

    /// Sends no more than it has, and says the end.
    void end() {
        ending = true;
    }

    /// Waits until the end has arrived, or it is known why it does not.
    boolean awaitOver(Duration patience) throws InterruptedException {
        try {
            over.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (ExecutionException | TimeoutException e) {
            return false;
        }
    }

    /// Whether nothing more comes, for whatever reason.
    boolean isOver() {
        return over.isDone();
    }

    long received() {
        return received;
    }

    long sent() {
        return sent;
    }

    /// From now on the next arrival is awaited.
    void awaitNext() {
        next = 0;
    }

    /// When it came, of [System#nanoTime()]; 0 before.
    long next() {
        return next;
    }

    /// The longest time between two arrivals since this was last asked, the one that lasts
    /// included.
    Duration longestPause() {
        long longest = Math.max(longestPause, System.nanoTime() - arrived);
        longestPause = 0;
        return Duration.ofNanos(longest);
    }

    /// A gap, a repetition or a change; null where there was none.
    @Nullable String wrong() {
        return wrong;
    }

    /// An end that came too early, as if all were there; null where there was none.
    @Nullable String cutShort() {
        return cutShort;
    }

    /// Everything that is not as it should be.
    List<String> problems() {
        return Stream.of(wrong, cutShort, broken).filter(Objects::nonNull).toList();
    }

    /// Why it broke off; null where it did not.
    @Nullable String broken() {
        return broken;
    }

    @Override
    public String toString() {
        return name + ": " + received + " of " + sent + " bytes";
    }
}
