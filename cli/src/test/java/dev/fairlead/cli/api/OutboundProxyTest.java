package dev.fairlead.cli.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.cli.CliException;
import dev.fairlead.cli.Exit;
import dev.fairlead.cli.StubHub;
import dev.fairlead.link.dial.ProxySettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// REST calls through a proxy that wants a password.
class OutboundProxyTest {

    @TempDir Path dir;
    private ServerSocket listener = unbound();
    private final AtomicInteger tunnels = new AtomicInteger();

    private static ServerSocket unbound() {
        try {
            return new ServerSocket();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @BeforeEach
    void listen() throws IOException {
        listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        while (true) {
                            var socket = listener.accept();
                            Thread.ofVirtual().start(() -> serve(socket));
                        }
                    } catch (IOException e) {
                        // The test is over.
                    }
                });
    }

    @AfterEach
    void close() throws IOException {
        listener.close();
    }

    /// Basic `ann:right` is let through, `ann:never` is forbidden, the rest is asked for a
    /// password.
    private void serve(Socket client) {
        try (client) {
            while (true) {
                String head = head(client);
                if (head.isEmpty()) {
                    return;
                }
                if (head.contains("Basic YW5uOnJpZ2h0")) {
                    tunnel(client, head);
                    return;
                }
                String answer =
                        head.contains("Basic YW5uOm5ldmVy")
                                ? "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
                                : "HTTP/1.1 407 Proxy Authentication Required\r\n"
                                        + "Proxy-Authenticate: Basic realm=\"proxy\"\r\n"
                                        + "Content-Length: 0\r\n\r\n";
                client.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
            }
        } catch (IOException e) {
            // The client went away.
        }
    }

    private static String head(Socket client) throws IOException {
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int b = client.getInputStream().read();
            if (b < 0) {
                return "";
            }
            head.append((char) b);
        }
        return head.toString();
    }

    private void tunnel(Socket client, String head) throws IOException {
        tunnels.incrementAndGet();
        String authority = head.split(" ", 3)[1];
        int colon = authority.lastIndexOf(':');
        try (var hub =
                new Socket(
                        InetAddress.getByName(authority.substring(0, colon)),
                        Integer.parseInt(authority.substring(colon + 1)))) {
            client.getOutputStream()
                    .write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            Thread.ofVirtual().start(() -> copy(client, hub));
            copy(hub, client);
        }
    }

    private static void copy(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException e) {
            // One side went away.
        }
    }

    private String get(String userInfo) throws Exception {
        try (var hub =
                        new StubHub(
                                dir,
                                "localhost",
                                (x, asked) ->
                                        StubHub.answer(
                                                x, 200, "application/json", "{\"a\":\"b\"}"));
                var api =
                        new HubApi(
                                hub.uri(),
                                hub.ca(),
                                null,
                                new OutboundProxy(
                                        ProxySettings.configured(
                                                "http://"
                                                        + userInfo
                                                        + "127.0.0.1:"
                                                        + listener.getLocalPort(),
                                                null,
                                                "")),
                                Clock.systemUTC())) {
            return api.get("/api/v1/hub").path("a").asString("");
        }
    }

    @Test
    void aPasswordLetsThrough() throws Exception {
        assertThat(get("ann:right@")).isEqualTo("b");
        assertThat(tunnels).hasValue(1);
    }

    @Test
    void withoutThePasswordTheProxyIsNamed() {
        for (String who : new String[] {"", "ann:wrong@"}) {
            assertThatThrownBy(() -> get(who))
                    .isInstanceOfSatisfying(
                            CliException.class,
                            e -> {
                                assertThat(e.exit()).isEqualTo(Exit.UNREACHABLE);
                                assertThat(e.hint()).contains("HTTPS_PROXY");
                            })
                    .hasMessageContaining("407");
        }
    }

    @Test
    void aProxyThatForbidsIsNamed() {
        assertThatThrownBy(() -> get("ann:never@"))
                .isInstanceOf(CliException.class)
                .hasMessageContaining("does not let localhost:")
                .hasMessageContaining("403");
    }
}
