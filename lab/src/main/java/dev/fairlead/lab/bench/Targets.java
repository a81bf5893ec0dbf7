package dev.fairlead.lab.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Executors;

/// A process with what stands behind a tunnel: a source that writes until its reader goes, a sink
/// that answers how many bytes it got, and an echo. Prints its three ports and runs until its
/// standard input ends.
final class Targets {

    private static final int CHUNK = 256 * 1024;
    private static final int BACKLOG = 1_024;
    private static final InetSocketAddress ANY_PORT =
            new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);

    private Targets() {}

    @FunctionalInterface
    private interface Service {
        void serve(SocketChannel channel) throws IOException;
    }

    public static void main(String[] args) throws IOException {
        int source = listen("source", Targets::source);
        int sink = listen("sink", Targets::sink);
        var echo = new EchoTarget(ANY_PORT, BACKLOG);
        Thread.ofPlatform().daemon().name("echo").start(echo);
        System.out.println(source + " " + sink + " " + echo.port());
        System.in.transferTo(java.io.OutputStream.nullOutputStream());
        System.exit(0);
    }

    private static int listen(String name, Service service) throws IOException {
        var threads = Executors.newCachedThreadPool(Thread.ofPlatform().daemon().factory());
        var server = ServerSocketChannel.open();
        server.bind(ANY_PORT, BACKLOG);
        Thread.ofPlatform()
                .daemon()
                .name(name)
                .start(() -> {
                    while (true) {
                        try {
                            var channel = server.accept();
                            threads.execute(() -> run(service, channel));
                        } catch (IOException e) {
                            return;
                        }
                    }
                });
        return ((InetSocketAddress) server.getLocalAddress()).getPort();
    }

    private static void run(Service service, SocketChannel channel) {
        try (channel) {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            service.serve(channel);
        } catch (IOException e) {
            // The other side has gone.
        }
    }

    private static void source(SocketChannel channel) throws IOException {
        var bytes = ByteBuffer.allocateDirect(CHUNK);
        while (channel.write(bytes) >= 0) {
            if (!bytes.hasRemaining()) {
                bytes.clear();
            }
        }
    }

    private static void sink(SocketChannel channel) throws IOException {
        var bytes = ByteBuffer.allocateDirect(CHUNK);
        long got = 0;
        for (int n = channel.read(bytes); n >= 0; n = channel.read(bytes)) {
            got += n;
            bytes.clear();
        }
        channel.write(bytes.clear().putLong(got).flip());
    }
}
