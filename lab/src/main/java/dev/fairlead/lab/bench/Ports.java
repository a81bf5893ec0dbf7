package dev.fairlead.lab.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;

/// Ports of the loopback.
///
/// @param source where a stream reads
/// @param sink where it writes
/// @param echo where it gets back what it wrote
record Ports(int source, int sink, int echo) {

    static final String HERE = "127.0.0.1";

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /// A port and the port behind it.
    record Pair(String name, int from, int to) {}

    /// With those behind them.
    List<Pair> pairs(Ports to) {
        return List.of(
                new Pair("source", source, to.source),
                new Pair("sink", sink, to.sink),
                new Pair("echo", echo, to.echo));
    }

    static Ports free() throws IOException {
        return new Ports(one(), one(), one());
    }

    static int one() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.ofLiteral(HERE))) {
            return socket.getLocalPort();
        }
    }

    /// Waits until something listens.
    static void await(int port) throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try (var socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.ofLiteral(HERE), port), 1_000);
                return;
            } catch (IOException e) {
                if (System.nanoTime() > end) {
                    throw new IOException(
                            "nothing listens on port "
                                    + port
                                    + " after "
                                    + PATIENCE.toSeconds()
                                    + " s");
                }
                Thread.sleep(100);
            }
        }
    }

    /// Waits until a byte comes back from the echo, all the way.
    void awaitEcho() throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!echoes()) {
            if (System.nanoTime() > end) {
                throw new IOException(
                        "no echo through port " + echo + " after " + PATIENCE.toSeconds() + " s");
            }
            Thread.sleep(100);
        }
    }

    private boolean echoes() {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral(HERE), echo), 1_000);
            socket.setSoTimeout(2_000);
            socket.getOutputStream().write(1);
            return socket.getInputStream().read() == 1;
        } catch (IOException e) {
            return false;
        }
    }
}
