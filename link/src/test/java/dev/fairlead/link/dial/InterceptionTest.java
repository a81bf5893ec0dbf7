package dev.fairlead.link.dial;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.link.Calls;
import dev.fairlead.link.Link;
import dev.fairlead.link.LinkEnd;
import dev.fairlead.link.LinkLimits;
import dev.fairlead.link.LinkListener;
import dev.fairlead.link.StreamServer;
import dev.fairlead.link.handshake.Admission;
import dev.fairlead.link.handshake.Between;
import dev.fairlead.link.handshake.HandshakeException;
import dev.fairlead.link.handshake.Handshaken;
import dev.fairlead.link.handshake.HubAnchor;
import dev.fairlead.link.handshake.PairingAnswer;
import dev.fairlead.link.handshake.PeerIdentity;
import dev.fairlead.link.handshake.Verdict;
import io.github.nettyplus.leakdetector.junit.NettyLeakDetectorExtension;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// A relay that ends TLS with a certificate of its own and speaks TLS to the hub, as inspecting
/// firewalls do: it sees every byte, but the proof inside is bound to the hub's certificate.
@ExtendWith(NettyLeakDetectorExtension.class)
class InterceptionTest {

    private final TestCa hubCa = new TestCa("hub CA");
    private final TestCa relayCa = new TestCa("inspection CA");
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicLong carried = new AtomicLong();
    private final ByteArrayOutputStream seen = new ByteArrayOutputStream();
    private final Dials dials = new Dials();
    private final TestHub hub = new TestHub(hubCa.issue("localhost"), new CountingAdmission());
    private final Channel relay = relay(relayCa.issue("localhost"));

    @AfterEach
    void close() {
        relay.close().syncUninterruptibly();
        hub.close();
        dials.close();
    }

    @Test
    void aNodeSeesTheRelayBeforeItSaysWhoItIs() throws InterruptedException {
        assertIntercepted(new TlsTrust.Any(), HubAnchor.of(TestHub.fingerprint()));
    }

    @Test
    void evenOneWhoseAuthorityThisMachineTrusts() throws InterruptedException {
        assertIntercepted(
                new TlsTrust.Verified(List.of(relayCa.certificate())),
                HubAnchor.of(TestHub.fingerprint()));
    }

    @Test
    void evenWithoutKnowingTheHubsFingerprint() throws InterruptedException {
        assertIntercepted(new TlsTrust.Any(), HubAnchor.any());
    }

    private void assertIntercepted(TlsTrust trust, HubAnchor anchor) throws InterruptedException {
        var uri = TestHub.uri("localhost", TestHub.port(relay));
        var e = dials.fail(Dials.request(uri, trust, ProxySettings.none(), anchor));
        assertThat(e.failure()).isEqualTo(DialFailure.INTERCEPTED);
        assertThat(e).hasMessageContaining("issued by CN=inspection CA");
        // The hub saw a connection that ended after its PROOF: no IDENTITY, no token.
        assertThat(hub.failures.poll(30, TimeUnit.SECONDS))
                .isInstanceOfSatisfying(
                        HandshakeException.class,
                        atHub -> assertThat(atHub.end()).isEqualTo(HandshakeException.End.CLOSED));
        assertThat(asked).hasValue(0);
        assertThat(hub.links).isEmpty();
    }

