package dev.fairlead.hub.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.hub.HubConfig;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RedirectTest {

    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    @Test
    void itAlwaysPointsToTheConfiguredName() throws Exception {
        try (var redirect =
                Redirect.start(
                        vertx,
                        new HubConfig.Redirect("127.0.0.1", 0),
                        URI.create("https://hub.example.com:8484"))) {
            assertThat(location(redirect, "/nodes?x=1", "evil.example"))
                    .isEqualTo("https://hub.example.com:8484/nodes?x=1");
            assertThat(location(redirect, "//evil.example/", "x"))
                    .isEqualTo("https://hub.example.com:8484/");
            assertThat(location(redirect, "http://evil.example/", "x"))
                    .isEqualTo("https://hub.example.com:8484/");
            assertThat(location(redirect, "/\\evil.example", "x"))
                    .isEqualTo("https://hub.example.com:8484/");
        }
    }

    private static String location(Redirect redirect, String target, String host) throws Exception {
        try (var socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), redirect.port())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream()
                    .write(
                            ("GET "
                                            + target
                                            + " HTTP/1.1\r\nHost: "
                                            + host
                                            + "\r\nConnection: close\r\n\r\n")
                                    .getBytes(StandardCharsets.US_ASCII));
            var answer =
                    new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertThat(answer).startsWith("HTTP/1.1 308");
            return answer.lines()
                    .filter(l -> l.toLowerCase(java.util.Locale.ROOT).startsWith("location: "))
                    .map(l -> l.substring(10))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
