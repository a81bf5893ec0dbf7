package dev.fairlead.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A TCP proxy in front of a hub, with switches for what goes wrong in a network. It only passes
/// bytes on, so TLS and the proofs inside it hold through it.
///
/// Each direction of a connection has a thread that reads and one that writes, with a queue of
/// chunks in between. A chunk leaves at its due time: what shapes a direction (delay, jitter,
/// bandwidth) only has to say when that is, and a full queue holds the sender back as a full buffer
/// in the network does.
final class FaultProxy implements AutoCloseable {

    /// The way of bytes.
    enum Way {
        /// From who dialled to the hub.
        UP,
        /// From the hub to who dialled.
        DOWN
    }

    /// What happens to the bytes on their way.
    enum Mangling {
        /// One bit of them is another.
        FLIP,
        /// They are gone.
        DROP,
        /// They come twice.
        REPEAT
    }

    private static final int CHUNK = 64 * 1024;
    private static final int CHUNKS = 16;
    private static final long TICK_MILLIS = 200;

    private final InetSocketAddress to;
    private final ServerSocket listener;
    private final Set<Connection> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();
    private final Set<Way> stalled = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition resumed = lock.newCondition();
    private final Map<Way, Mangling> mangling = new ConcurrentHashMap<>();
    private volatile boolean swallowing;
    private volatile boolean away;
    private volatile Duration delay = Duration.ZERO;
    private volatile Duration jitter = Duration.ZERO;
    private volatile long bytesPerSecond = Long.MAX_VALUE;

