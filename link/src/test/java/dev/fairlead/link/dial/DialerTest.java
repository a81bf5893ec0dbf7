package dev.fairlead.link.dial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.link.handshake.Fingerprint;
import dev.fairlead.link.handshake.Handshaken;
import dev.fairlead.link.handshake.HubAnchor;
import dev.fairlead.link.handshake.Introduction;
import dev.fairlead.link.handshake.Refusal;
import dev.fairlead.link.handshake.Refused;
import dev.fairlead.link.handshake.Secret;
import dev.fairlead.link.handshake.SigningKey;
import io.github.nettyplus.leakdetector.junit.NettyLeakDetectorExtension;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NettyLeakDetectorExtension.class)
class DialerTest {

    private final TestCa ca = new TestCa("test CA");
    private final TestCa.Issued tls = ca.issue("localhost", "127.0.0.1");
    private final Dials dials = new Dials();

    @AfterEach
    void close() {
        dials.close();
    }

    private TestHub hub() {
        return new TestHub(tls, Dials.admits(Dials.WELCOME));
    }

    private TestHub answering(HttpResponseStatus status, String... headers) {
        return new TestHub(
                tls,
                Dials.admits(Dials.WELCOME),
                _ -> {
                    FullHttpResponse response = TestHub.response(status);
                    for (int i = 0; i < headers.length; i += 2) {
                        response.headers().set(headers[i], headers[i + 1]);
                    }
                    return response;
                });
    }

