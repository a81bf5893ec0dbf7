package dev.fairlead.lab.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;

/// A process that is a distance: what passes through it arrives after half a round trip, at no more
/// than a rate, in each direction of each connection. It holds no more than is on its way, so a
/// sender feels a full path as it does a full socket.
///
/// Arguments: the port behind it, the round trip in ms, the rate in Mbit/s. Prints its own port,
/// and runs until its standard input ends.
final class Shaper {

    private static final int CHUNK = 16 * 1024;

    /// What a router in front of such a path would queue.
    private static final int QUEUED = 256 * 1024;

    private final int behind;
    private final long delayNanos;
    private final double bytesPerNano;
    private final int most;

    private record Chunk(ByteBuffer bytes, long due) {}

    private static final Chunk END = new Chunk(ByteBuffer.allocate(0), 0);

    private Shaper(int behind, long roundTripMillis, long megabits) {
        this.behind = behind;
        delayNanos = roundTripMillis * 500_000;
        bytesPerNano = megabits / 8e3;
        most = (int) (delayNanos * bytesPerNano) + QUEUED;
    }

    public static void main(String[] args) throws IOException {
        var shaper =
                new Shaper(
                        Integer.parseInt(args[0]),
                        Long.parseLong(args[1]),
                        Long.parseLong(args[2]));
        var server = ServerSocketChannel.open();
        server.bind(new InetSocketAddress(InetAddress.ofLiteral(Ports.HERE), 0));
        Thread.ofPlatform().daemon().start(() -> shaper.accept(server));
        System.out.println(((InetSocketAddress) server.getLocalAddress()).getPort());
        System.in.transferTo(java.io.OutputStream.nullOutputStream());
        System.exit(0);
    }

    private void accept(ServerSocketChannel server) {
        while (true) {
            try {
                var near = server.accept();
                var far =
                        SocketChannel.open(
                                new InetSocketAddress(InetAddress.ofLiteral(Ports.HERE), behind));
                near.setOption(StandardSocketOptions.TCP_NODELAY, true);
                far.setOption(StandardSocketOptions.TCP_NODELAY, true);
                direction(near, far);
                direction(far, near);
            } catch (IOException e) {
                System.err.println("shaper: " + e);
            }
        }
    }

    private void direction(SocketChannel from, SocketChannel to) {
        var way = new LinkedBlockingQueue<Chunk>();
        var room = new Semaphore(most);
        Thread.ofPlatform().daemon().start(() -> read(from, way, room));
        Thread.ofPlatform().daemon().start(() -> write(from, to, way, room));
    }

    private void read(SocketChannel from, LinkedBlockingQueue<Chunk> way, Semaphore room) {
        long free = System.nanoTime();
        try {
            while (true) {
                var bytes = ByteBuffer.allocate(CHUNK);
                room.acquireUninterruptibly(CHUNK);
                int n = from.read(bytes);
                room.release(CHUNK - Math.max(n, 0));
                if (n < 0) {
                    break;
                }
                // The last byte leaves when the path has carried all before it.
                free = Math.max(free, System.nanoTime()) + (long) (n / bytesPerNano);
                way.add(new Chunk(bytes.flip(), free + delayNanos));
            }
        } catch (IOException e) {
            // Broken off; the other side gets what is on its way.
        }
        way.add(END);
    }

    private void write(
            SocketChannel from, SocketChannel to, LinkedBlockingQueue<Chunk> way, Semaphore room) {
        try {
            for (var chunk = way.take(); chunk != END; chunk = way.take()) {
                for (long wait = chunk.due - System.nanoTime();
                        wait > 0;
                        wait = chunk.due - System.nanoTime()) {
                    LockSupport.parkNanos(wait);
                }
                int n = chunk.bytes.remaining();
                while (chunk.bytes.hasRemaining()) {
                    to.write(chunk.bytes);
                }
                room.release(n);
            }
            to.shutdownOutput();
        } catch (IOException | InterruptedException e) {
            close(from);
            close(to);
        }
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // It is closed.
        }
    }
}
