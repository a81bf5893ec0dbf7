package dev.fairlead.link.handshake;

import io.netty.channel.Channel;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLException;

/// The hub's end of the TLS inside links. Its certificate is for this alone and means nothing by
/// itself: the proof of identity inside is bound to it.
public final class InnerTlsServer {

    private final SslContext context;
    private final Fingerprint leaf;

    private InnerTlsServer(SslContext context, Fingerprint leaf) {
        this.context = context;
        this.leaf = leaf;
    }

    /// @param certificate a fresh one of this process, of any names and dates
    public static InnerTlsServer of(PrivateKey key, X509Certificate certificate) {
        try {
            return new InnerTlsServer(
                    SslContextBuilder.forServer(key, certificate)
                            .sslProvider(
                                    OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
                            .protocols("TLSv1.3")
                            .build(),
                    Fingerprint.of(certificate));
        } catch (SSLException e) {
            throw new IllegalStateException("TLS does not work in this Java", e);
        }
    }

    /// SHA-256 of the certificate that dialers see inside.
    Fingerprint leaf() {
        return leaf;
    }

    SslHandler handler(Channel channel) {
        return context.newHandler(channel.alloc());
    }
}