    @Test
    void aHubProvesItselfToSomebodyWhoSaysNothing() throws Exception {
        try (var hub = hub()) {
            var proved =
                    dials.dialer
                            .prove(Dials.looking(hub.uri(), TestHub.fingerprint()))
                            .get(30, TimeUnit.SECONDS);

            assertThat(proved.fingerprint()).isEqualTo(TestHub.fingerprint());
            assertThat(hub.links.poll(200, TimeUnit.MILLISECONDS)).isNull();

            var other = Fingerprint.of(SigningKey.generate(new SecureRandom()).verifying());
            assertThatThrownBy(() ->
                            dials.dialer
                                    .prove(Dials.looking(hub.uri(), other))
                                    .get(30, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOfSatisfying(
                            DialException.class,
                            e -> assertThat(e.failure()).isEqualTo(DialFailure.OTHER_IDENTITY));
        }
    }

    @Test
    void aHubIsReachedAndBytesFlowBothWays() throws InterruptedException {
        try (var hub = hub()) {
            var linked = dials.dial(Dials.request(hub.uri()));
            assertThat(linked.other().fingerprint()).isEqualTo(TestHub.fingerprint());
            assertThat(linked.welcome()).isEqualTo(Dials.WELCOME);

            var peer = Objects.requireNonNull(hub.links.poll(30, TimeUnit.SECONDS));
            assertThat(peer.other().info()).containsEntry("os", "linux");
            var atHub = new Received();
            // The hub speaks at once; the dialer installs its side later and misses nothing.
            install(peer, atHub).writeAndFlush(utf8("from the hub"));
            var atDialer = new Received();
            install(linked, atDialer).writeAndFlush(utf8("from the node"));
            assertThat(atDialer.text("from the hub")).isTrue();
            assertThat(atHub.text("from the node")).isTrue();
            linked.channel().close().sync();
        }
    }

    @Test
    void aHubIsReachedByItsAddress() {
        try (var hub = hub()) {
            var anchors = new TlsTrust.Verified(List.of(ca.certificate()));
            var uri = TestHub.uri("127.0.0.1", hub.port());
            var linked = dials.dial(Dials.request(uri, anchors, ProxySettings.none()));
            linked.channel().close().syncUninterruptibly();
        }
    }

    @Test
    void aCancelledDialClosesItsConnection() {
        try (var hub = new TestHub(tls, Dials.admits(Dials.WELCOME), _ -> never())) {
            var dial = dials.dialer.dial(Dials.request(hub.uri()));
            Awaitility.await().until(() -> !hub.channels.isEmpty());
            dial.cancel(true);
            Awaitility.await().until(hub.channels::isEmpty);
        }
    }

    /// Without BoringSSL the JDK's engine does the same, and says the same.
    @Test
    void bothTlsEnginesDo() {
        assertThat(OpenSsl.isAvailable()).as("BoringSSL on this machine").isTrue();
        for (var engine : List.of(SslProvider.OPENSSL, SslProvider.JDK)) {
            try (var hub = hub();
                    var ours = new Dials(engine)) {
                var trust = new TlsTrust.Verified(List.of(ca.certificate()));
                for (var taken : List.of(new TlsTrust.Any(), trust)) {
                    var linked = ours.dial(Dials.request(hub.uri(), taken, ProxySettings.none()));
                    linked.channel().close().syncUninterruptibly();
                }
                var system = new TlsTrust.Verified(List.of());
                var e = ours.fail(Dials.request(hub.uri(), system, ProxySettings.none()));
                assertThat(e).hasMessageContaining("CN=test CA, which this machine does not trust");
            }
        }
    }

    private static FullHttpResponse never() {
        return TestHub.response(HttpResponseStatus.PROCESSING);
    }

    @Test
    void anotherIdentityIsShownWithBothFingerprints() {
        var other = Fingerprint.of(SigningKey.generate(new SecureRandom()).verifying());
        try (var hub = hub()) {
            var e =
                    dials.fail(
                            Dials.request(
                                    hub.uri(),
                                    new TlsTrust.Any(),
                                    ProxySettings.none(),
                                    HubAnchor.of(other)));
            assertThat(e.failure()).isEqualTo(DialFailure.OTHER_IDENTITY);
            assertThat(e).hasMessageContaining(other.toString());
            assertThat(e).hasMessageContaining(TestHub.fingerprint().toString());
        }
    }

    @Test
    void aHubOnAnOldBundleIsRefused() {
        try (var hub = hub()) {
            var e =
                    dials.fail(
                            Dials.request(
                                    hub.uri(),
                                    new TlsTrust.Any(),
                                    ProxySettings.none(),
                                    new HubAnchor(TestHub.fingerprint(), 6)));
            assertThat(e.failure()).isEqualTo(DialFailure.OTHER_IDENTITY);
            assertThat(e).hasMessageContaining("bundle 5");
        }
    }

    @Test
    void aRefusalComesWithItsCode() {
        var refused = new Refused(Refusal.REVOKED, "this node was removed", Duration.ofSeconds(9));
        try (var hub = new TestHub(tls, Dials.admits(refused))) {
            var e = dials.fail(Dials.request(hub.uri()));
            assertThat(e.failure()).isEqualTo(DialFailure.REFUSED);
            assertThat(e.refused()).isEqualTo(refused);
            assertThat(e.retryAfter()).isEqualTo(Duration.ofSeconds(9));
            assertThat(e.isLasting()).isTrue();
            assertThat(e).hasMessage("the hub refused (revoked): this node was removed");
        }
    }

    @Test
    void aBusyHubSaysWhenToComeBack() {
        try (var hub = answering(HttpResponseStatus.SERVICE_UNAVAILABLE, "Retry-After", "17")) {
            var e = dials.fail(Dials.request(hub.uri()));
            assertThat(e.failure()).isEqualTo(DialFailure.BUSY);
            assertThat(e.retryAfter()).isEqualTo(Duration.ofSeconds(17));
            assertThat(e).hasMessageContaining("17 s");
        }
    }

    @Test
    void whatIsNoHubIsSaidToBeNone() {
        assertNoHub(answering(HttpResponseStatus.NOT_FOUND), "it answers 404");
        assertNoHub(
                answering(HttpResponseStatus.OK, "Content-Type", "text/html; charset=utf-8"),
                "a web page, perhaps a login page");
        assertNoHub(
                answering(HttpResponseStatus.FOUND, "Location", "https://portal/login"),
                "sends to https://portal/login, perhaps a login page");
        assertNoHub(answering(HttpResponseStatus.SWITCHING_PROTOCOLS), "does not speak fairlead.1");
        assertNoHub(
                answering(
                        HttpResponseStatus.SWITCHING_PROTOCOLS,
                        "Sec-WebSocket-Protocol",
                        "fairlead.1"),
                "WebSocket answer is wrong");
    }

    private void assertNoHub(TestHub hub, String why) {
        try (hub) {
            var e = dials.fail(Dials.request(hub.uri()));
            assertThat(e.failure()).isEqualTo(DialFailure.NOT_A_HUB);
            assertThat(e).hasMessageContaining(why);
        }
    }

    @Test
    void aPortWithoutTlsIsNoHub() {
        var server =
                TestHub.listen(
                        dials.loops,
                        channel ->
                                channel.pipeline()
                                        .addLast(new Says("HTTP/1.1 400 Bad Request\r\n\r\n")));
        var e = dials.fail(Dials.request(TestHub.uri("localhost", TestHub.port(server))));
        assertThat(e.failure()).isEqualTo(DialFailure.NOT_A_HUB);
        assertThat(e).hasMessageContaining("does not speak TLS");
    }

    @Test
    void aNameThatDoesNotResolveIsSaidNotTo() {
        var e = dials.fail(Dials.request(TestHub.uri("hub.invalid", 1)));
        assertThat(e.failure()).isEqualTo(DialFailure.NAME_NOT_FOUND);
        assertThat(e).hasMessageContaining("hub.invalid does not resolve");
    }

    @Test
    void aClosedPortRefuses() throws IOException {
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        var e = dials.fail(Dials.request(TestHub.uri("127.0.0.1", port)));
        assertThat(e.failure()).isEqualTo(DialFailure.CONNECTION_REFUSED);
        assertThat(e).hasMessageContaining("127.0.0.1:" + port + " refused the connection");
    }

    @Test
    void silenceIsTimedAtEachStep() {
        var mute = TestHub.listen(dials.loops, channel -> {});
        var request = Dials.request(TestHub.uri("localhost", TestHub.port(mute)));
        var tlsNever = dials.fail(Dials.impatient(request));
        assertThat(tlsNever.failure()).isEqualTo(DialFailure.TIMED_OUT);
        assertThat(tlsNever).hasMessageContaining("TLS handshake");

        try (var hub = new TestHub(tls, Dials.admits(Dials.WELCOME), _ -> never())) {
            var slow =
                    new DialRequest(
                            hub.uri(),
                            new TlsTrust.Any(),
                            ProxySettings.none(),
                            HubAnchor.any(),
                            Dials.node(),
                            request.person(),
                            Duration.ofSeconds(2),
                            request.handshake());
            var e = dials.fail(slow);
            assertThat(e.failure()).isEqualTo(DialFailure.TIMED_OUT);
            assertThat(e).hasMessageContaining("after TLS was there");
        }
    }

    @Test
    void aNodeWaitsLongerForTheFirstWordOfAHub() {
        var context = TestHub.context(tls);
        var slow =
                TestHub.listen(
                        dials.loops,
                        channel -> {
                            channel.config().setAutoRead(false);
                            channel.pipeline().addLast(context.newHandler(channel.alloc()));
                            channel.eventLoop()
                                    .schedule(
                                            () -> channel.config().setAutoRead(true),
                                            1_500,
                                            TimeUnit.MILLISECONDS);
                        });
        var request = Dials.request(TestHub.uri("localhost", TestHub.port(slow)));
        var node = Dials.withStep(request, Dials.node(), Duration.ofSeconds(1));
        assertThat(dials.fail(node)).hasMessageContaining("after TLS was there");

        var person = Introduction.client(Secret.of("a token"), Map.of(), Map.of());
        var client = Dials.withStep(request, person, Duration.ofSeconds(1));
        assertThat(dials.fail(client)).hasMessageContaining("TLS handshake within 1 s");
    }

    @Test
    void aConnectionThatEndsInTheTlsHandshakeIsSaidTo() {
        var server = TestHub.listen(dials.loops, Channel::close);
        var e = dials.fail(Dials.request(TestHub.uri("localhost", TestHub.port(server))));
        assertThat(e.failure()).isEqualTo(DialFailure.TLS);
        assertThat(e).hasMessageContaining("during the TLS handshake");
    }

    @Test
    void aVerifiedCertificateMustBeTrustedForTheNameAndInItsTime() {
        var day = ChronoUnit.DAYS;
        var now = Instant.now();
        var trust = new TlsTrust.Verified(List.of(ca.certificate()));
        assertTls(
                tls,
                new TlsTrust.Verified(List.of(new TestCa("other").certificate())),
                "CN=test CA, which this machine does not trust");
        assertTls(tls, new TlsTrust.Verified(List.of()), "does not trust");
        assertTls(
                ca.issue("other.example", "10.0.0.9"),
                trust,
                "(issued by CN=test CA) is not for that name, but for other.example, 10.0.0.9");
        assertTls(
                ca.issue(now.minus(9, day), now.minus(2, day), "localhost"),
                trust,
                "no longer valid");
        assertTls(
                ca.issue(now.plus(2, day), now.plus(9, day), "localhost"), trust, "not yet valid");
    }

    private void assertTls(TestCa.Issued certificate, TlsTrust trust, String why) {
        try (var hub = new TestHub(certificate, Dials.admits(Dials.WELCOME))) {
            var e = dials.fail(Dials.request(hub.uri(), trust, ProxySettings.none()));
            assertThat(e).hasMessageContaining(why);
            assertThat(e.failure()).isEqualTo(DialFailure.TLS);
        }
    }

    static Channel install(Handshaken<?> linked, Received received) {
        linked.handOver(channel -> channel.pipeline().addLast(received))
                .toCompletableFuture()
                .join();
        return linked.channel();
    }

    static ByteBuf utf8(String text) {
        return io.netty.buffer.Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
    }

    /// Stands for the mux.
    static final class Received extends SimpleChannelInboundHandler<ByteBuf> {
        private final StringBuffer text = new StringBuffer();

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, ByteBuf bytes) {
            text.append(bytes.toString(StandardCharsets.UTF_8));
        }

        boolean text(String expected) {
            Awaitility.await().until(() -> text.length() >= expected.length());
            return expected.contentEquals(text);
        }
    }

    /// Answers whatever it reads first with some text.
    static final class Says extends ChannelInboundHandlerAdapter {
        private final String text;

        Says(String text) {
            this.text = text;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ((ByteBuf) message).release();
            ctx.writeAndFlush(utf8(text));
        }
    }
}