    /// The hub offers a second TLS inside: the link comes about, and the relay reads nothing of it.
    @Test
    void throughInnerTlsALinkComesAboutThatTheRelayCannotRead() throws Exception {
        try (var offering = TestHub.offering(hubCa.issue("localhost"), new CountingAdmission())) {
            var between = relay(relayCa.issue("localhost"), offering.port());
            var uri = TestHub.uri("localhost", TestHub.port(between));
            var linked = dials.dial(Dials.request(uri));
            assertThat(linked.other().between()).isEqualTo(new Between(true, "CN=inspection CA"));
            var atHub = offering.links.poll(30, TimeUnit.SECONDS);
            assertThat(atHub).isNotNull();
            assertThat(atHub.other().between()).isEqualTo(new Between(true, "CN=inspection CA"));

            byte[] secret = "what nobody else may read ".repeat(30_000).getBytes(US_ASCII);
            var ended = new CompletableFuture<LinkEnd>();
            LinkListener listener = (cause, message) -> ended.complete(cause);
            link(
                    atHub,
                    Link.Side.ACCEPTOR,
                    stream -> Calls.serve(stream, Thread::startVirtualThread, q -> q.document()),
                    (cause, message) -> {});
            var link = link(linked, Link.Side.DIALER, stream -> {}, listener);
            var question = new Calls.Question("1", "echo", Duration.ofSeconds(20), false, secret);
            assertThat(Calls.ask(link, question)).isEqualTo(secret);
            assertThat(carried.get()).isGreaterThan(2L * secret.length);
            assertThat(seen.toString(US_ASCII)).contains("GET /link").doesNotContain("nobody");

            link.close(LinkEnd.CLOSED, "done");
            assertThat(ended.get(30, TimeUnit.SECONDS)).isEqualTo(LinkEnd.CLOSED);
            link.channel().closeFuture().sync();
            between.close().syncUninterruptibly();
        }
    }

    private static Link link(
            Handshaken<?> proved, Link.Side side, StreamServer server, LinkListener listener) {
        return proved.handOver(
                        channel -> Link.start(channel, side, LinkLimits.DEFAULT, server, listener))
                .toCompletableFuture()
                .join();
    }

    /// The relay itself works: what it carries is refused for its certificate only.
    @Test
    void aLoadBalancerWhoseCertificateTheHubListsIsNoRelay() {
        var balancer = relayCa.issue("localhost");
        try (var listed =
                new TestHub(
                        hubCa.issue("localhost"),
                        new CountingAdmission(),
                        TestHub::upgrade,
                        balancer.certificate())) {
            var between = relay(balancer, listed.port());
            var uri = TestHub.uri("localhost", TestHub.port(between));
            var linked = dials.dial(Dials.request(uri));
            assertThat(asked).hasValue(1);
            linked.channel().close().syncUninterruptibly();
            between.close().syncUninterruptibly();
        }
    }

    private Channel relay(TestCa.Issued certificate) {
        return relay(certificate, hub.port());
    }

    private Channel relay(TestCa.Issued certificate, int hubPort) {
        var outside = TestHub.context(certificate);
        var inside = trusting();
        return TestHub.listen(
                dials.loops,
                near -> {
                    near.config().setAutoRead(false);
                    new Bootstrap()
                            .group(near.eventLoop())
                            .channel(near.getClass())
                            .handler(
                                    new ChannelInitializer<SocketChannel>() {
                                        @Override
                                        protected void initChannel(SocketChannel far) {
                                            near.pipeline()
                                                    .addLast(
                                                            outside.newHandler(near.alloc()),
                                                            new Carry(far));
                                            far.pipeline()
                                                    .addLast(
                                                            inside.newHandler(far.alloc()),
                                                            new Carry(near));
                                        }
                                    })
                            .connect("127.0.0.1", hubPort)
                            .addListener(_ -> near.config().setAutoRead(true));
                });
    }

    private static SslContext trusting() {
        try {
            return SslContextBuilder.forClient()
                    .trustManager(InsecureTrustManagerFactory.INSTANCE)
                    .endpointIdentificationAlgorithm(null)
                    .build();
        } catch (SSLException e) {
            throw new IllegalStateException(e);
        }
    }

    private final class Carry extends ChannelInboundHandlerAdapter {
        private final Channel other;

        Carry(Channel other) {
            this.other = other;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            var bytes = (ByteBuf) message;
            carried.addAndGet(bytes.readableBytes());
            synchronized (seen) {
                seen.writeBytes(ByteBufUtil.getBytes(bytes));
            }
            other.writeAndFlush(bytes);
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            other.close();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }

    private final class CountingAdmission implements Admission {
        @Override
        public CompletionStage<Verdict> admit(PeerIdentity peer) {
            asked.incrementAndGet();
            return CompletableFuture.completedStage(Dials.WELCOME);
        }

        @Override
        public CompletionStage<PairingAnswer> pair(PeerIdentity peer, String fingerprint) {
            asked.incrementAndGet();
            return new CompletableFuture<>();
        }
    }
}
