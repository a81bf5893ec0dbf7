package dev.fairlead.hub.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.OpenSSLEngineOptions;
import io.vertx.core.net.SelfSignedCertificate;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The takeover of a Vert.x connection, with an independent WebSocket client: the JDK's.
@Timeout(180)
class TakeOverTest {

    private final Vertx vertx = Vertx.vertx();
    private final SelfSignedCertificate certificate = SelfSignedCertificate.create("localhost");

    @AfterEach
    void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
        certificate.delete();
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "jdk", "boringssl"})
    void bytesPassTheTakenConnectionBothWays(String tls) throws Exception {
        var options = new HttpServerOptions().setHost("localhost").setPort(0);
        if (!tls.equals("plain")) {
            options.setSsl(true).setKeyCertOptions(certificate.keyCertOptions());
        }
        if (tls.equals("boringssl")) {
            assertThat(OpenSSLEngineOptions.isAvailable()).isTrue();
            options.setSslEngineOptions(new OpenSSLEngineOptions());
        }
        int port = start(options).actualPort();
        byte[] sent = new byte[1_000_000];
        new Random(1).nextBytes(sent);
        var received = new Collects(sent.length);
        var socket =
                HttpClient.newBuilder()
                        .sslContext(trusting())
                        .build()
                        .newWebSocketBuilder()
                        .subprotocols(TakeOver.PROTOCOL)
                        .buildAsync(
                                URI.create(
                                        (tls.equals("plain") ? "ws" : "wss")
                                                + "://localhost:"
                                                + port
                                                + "/link"),
                                received)
                        .get(30, TimeUnit.SECONDS);
        assertThat(socket.getSubprotocol()).isEqualTo(TakeOver.PROTOCOL);
        for (int at = 0; at < sent.length; ) {
            int n = Math.min(sent.length - at, 1 + at % 70_000);
            socket.sendBinary(ByteBuffer.wrap(sent, at, n), true).get(30, TimeUnit.SECONDS);
            at += n;
        }
        assertThat(received.all.get(30, TimeUnit.SECONDS)).isEqualTo(sent);
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(30, TimeUnit.SECONDS);
        assertThat(received.closed.get(30, TimeUnit.SECONDS)).isEqualTo(WebSocket.NORMAL_CLOSURE);
    }

    @Test
    void bytesRightBehindTheAnswerAreNotLost() throws Exception {
        int port = start(new HttpServerOptions().setHost("localhost").setPort(0)).actualPort();
        for (int round = 0; round < 50; round++) {
            try (var socket = new Socket("localhost", port)) {
                socket.getOutputStream().write(request("Sec-WebSocket-Protocol: fairlead.1\r\n"));
                InputStream in = socket.getInputStream();
                assertThat(head(in)).startsWith("HTTP/1.1 101 ");
                socket.getOutputStream()
                        .write(new byte[] {(byte) 0x82, (byte) 0x81, 0, 0, 0, 0, 42});
                assertThat(in.readNBytes(3)).containsExactly(0x82, 1, 42);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Sec-WebSocket-Protocol: other\r\n",
                "Sec-WebSocket-Protocol: fairlead.1\r\nSec-WebSocket-Version: 8\r\n"
            })
    void aRequestThatIsNoLinkIsToldSo(String headers) throws Exception {
        int port = start(new HttpServerOptions().setHost("localhost").setPort(0)).actualPort();
        try (var socket = new Socket("localhost", port)) {
            socket.getOutputStream().write(request(headers));
            assertThat(head(socket.getInputStream())).startsWith("HTTP/1.1 4");
        }
    }

    private static byte[] request(String headers) {
        String version = headers.contains("Version") ? "" : "Sec-WebSocket-Version: 13\r\n";
        return ("GET /link HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                        + version
                        + headers
                        + "\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static String head(InputStream in) throws Exception {
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) in.read());
        }
        return head.toString();
    }

    /// Gives back what comes, as a link's handler would get it.
    private HttpServer start(HttpServerOptions options) throws Exception {
        return vertx.createHttpServer(options)
                .requestHandler(request -> {
                    var wrong = TakeOver.check(request);
                    if (wrong != null) {
                        request.response().setStatusCode(wrong.status()).end(wrong.sentence());
                        return;
                    }
                    TakeOver.upgrade(
                            request,
                            new ChannelInboundHandlerAdapter() {
                                @Override
                                public void channelRead(ChannelHandlerContext ctx, Object message) {
                                    ctx.writeAndFlush(((ByteBuf) message).copy());
                                    ((ByteBuf) message).release();
                                }
                            });
                })
                .listen()
                .toCompletionStage()
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
    }

    private SSLContext trusting() throws Exception {
        var keys = KeyStore.getInstance(KeyStore.getDefaultType());
        keys.load(null, null);
        try (var pem =
                java.nio.file.Files.newInputStream(
                        java.nio.file.Path.of(certificate.certificatePath()))) {
            keys.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(pem));
        }
        var trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(keys);
        var context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    private static final class Collects implements WebSocket.Listener {
        final CompletableFuture<byte[]> all = new CompletableFuture<>();
        final CompletableFuture<Integer> closed = new CompletableFuture<>();
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final int expected;

        Collects(int expected) {
            this.expected = expected;
        }

        @Override
        public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
            byte[] part = new byte[data.remaining()];
            data.get(part);
            bytes.writeBytes(part);
            if (bytes.size() == expected) {
                all.complete(bytes.toByteArray());
            }
            socket.request(1);
            return CompletableFuture.completedStage(null);
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            closed.complete(code);
            return CompletableFuture.completedStage(null);
        }
    }
}
