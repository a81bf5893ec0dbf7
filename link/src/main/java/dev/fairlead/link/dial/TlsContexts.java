package dev.fairlead.link.dial;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// What the dials of one [Dialer] share of TLS: above all the tickets that hubs gave out, by which
/// a dial resumes the TLS session of an earlier one. That costs neither side a signature, and the
/// dialer still knows which certificate it saw, for the session remembers it: a hub takes a ticket
/// only for the certificate that it shows now.
final class TlsContexts {

    /// Says before TLS that a node comes for its link, so that a hub can let people pass a fleet.
    /// Hubs choose none of these; what ends TLS in front of one chooses the second. Not with the
    /// JDK's TLS, where it would put another engine around the one that [Judges] know.
    private static final ApplicationProtocolConfig LINK =
            new ApplicationProtocolConfig(
                    ApplicationProtocolConfig.Protocol.ALPN,
                    ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                    ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                    Upgrade.PROTOCOL,
                    "http/1.1");

    /// As long as BoringSSL, at the hub, says that its tickets for TLS 1.3 hold. Netty forgets them
    /// after five minutes, but a node needs its own when its link ends, which was long ago.
    private static final int TICKET_SECONDS = 2 * 24 * 60 * 60;

    private final SslProvider provider;
    private final int tickets;
    private final Map<Purpose, Context> byPurpose = new ConcurrentHashMap<>();

    /// @param node whether it is for a node's link
    private record Purpose(TlsTrust trust, boolean node) {}

    /// @param tickets that are kept at most, the oldest ones going first; each is used once
    TlsContexts(SslProvider provider, int tickets) {
        this.provider = provider;
        this.tickets = tickets;
    }

    /// A context, and who judges the certificates that come by it.
    record Context(SslContext ssl, Judges judges) {}

    /// @param node whether it is for a node's link: its hello then says so
    Context of(TlsTrust trust, boolean node) {
        return byPurpose.computeIfAbsent(new Purpose(trust, node), this::make);
    }

    /// TLS 1.3 that takes any certificate: of the TLS inside a link, whose proof is bound to it. A
    /// fresh one each time, so that nothing is resumed.
    SslContext inside() {
        try {
            return SslContextBuilder.forClient()
                    .sslProvider(provider)
                    .protocols("TLSv1.3")
                    .trustManager(SeenCertificates.of(new TlsTrust.Any()))
                    .endpointIdentificationAlgorithm(null)
                    .build();
        } catch (SSLException e) {
            throw new IllegalStateException("TLS does not work in this Java", e);
        }
    }

    private Context make(Purpose purpose) {
        var judges = new Judges();
        try {
            return new Context(
                    SslContextBuilder.forClient()
                            .sslProvider(provider)
                            .protocols("TLSv1.3", "TLSv1.2")
                            .trustManager(judges)
                            .endpointIdentificationAlgorithm(
                                    purpose.trust() instanceof TlsTrust.Any ? null : "HTTPS")
                            .applicationProtocolConfig(
                                    purpose.node() && provider != SslProvider.JDK ? LINK : null)
                            .sessionTimeout(TICKET_SECONDS)
                            .sessionCacheSize(tickets)
                            .build(),
                    judges);
        } catch (SSLException e) {
            throw new IllegalStateException("TLS does not work in this Java", e);
        }
    }

    /// Hands each certificate to the dial that it came in.
    static final class Judges extends HubsOnly {

        private final Map<SSLEngine, SeenCertificates> byEngine = new ConcurrentHashMap<>();

        void put(SSLEngine engine, SeenCertificates judge) {
            byEngine.put(engine, judge);
        }

        void remove(SSLEngine engine) {
            byEngine.remove(engine);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            @Nullable SeenCertificates judge = byEngine.get(engine);
            if (judge == null) {
                throw new CertificateException("nobody waits for this certificate any more");
            }
            judge.checkServerTrusted(chain, type, engine);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
