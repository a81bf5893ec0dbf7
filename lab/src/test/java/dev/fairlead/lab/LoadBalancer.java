package dev.fairlead.lab;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/// HAProxy in front of a hub: it ends TLS with a certificate of its own, and comes to the hub from
/// [#ADDRESS].
final class LoadBalancer implements AutoCloseable {

    /// From where it dials the hub, so that it is told apart from everybody else on this machine.
    static final String ADDRESS = "127.0.0.2";

    /// How long it lets a WebSocket be silent: a little more than the longest pause between pings.
    static final int TUNNEL_SECONDS = 13;

    private static final Path PROGRAM = Path.of("/usr/sbin/haproxy");

    private final Process process;

    /// @param port its own
    LoadBalancer(Path folder, LabCa ca, int port, int hubPort) throws IOException {
        if (!Files.isExecutable(PROGRAM)) {
            throw new AssertionError("this test needs haproxy: apt-get install haproxy");
        }
        var config =
                Files.writeString(
                        folder.resolve("haproxy.cfg"),
                        """
                        global
                            maxconn 100
                        defaults
                            mode http
                            option forwardfor
                            timeout connect 5s
                            timeout client 5s
                            timeout server 5s
                            timeout tunnel %ds
                        frontend outside
                            bind 127.0.0.1:%d ssl crt %s alpn http/1.1
                            default_backend hub
                        backend hub
                            server hub 127.0.0.1:%d source %s
                        """
                                .formatted(
                                        TUNNEL_SECONDS,
                                        port,
                                        ca.certificateAndKey(),
                                        hubPort,
                                        ADDRESS));
        var log = folder.resolve("haproxy.log");
        process =
                new ProcessBuilder(List.of(PROGRAM.toString(), "-db", "-f", config.toString()))
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        Awaitility.await()
                .atMost(20, TimeUnit.SECONDS)
                .until(() -> {
                    if (!process.isAlive()) {
                        throw new AssertionError("haproxy ended: " + Files.readString(log));
                    }
                    return answers(port);
                });
    }

    private static boolean answers(int port) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() throws Exception {
        process.destroy();
        if (!process.waitFor(5, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }
}
