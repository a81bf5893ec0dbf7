package dev.fairlead.lab;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// A TCP connection through a forward, both of whose ends are here, with bytes under watch both
/// ways.
final class CheckedConnection implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /// The target's first byte: a connection that is refused on its way breaks before it.
    private static final int GREETING = '+';

    private static final AtomicLong NUMBERS = new AtomicLong();

    private final Socket near;
    private final Socket far;
    private final CheckedStream up;
    private final CheckedStream down;

    /// What connections end at: they say who they are, and are given to whoever waits for them.
    static final class Target implements AutoCloseable {

        private final ServerSocket listener;
        private final Map<Long, CompletableFuture<Socket>> awaited = new ConcurrentHashMap<>();

        Target() throws IOException {
            listener = new ServerSocket(0, 500, InetAddress.getLoopbackAddress());
            Thread.ofVirtual().name("target").start(this::serve);
        }

        int port() {
            return listener.getLocalPort();
        }

        private void serve() {
            try {
                while (true) {
                    var socket = listener.accept();
                    Thread.ofVirtual().start(() -> introduce(socket));
                }
            } catch (IOException e) {
                // The test is over.
            }
        }

        private void introduce(Socket socket) {
            try {
                long number = new DataInputStream(socket.getInputStream()).readLong();
                var waiting = awaited.remove(number);
                if (waiting == null) {
                    socket.close();
                    return;
                }
                socket.getOutputStream().write(GREETING);
                if (!waiting.complete(socket)) {
                    socket.close();
                }
            } catch (IOException e) {
                // It broke before it said who it is.
            }
        }

        @Override
        public void close() throws IOException {
            listener.close();
        }
    }

    private CheckedConnection(Socket near, Socket far, String name, long seed, int bytesPerSecond) {
        this.near = near;
        this.far = far;
        this.up = new CheckedStream(name + " to the target", seed, bytesPerSecond);
        this.down = new CheckedStream(name + " from the target", ~seed, bytesPerSecond);
    }

    /// @param port that a forward to the target listens on
    /// @param seed of what passes
    static CheckedConnection open(
            int port, Target target, String name, long seed, int bytesPerSecond) throws Exception {
        long number = NUMBERS.incrementAndGet();
        var arrives = new CompletableFuture<Socket>();
        target.awaited.put(number, arrives);
        var near = new Socket(InetAddress.getLoopbackAddress(), port);
        try {
            new DataOutputStream(near.getOutputStream()).writeLong(number);
            near.setSoTimeout((int) PATIENCE.toMillis());
            if (near.getInputStream().read() != GREETING) {
                throw new IOException("the connection ended before it reached its target");
            }
            near.setSoTimeout(0);
            var far = arrives.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            var connection = new CheckedConnection(near, far, name, seed, bytesPerSecond);
            connection.up.start(near.getOutputStream(), near::shutdownOutput, far.getInputStream());
            connection.down.start(
                    far.getOutputStream(), far::shutdownOutput, near.getInputStream());
            return connection;
        } catch (Exception e) {
            target.awaited.remove(number);
            near.close();
            throw e;
        }
    }

    List<CheckedStream> streams() {
        return List.of(up, down);
    }

    /// Ends both directions, and waits until all has arrived.
    boolean end(Duration patience) throws InterruptedException {
        up.end();
        down.end();
        return up.awaitOver(patience) && down.awaitOver(patience);
    }

    @Override
    public void close() throws IOException {
        near.close();
        far.close();
    }
}
