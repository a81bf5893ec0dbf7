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
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A TCP proxy in front of a hub, with switches for what goes wrong in a network. It only passes
/// bytes on, so TLS and the proofs inside it hold through it.
///
/// Each direction of a connection has a thread that reads and one that writes, with a queue of
/// chunks in between. A chunk leaves at its due time: what shapes a direction (delay, later
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
    private volatile boolean swallowing;
    private volatile Duration delay = Duration.ZERO;

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

    /// New connections work again. Those that have lost bytes stay as they are, for ever silent.
    void lift() {
        swallowing = false;
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

    private Chunk chunk(byte @Nullable [] bytes) {
        return new Chunk(System.nanoTime() + delay.toNanos(), bytes);
    }

    private final class Connection {

        private final Socket dialled;
        private final Socket hub;
        private final AtomicInteger ended = new AtomicInteger();
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
            Thread.ofVirtual().name("proxy reads").start(() -> read(way, from, queue));
            Thread.ofVirtual().name("proxy writes").start(() -> write(into, queue));
        }

        private void read(Way way, Socket from, BlockingQueue<Chunk> queue) {
            byte[] buffer = new byte[CHUNK];
            try {
                var in = from.getInputStream();
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    awaitResumed(way);
                    queue.put(chunk(Arrays.copyOf(buffer, n)));
                }
            } catch (IOException e) {
                // What breaks on one side breaks on the other, unless nothing comes through.
                if (!swallowed) {
                    reset();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                end(queue);
            }
        }

        private void end(BlockingQueue<Chunk> queue) {
            try {
                queue.put(chunk(null));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        /// Until the reader's end, whatever becomes of the socket: or the reader would be stuck.
        private void write(Socket into, BlockingQueue<Chunk> queue) {
            try {
                for (var chunk = queue.take(); chunk.bytes != null; chunk = queue.take()) {
                    TimeUnit.NANOSECONDS.sleep(chunk.due - System.nanoTime());
                    write(into, chunk.bytes);
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

        private void write(Socket into, byte[] bytes) {
            try {
                if (!swallowed) {
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
