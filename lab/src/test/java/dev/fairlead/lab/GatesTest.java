package dev.fairlead.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fairlead.hub.HubConfig;
import dev.fairlead.hub.HubLimits;
import dev.fairlead.link.Calls;
import dev.fairlead.link.Headers;
import dev.fairlead.link.LinkStream;
import dev.fairlead.link.StreamEnd;
import dev.fairlead.link.StreamListener;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A hub with small limits, and strangers, nodes and load balancers who come to them. What a link
/// does at each of its limits, at either side, is `HostilePeerTest` of the module link.
@Timeout(120)
class GatesTest {

    private static final int HANDSHAKE_SECONDS = 3;

    @TempDir static Path folder;
    private static Lab lab;

    @BeforeAll
    static void start() throws Exception {
        lab = new Lab(folder, GatesTest::small);
    }

    private static HubConfig small(HubConfig local) {
        var link = new HubLimits.Link(3, 1_024, 32_768, 1 << 20, 20, 10, 10, 25);
        return local.withLimits(
                new HubLimits(1_000, 8, 10, 5, 3, 2, HANDSHAKE_SECONDS, 8, 1 << 20, link));
    }

    @AfterAll
    static void stop() throws Exception {
        lab.close();
    }

    @Test
    void whoNeverProvesThemselvesIsCountedAndTimedAndOthersAreToldWhenToComeBack()
            throws Exception {
        double before = limited("unproved-per-address");
        List<Socket> strangers = new ArrayList<>();
        try {
            for (int i = 0; i < 2; i++) {
                var stranger = connect();
                strangers.add(stranger);
                assertThat(upgrade(stranger, "")).startsWith("HTTP/1.1 101");
            }
            try (var third = connect()) {
                var answer = upgrade(third, "");
                assertThat(answer)
                        .startsWith("HTTP/1.1 503")
                        .containsPattern("(?i)retry-after: 1\r");
                // Said after TLS, and that is all: the hub hangs up.
                assertThat(third.getInputStream().readAllBytes()).isNotEmpty();
            }
            assertThat(limited("unproved-per-address")).isEqualTo(before + 1);
            assertThat(value("fairlead_handshakes_open", "")).isEqualTo(2);
            // Their time passes, and there is room again.
            for (var stranger : strangers) {
                stranger.setSoTimeout(2_000 * HANDSHAKE_SECONDS);
                stranger.getInputStream().readAllBytes();
            }
            await().untilAsserted(() -> assertThat(value("fairlead_handshakes_open", "")).isZero());
        } finally {
            for (var stranger : strangers) {
                stranger.close();
            }
        }
        try (var node = new FakeNode(lab, Lab.TENANT, "after-strangers")) {
            assertThat(node.link().channel().isActive()).isTrue();
        }
    }

    @Test
    void whoSaysNothingBeforeTlsTakesNoPlaceAndKeepsNobodyOut() throws Exception {
        var silent = strangers(60, new byte[0]);
        try (var node = new FakeNode(lab, Lab.TENANT, "beside-silence")) {
            assertThat(node.link().channel().isActive()).isTrue();
            // One by one they are let in all the same.
            assertThat(value("fairlead_tls_handshakes_waited_total", "")).isPositive();
            await().untilAsserted(() ->
                    assertThat(value("fairlead_tls_handshakes_waiting", "")).isZero());
            assertThat(value("fairlead_tls_handshakes_open", "")).isZero();
        } finally {
            for (var socket : silent) {
                socket.close();
            }
        }
    }

    @Test
    void whoBeginsTlsAndSaysNoMoreSlowsTheNextAndKeepsNobodyOut() throws Exception {
        // The first bytes of a hello's record.
        var slow = strangers(40, new byte[] {22, 3, 1, 2, 0, 1});
        try {
            try (var node = new FakeNode(lab, Lab.TENANT, "beside-beginners")) {
                assertThat(node.link().channel().isActive()).isTrue();
            }
            await().untilAsserted(() ->
                    assertThat(value("fairlead_tls_handshakes_open", "")).isEqualTo(40));
            assertThat(value("fairlead_tls_handshakes_waiting", "")).isZero();
        } finally {
            for (var socket : slow) {
                socket.close();
            }
        }
        await().untilAsserted(() -> assertThat(value("fairlead_tls_handshakes_open", "")).isZero());
    }

