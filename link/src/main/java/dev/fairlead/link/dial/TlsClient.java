package dev.fairlead.link.dial;

import dev.fairlead.link.handshake.Leaf;
import dev.fairlead.link.handshake.Role;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/// Puts TLS on a connection and says which certificate was seen.
final class TlsClient {

    /// A hub to which a whole fleet comes back answers one after the other, people first: a node
    /// that hangs up meanwhile, and comes again, only makes its work more.
    private static final int SILENT_STEPS = 3;

    private final DialRequest request;
    private final @Nullable ProxyServer proxy;
    private final TlsContexts.Context context;
    private final Clock clock;
    private final SeenCertificates seen;

    /// How long the hub may say nothing.
    private final Duration silence;

    TlsClient(DialRequest request, @Nullable ProxyServer proxy, TlsContexts contexts, Clock clock) {
        this.context = contexts.of(request.trust(), isNode(request));
        this.request = request;
        this.proxy = proxy;
        this.clock = clock;
        this.seen = SeenCertificates.of(request.trust());
        this.silence = isNode(request) ? request.step().multipliedBy(SILENT_STEPS) : request.step();
    }

    private static boolean isNode(DialRequest request) {
        var introduction = request.introduction();
        return introduction != null && introduction.role() == Role.NODE;
    }

    /// Waits on a virtual thread until TLS is there.
    Leaf secure(Channel channel) throws DialException, InterruptedException {
        var secured = new CompletableFuture<Leaf>();
        var spoke = new CompletableFuture<Boolean>();
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
                    channel.pipeline().addLast(new FirstWord(spoke));
                    channel.pipeline().addLast("tls", tls);
                    channel.pipeline().addLast("tls-errors", new QuietErrors());
                    if (!channel.isActive()) {
                        secured.completeExceptionally(describe(new ClosedChannelException()));
                    }
                });
        secured.whenComplete((_, _) -> spoke.complete(true));
        Step.await(spoke, silence, () -> late(silence));
        return Step.await(secured, request.step(), () -> late(request.step()));
    }

    private SslHandler handler(Channel channel) {
        var tls = context.ssl().newHandler(channel.alloc(), request.host(), request.port());
        // The waits of `secure` come first.
        tls.setHandshakeTimeoutMillis(silence.plus(request.step()).plusSeconds(1).toMillis());
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

    private DialException late(Duration time) {
        return new DialException(
                DialFailure.TIMED_OUT,
                "%s did not finish the TLS handshake within %d s"
                        .formatted(request.hostAndPort(), time.toSeconds()));
    }

    private DialException describe(Throwable cause) {
        var hub = request.hostAndPort();
        if (has(cause, SslHandshakeTimeoutException.class)) {
            return late(request.step());
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
            var fault = ChainFault.of(seen.chain(), cause, hub, request.host(), clock.instant());
            return new DialException(
                    DialFailure.TLS, fault.sentence() + "; " + fault.remedy(), cause);
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

    private static boolean has(Throwable error, Class<? extends Throwable> kind) {
        for (Throwable at = error; at != null; at = at.getCause()) {
            if (kind.isInstance(at)) {
                return true;
            }
        }
        return false;
    }

    /// Says that something has come, and takes itself out.
    private static final class FirstWord extends ChannelInboundHandlerAdapter {

        private final CompletableFuture<Boolean> spoke;

        FirstWord(CompletableFuture<Boolean> spoke) {
            this.spoke = spoke;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            spoke.complete(true);
            ctx.pipeline().remove(this);
            ctx.fireChannelRead(message);
        }
    }
}
