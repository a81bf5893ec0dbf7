package dev.fairlead.link.dial;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.link.handshake.Admission;
import dev.fairlead.link.handshake.HandshakeException;
import dev.fairlead.link.handshake.HubAnchor;
import dev.fairlead.link.handshake.PairingAnswer;
import dev.fairlead.link.handshake.PeerIdentity;
import dev.fairlead.link.handshake.Verdict;
import io.github.nettyplus.leakdetector.junit.NettyLeakDetectorExtension;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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
        assertThat(hub.failures.poll(5, TimeUnit.SECONDS))
                .isInstanceOfSatisfying(
                        HandshakeException.class,
                        atHub -> assertThat(atHub.end()).isEqualTo(HandshakeException.End.CLOSED));
        assertThat(asked).hasValue(0);
        assertThat(hub.links).isEmpty();
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

    private static final class Carry extends ChannelInboundHandlerAdapter {
        private final Channel other;

        Carry(Channel other) {
            this.other = other;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            other.writeAndFlush((ByteBuf) message);
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