    private static List<Socket> strangers(int number, byte[] say) throws IOException {
        List<Socket> strangers = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            var socket = new Socket();
            socket.connect(address());
            socket.getOutputStream().write(say);
            strangers.add(socket);
        }
        return strangers;
    }

    @Test
    void aNodeThatOpensTooMuchIsRefusedAndThenLosesItsLink() throws Exception {
        double streams = limited("streams");
        double opens = limited("opens-per-second");
        double ended = value("fairlead_links_ended_total", "cause=\"limit\",role=\"node\"");
        try (var node = new FakeNode(lab, Lab.TENANT, "greedy")) {
            for (int i = 0; i < 3; i++) {
                open(node);
            }
            assertThat(open(node).get(30, TimeUnit.SECONDS)).isEqualTo(StreamEnd.LIMIT);
            assertThat(limited("streams")).isEqualTo(streams + 1);
            // More than the burst and what two seconds add to it.
            for (int i = 0; i < 100; i++) {
                open(node);
            }
            await().until(() -> !node.link().channel().isActive());
            await().untilAsserted(
                            () -> assertThat(limited("opens-per-second")).isEqualTo(opens + 1));
            assertThat(value("fairlead_links_ended_total", "cause=\"limit\",role=\"node\""))
                    .isEqualTo(Math.max(0, ended) + 1);
        }
    }

    /// A call whose question never ends.
    private static CompletableFuture<StreamEnd> open(FakeNode node) {
        var end = new CompletableFuture<StreamEnd>();
        LinkStream unused =
                node.link()
                        .open(
                                Headers.of(
                                        "kind", Calls.KIND, "method", "heartbeat", "call-id", "1"),
                                new StreamListener() {
                                    @Override
                                    public void data(ByteBuf bytes) {
                                        bytes.release();
                                    }

                                    @Override
                                    public void ended() {}

                                    @Override
                                    public void closed(StreamEnd cause, String message) {
                                        end.complete(cause);
                                    }
                                });
        return end;
    }

    private static InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), lab.hub().bound().listen());
    }

    private static Socket connect() throws Exception {
        var context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new Anybody()}, null);
        return context.getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), lab.hub().bound().listen());
    }

    /// The head of the answer.
    ///
    /// @param more header lines
    static String upgrade(Socket socket, String more) throws IOException {
        socket.getOutputStream()
                .write(
                        """
                        GET /link HTTP/1.1\r
                        Host: localhost\r
                        Connection: Upgrade\r
                        Upgrade: websocket\r
                        Sec-WebSocket-Version: 13\r
                        Sec-WebSocket-Protocol: fairlead.1\r
                        Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r
                        %s\r
                        """
                                .formatted(more)
                                .getBytes(StandardCharsets.US_ASCII));
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int c = socket.getInputStream().read();
            if (c < 0) {
                break;
            }
            head.append((char) c);
        }
        return head.toString();
    }

    private static double limited(String limit) throws Exception {
        return value("fairlead_limits_total", "limit=\"" + limit + "\"");
    }

    /// The value of one series; below zero where there is none.
    private static double value(String name, String labels) throws Exception {
        String series = name + (labels.isEmpty() ? "" : "{" + labels + "}") + " ";
        try (var client = HttpClient.newHttpClient()) {
            var request =
                    HttpRequest.newBuilder(
                                    URI.create(
                                            "http://127.0.0.1:"
                                                    + lab.hub().bound().observe()
                                                    + "/metrics"))
                            .timeout(Duration.ofSeconds(10))
                            .build();
            return client.send(request, BodyHandlers.ofString())
                    .body()
                    .lines()
                    .filter(line -> line.startsWith(series))
                    .mapToDouble(line -> Double.parseDouble(line.substring(series.length())))
                    .findFirst()
                    .orElse(-1);
        }
    }

    /// These tests are not about certificates.
    private static final class Anybody implements X509TrustManager {

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
