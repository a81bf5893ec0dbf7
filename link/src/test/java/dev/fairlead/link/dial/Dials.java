package dev.fairlead.link.dial;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.link.EventLoops;
import dev.fairlead.link.LinkLimits;
import dev.fairlead.link.handshake.Admission;
import dev.fairlead.link.handshake.Fingerprint;
import dev.fairlead.link.handshake.HandshakeSettings;
import dev.fairlead.link.handshake.Handshaken;
import dev.fairlead.link.handshake.HubAnchor;
import dev.fairlead.link.handshake.HubIdentity;
import dev.fairlead.link.handshake.Introduction;
import dev.fairlead.link.handshake.LinkTerms;
import dev.fairlead.link.handshake.PairingAnswer;
import dev.fairlead.link.handshake.PairingPerson;
import dev.fairlead.link.handshake.PeerIdentity;
import dev.fairlead.link.handshake.Refusal;
import dev.fairlead.link.handshake.Refused;
import dev.fairlead.link.handshake.SigningKey;
import dev.fairlead.link.handshake.Verdict;
import dev.fairlead.link.handshake.Welcome;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslProvider;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A dialler with event loops of its own, and what the dials of the tests have in common.
final class Dials implements AutoCloseable {

    static final Welcome WELCOME =
            new Welcome(
                    "ten_1",
                    "default",
                    "node_1",
                    "node1",
                    1,
                    LinkTerms.of(LinkLimits.DEFAULT),
                    List.of(),
                    Map.of());

    final EventLoopGroup loops = EventLoops.create(1, "test-dialer");
    final Dialer dialer;

    Dials() {
        dialer = new Dialer(loops, Clock.systemUTC());
    }

    Dials(SslProvider tls) {
        dialer = new Dialer(loops, Clock.systemUTC(), tls);
    }

    static Introduction node() {
        return Introduction.node(
                SigningKey.generate(new SecureRandom()),
                Map.of("exec", "1"),
                Map.of("os", "linux"));
    }

    static Admission admits(Verdict verdict) {
        return new Admission() {
            @Override
            public CompletionStage<Verdict> admit(PeerIdentity peer) {
                return CompletableFuture.completedStage(verdict);
            }

            @Override
            public CompletionStage<PairingAnswer> pair(PeerIdentity peer, String fingerprint) {
                return CompletableFuture.completedStage(new Refused(Refusal.BUSY, "no pairing"));
            }
        };
    }

    static DialRequest request(URI hub) {
        return request(hub, new TlsTrust.Any(), ProxySettings.none());
    }

    static DialRequest request(URI hub, TlsTrust trust, ProxySettings proxies) {
        return request(hub, trust, proxies, HubAnchor.of(TestHub.fingerprint()));
    }

    static DialRequest request(URI hub, TlsTrust trust, ProxySettings proxies, HubAnchor anchor) {
        return new DialRequest(
                hub,
                trust,
                proxies,
                anchor,
                node(),
                PairingPerson.nobody(),
                Duration.ofSeconds(5),
                HandshakeSettings.standard());
    }

    /// By somebody who only wants the hub's proof.
    static DialRequest looking(URI hub, Fingerprint root) {
        return new DialRequest(
                hub, new TlsTrust.Any(), ProxySettings.none(), HubAnchor.of(root), null);
    }

    static DialRequest impatient(DialRequest request) {
        return withStep(request, request.introduction(), Duration.ofMillis(300));
    }

    static DialRequest withStep(
            DialRequest request, @Nullable Introduction introduction, Duration step) {
        return new DialRequest(
                request.hub(),
                request.trust(),
                request.proxies(),
                request.anchor(),
                introduction,
                request.person(),
                step,
                request.handshake());
    }

    Handshaken<HubIdentity> dial(DialRequest request) {
        return dialer.dial(request).orTimeout(20, TimeUnit.SECONDS).join();
    }

    DialException fail(DialRequest request) {
        var failure = new CompletableFuture<DialException>();
        assertThatThrownBy(() -> dial(request))
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(DialException.class, failure::complete);
        return failure.join();
    }

    @Override
    public void close() {
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
