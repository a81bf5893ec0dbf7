package dev.fairlead.lab;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/// HAProxy in front of a hub: it ends TLS with a certificate of its own, and comes to the hub from
/// [#ADDRESS]. It resumes no TLS: who comes again sees the certificate of now.
final class LoadBalancer implements AutoCloseable {

    /// From where it dials the hub, so that it is told apart from everybody else on this machine.
    static final String ADDRESS = "127.0.0.2";

    /// How long it lets a WebSocket be silent: a little more than the longest pause between pings.
    static final int TUNNEL_SECONDS = 13;

    private static final Path PROGRAM = Path.of("/usr/sbin/haproxy");

    private final Process process;
    private final Path socket;
    private final Path certificate;

    /// @param port its own
    LoadBalancer(Path folder, LabCa ca, int port, int hubPort) throws IOException {
        if (!Files.isExecutable(PROGRAM)) {
            throw new AssertionError("this test needs haproxy: apt-get install haproxy");
        }
        socket = folder.resolve("haproxy-" + port + ".sock");
        certificate = ca.certificateAndKey();
        var config =
                Files.writeString(
                        folder.resolve("haproxy-" + port + ".cfg"),
                        """
                        global
                            maxconn 100
                            tune.ssl.cachesize 0
                            stats socket %s mode 600 level admin
                        defaults
                            mode http
                            option forwardfor
                            timeout connect 5s
                            timeout client 5s
                            timeout server 5s
                            timeout tunnel %ds
                        frontend outside
                            bind 127.0.0.1:%d ssl crt %s alpn http/1.1 no-tls-tickets
                            default_backend hub
                        backend hub
                            server hub 127.0.0.1:%d source %s
                        """
                                .formatted(
                                        socket,
                                        TUNNEL_SECONDS,
                                        port,
                                        certificate,
                                        hubPort,
                                        ADDRESS));
        var log = folder.resolve("haproxy-" + port + ".log");
        process =
                new ProcessBuilder(List.of(PROGRAM.toString(), "-db", "-f", config.toString()))
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        Awaitility.await()
                .atMost(30, TimeUnit.SECONDS)
                .until(() -> {
                    if (!process.isAlive()) {
                        throw new AssertionError("haproxy ended: " + Files.readString(log));
                    }
                    return answers(port);
                });
    }

    /// Shows another certificate from now on, as when it is renewed or moved to another CA;
    /// connections that stand go on.
    void showCertificateOf(LabCa ca) throws IOException {
        String pem = Files.readString(ca.certificateAndKey()).replace("\n\n", "\n");
        command("set ssl cert " + certificate + " <<\n" + pem + "\n");
        assertDone(command("commit ssl cert " + certificate), "Success!");
    }

    /// Ends all connections to the hub, whether or not anything passes.
    void killConnections() throws IOException {
        command("shutdown sessions server hub/hub");
    }

    private static void assertDone(String answer, String wanted) {
        if (!answer.contains(wanted)) {
            throw new AssertionError(answer);
        }
    }

    /// Says something to HAProxy's own command line.
    private String command(String text) throws IOException {
        try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            channel.write(ByteBuffer.wrap((text + "\n").getBytes(StandardCharsets.US_ASCII)));
            channel.shutdownOutput();
            return new String(
                    Channels.newInputStream(channel).readAllBytes(), StandardCharsets.US_ASCII);
        }
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
