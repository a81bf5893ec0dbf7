package dev.fairlead.link.dial;

import dev.fairlead.link.handshake.Leaf;
import io.netty.channel.Channel;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLPeerUnverifiedException;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// Puts TLS on a connection and says which certificate was seen.
final class TlsClient {

    private final DialRequest request;
    private final @Nullable ProxyServer proxy;
    private final TlsContexts.Context context;
    private final Clock clock;
    private final SeenCertificates seen;

    TlsClient(DialRequest request, @Nullable ProxyServer proxy, TlsContexts contexts, Clock clock) {
        this.context = contexts.of(request.trust());
        this.request = request;
        this.proxy = proxy;
        this.clock = clock;
        this.seen = SeenCertificates.of(request.trust());
    }

    /// Waits on a virtual thread until TLS is there.
    Leaf secure(Channel channel) throws DialException, InterruptedException {
        var secured = new CompletableFuture<Leaf>();
        channel.eventLoop()
                .execute(() -> {
                    var tls = handler(channel);
                    context.judges().put(tls.engine(), seen);
                    tls.handshakeFuture()
                            .addListener(shaken -> {
                                context.judges().remove(tls.engine());
                                if (shaken.isSuccess()) {
                                    complete(secured, tls);
                                } else {
                                    secured.completeExceptionally(describe(shaken.cause()));
                                }
                            });
                    channel.pipeline().addLast("tls", tls);
                    channel.pipeline().addLast("tls-errors", new QuietErrors());
                    if (!channel.isActive()) {
                        secured.completeExceptionally(describe(new ClosedChannelException()));
                    }
                });
        return Step.await(secured, request.step().plusSeconds(1), late());
    }

    private SslHandler handler(Channel channel) {
        var tls = context.ssl().newHandler(channel.alloc(), request.host(), request.port());
        tls.setHandshakeTimeoutMillis(request.step().toMillis());
        return tls;
    }

    private static void complete(CompletableFuture<Leaf> secured, SslHandler tls) {
        try {
            var chain = tls.engine().getSession().getPeerCertificates();
            secured.complete(Leaf.of((X509Certificate) chain[0]));
        } catch (SSLPeerUnverifiedException e) {
            secured.completeExceptionally(e);
        }
    }

    /// TLS 1.3 that takes any certificate: of the TLS inside a link, whose proof is bound to it.
    static SslContext inside(SslProvider provider) {
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

    private DialException late() {
        return new DialException(
                DialFailure.TIMED_OUT,
                "%s did not finish the TLS handshake within %d s"
                        .formatted(request.hostAndPort(), request.step().toSeconds()));
    }

    private DialException describe(Throwable cause) {
        var hub = request.hostAndPort();
        if (has(cause, SslHandshakeTimeoutException.class)) {
            return late();
        }
        if (has(cause, NotSslRecordException.class)) {
            return proxy == null
                    ? new DialException(
                            DialFailure.NOT_A_HUB,
                            hub
                                    + " does not speak TLS: it is no hub, or a login page answers in its place",
                            cause)
                    : new DialException(
                            DialFailure.PROXY_LOGIN_PAGE,
                            "the proxy %s answers for %s itself, without TLS: perhaps with a login page; sign this machine in there, or ask its operator to let the hub pass"
                                    .formatted(proxy, hub),
                            cause);
        }
        var leaf = seen.leaf();
        if (leaf != null && seen.isRejected()) {
            return new DialException(DialFailure.TLS, rejected(leaf, cause), cause);
        }
        if (has(cause, ClosedChannelException.class)) {
            // A page that came with the proxy's yes is gone with it; what is seen is the end.
            return proxy != null && leaf == null
                    ? new DialException(
                            DialFailure.PROXY_LOGIN_PAGE,
                            "the proxy %s said yes to a connection to %s and ended it at once: perhaps it has a login page; sign this machine in there, or ask its operator to let the hub pass"
                                    .formatted(proxy, hub),
                            cause)
                    : new DialException(
                            DialFailure.TLS,
                            "%s ended the connection during the TLS handshake: a firewall, or something that is no hub"
                                    .formatted(hub),
                            cause);
        }
        return new DialException(
                DialFailure.TLS,
                "TLS with %s failed: %s"
                        .formatted(hub, Text.shown(String.valueOf(cause.getMessage()))),
                cause);
    }

    private String rejected(X509Certificate leaf, Throwable cause) {
        var hub = request.hostAndPort();
        var now = clock.instant();
        for (var certificate : seen.chain()) {
            var from = certificate.getNotBefore().toInstant();
            var until = certificate.getNotAfter().toInstant();
            if (now.isBefore(from) || now.isAfter(until)) {
                return "the TLS certificate of %s is %s: it counts from %s to %s, and this machine's clock says %s; check the clock first, then the hub's certificate"
                        .formatted(
                                hub,
                                now.isBefore(from) ? "not yet valid" : "no longer valid",
                                from,
                                until,
                                now.truncatedTo(ChronoUnit.SECONDS));
            }
        }
        String issuer = Text.shown(leaf.getIssuerX500Principal().getName());
        if (has(cause, CertPathBuilderException.class)
                || has(cause, CertPathValidatorException.class)) {
            return "the TLS certificate of %s is issued by %s, which this machine does not trust; for a hub with a CA of its own run: fairlead login https://%s#FINGERPRINT"
                    .formatted(hub, issuer, hub);
        }
        return "the TLS certificate of %s (issued by %s) is not for that name: %s"
                .formatted(hub, issuer, Text.shown(root(cause)));
    }

    private static String root(Throwable cause) {
        var deepest = cause;
        while (deepest.getCause() != null && deepest.getCause() != deepest) {
            deepest = deepest.getCause();
        }
        return String.valueOf(deepest.getMessage());
    }

    private static boolean has(Throwable error, Class<? extends Throwable> kind) {
        for (Throwable at = error; at != null; at = at.getCause()) {
            if (kind.isInstance(at)) {
                return true;
            }
        }
        return false;
    }
}