    /// @param to a port of this machine
    FaultProxy(int to) {
        try {
            this.to = new InetSocketAddress(InetAddress.getLoopbackAddress(), to);
            this.listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().name("proxy").start(this::accept);
    }

    /// The hub's address, by way of this proxy.
    URI url() {
        return URI.create("https://127.0.0.1:" + listener.getLocalPort());
    }

    /// Connections of which not both sides have gone.
    int connections() {
        return open.size();
    }

    /// Connections that one side has ended and the other not yet.
    int halfEnded() {
        return (int) open.stream().filter(connection -> connection.ended.get() == 1).count();
    }

    /// Connections that were made so far.
    int accepted() {
        return accepted.get();
    }

    // The switches.

    /// Breaks all connections off, as a machine does that has lost them.
    void reset() {
        open.forEach(Connection::reset);
    }

    /// Ends all connections in order, in the midst of whatever they carry.
    void finish() {
        open.forEach(Connection::finish);
    }

    /// Half-open: from now on nothing comes through in either direction, and nobody is told.
    /// Connections that are made are accepted, and as silent.
    void blackHole() {
        swallowing = true;
        open.forEach(connection -> connection.swallowed = true);
    }

    /// One way only: from now on nothing comes through in this direction of the connections that
    /// there are, and nobody is told.
    void blackHole(Way way) {
        open.forEach(connection -> connection.swallowedWays.add(way));
    }

    /// Breaks all connections off, and each that is made, as where nobody listens.
    void goAway() {
        away = true;
        reset();
    }

    /// New connections work again. Those that have lost bytes stay as they are, for ever silent.
    void lift() {
        swallowing = false;
        away = false;
    }

    /// Does this, once, to the next bytes that go this way.
    void mangle(Way way, Mangling how) {
        mangling.put(way, how);
    }

    /// Reads no more of what goes one way: its sender sees a full network.
    void stall(Way way) {
        stalled.add(way);
    }

    void resume(Way way) {
        lock.lock();
        try {
            stalled.remove(way);
            resumed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// How long each byte is on its way, in each direction.
    void delay(Duration each) {
        delay = each;
    }

    /// By how much that varies at most; bytes still arrive in order.
    void jitter(Duration atMost) {
        jitter = atMost;
    }

    /// How much passes in each direction of each connection.
    void bandwidth(long perSecond) {
        bytesPerSecond = perSecond;
    }

    /// As fast as it goes, again.
    void unshaped() {
        delay = Duration.ZERO;
        jitter = Duration.ZERO;
        bytesPerSecond = Long.MAX_VALUE;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        stalled.clear();
        reset();
    }

    private void accept() {
        while (true) {
            Socket dialled;
            try {
                dialled = listener.accept();
            } catch (IOException e) {
                return;
            }
            accepted.incrementAndGet();
            Thread.ofVirtual().name("proxy connection").start(() -> connect(dialled));
        }
    }

    private void connect(Socket dialled) {
        Socket hub = null;
        if (away) {
            breakOff(dialled);
            return;
        }
        try {
            dialled.setTcpNoDelay(true);
            hub = new Socket();
            hub.setTcpNoDelay(true);
            hub.connect(to);
            var connection = new Connection(dialled, hub);
            open.add(connection);
            connection.swallowed = swallowing;
            connection.start();
            if (listener.isClosed()) {
                connection.reset();
            }
        } catch (IOException e) {
            // No hub there: who dialled is refused as it would be.
            breakOff(dialled);
            if (hub != null) {
                breakOff(hub);
            }
        }
    }

    private static void breakOff(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            // It is gone.
        }
    }

    private void awaitResumed(Way way) throws InterruptedException {
        lock.lock();
        try {
            while (stalled.contains(way) && !listener.isClosed()) {
                if (!resumed.await(TICK_MILLIS, TimeUnit.MILLISECONDS) && listener.isClosed()) {
                    return;
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /// @param bytes null for the end of the direction
    private record Chunk(long due, byte @Nullable [] bytes) {}

    /// When the chunks of one direction leave.
    private final class Schedule {

        /// When the last one leaves, and when the direction is free after it.
        private long last = System.nanoTime();

        private long free = last;

        Chunk chunk(byte @Nullable [] bytes) {
            long now = System.nanoTime();
            long begins = Math.max(now, free);
            long rate = bytesPerSecond;
            free =
                    bytes == null || rate == Long.MAX_VALUE
                            ? begins
                            : begins + bytes.length * 1_000_000_000L / rate;
            long most = jitter.toNanos();
            long more = most == 0 ? 0 : ThreadLocalRandom.current().nextLong(most);
            last = Math.max(last, free + delay.toNanos() + more);
            return new Chunk(last, bytes);
        }
    }

    private final class Connection {

        private final Socket dialled;
        private final Socket hub;
        private final AtomicInteger ended = new AtomicInteger();
        private final Set<Way> swallowedWays = ConcurrentHashMap.newKeySet();
        private volatile boolean swallowed;

        Connection(Socket dialled, Socket hub) {
            this.dialled = dialled;
            this.hub = hub;
        }

        void start() {
            pass(Way.UP, dialled, hub);
            pass(Way.DOWN, hub, dialled);
        }

        private void pass(Way way, Socket from, Socket into) {
            var queue = new ArrayBlockingQueue<Chunk>(CHUNKS);
            var schedule = new Schedule();
            Thread.ofVirtual().name("proxy reads").start(() -> read(way, from, queue, schedule));
            Thread.ofVirtual().name("proxy writes").start(() -> write(way, into, queue));
        }

        private void read(Way way, Socket from, BlockingQueue<Chunk> queue, Schedule schedule) {
            byte[] buffer = new byte[CHUNK];
            try {
                var in = from.getInputStream();
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    awaitResumed(way);
                    for (byte[] bytes : mangled(mangling.remove(way), Arrays.copyOf(buffer, n))) {
                        queue.put(schedule.chunk(bytes));
                    }
                }
            } catch (IOException e) {
                // What breaks on one side breaks on the other, unless nothing comes through.
                if (!swallowed) {
                    reset();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                end(queue, schedule);
            }
        }

        private static List<byte[]> mangled(@Nullable Mangling how, byte[] bytes) {
            return switch (how) {
                case null -> List.of(bytes);
                case FLIP -> {
                    bytes[bytes.length / 2] ^= 1;
                    yield List.of(bytes);
                }
                case DROP -> List.of();
                case REPEAT -> List.of(bytes, bytes);
            };
        }

        private void end(BlockingQueue<Chunk> queue, Schedule schedule) {
            try {
                queue.put(schedule.chunk(null));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        /// Until the reader's end, whatever becomes of the socket: or the reader would be stuck.
        private void write(Way way, Socket into, BlockingQueue<Chunk> queue) {
            try {
                for (var chunk = queue.take(); chunk.bytes != null; chunk = queue.take()) {
                    TimeUnit.NANOSECONDS.sleep(chunk.due - System.nanoTime());
                    write(way, into, chunk.bytes);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            if (!swallowed) {
                try {
                    into.shutdownOutput();
                } catch (IOException e) {
                    // It is gone.
                }
            }
            if (ended.incrementAndGet() == 2) {
                close();
            }
        }

        private void write(Way way, Socket into, byte[] bytes) {
            try {
                if (!swallowed && !swallowedWays.contains(way)) {
                    into.getOutputStream().write(bytes);
                }
            } catch (IOException e) {
                if (!swallowed) {
                    reset();
                }
            }
        }

        void reset() {
            open.remove(this);
            List.of(dialled, hub).forEach(FaultProxy::breakOff);
        }

        /// Says the end to both, and goes on reading, so that no kernel makes an RST of it.
        void finish() {
            swallowed = true;
            for (var socket : List.of(dialled, hub)) {
                try {
                    socket.shutdownOutput();
                } catch (IOException e) {
                    // It is gone.
                }
            }
        }

        private void close() {
            open.remove(this);
            for (var socket : List.of(dialled, hub)) {
                try {
                    socket.close();
                } catch (IOException e) {
                    // It is gone.
                }
            }
        }
    }
}
