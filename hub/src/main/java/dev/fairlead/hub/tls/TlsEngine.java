package dev.fairlead.hub.tls;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslContext;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.SSLEngineOptions;
import io.vertx.core.net.ServerSSLOptions;
import io.vertx.core.spi.tls.SslContextFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// TLS of the one port: BoringSSL where its library loads, else the JDK's engine; TLS 1.2 and 1.3,
/// forward secrecy and authenticated ciphers only, X25519 first.
///
/// Vert.x would hand the key over anew at each handshake; here it is given to the context once.
public final class TlsEngine extends SSLEngineOptions {

    /// Those of TLS 1.3, then of 1.2.
    static final List<String> CIPHERS =
            List.of(
                    "TLS_AES_128_GCM_SHA256",
                    "TLS_AES_256_GCM_SHA384",
                    "TLS_CHACHA20_POLY1305_SHA256",
                    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
                    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
                    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
                    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
                    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
                    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

    static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

    private static final String[] GROUPS = {"X25519", "P-256", "P-384"};

    private final ServedCertificates certificates;
    private final TicketKeys tickets;
    private final int handshakeSeconds;
    private final boolean boringSsl;
    private volatile @Nullable OpenSslContext context;

    /// @param tickets the file with the keys of session tickets
    /// @param handshakeSeconds after which a connection that has not finished its handshake is
    ///   closed
    public TlsEngine(ServedCertificates certificates, Path tickets, int handshakeSeconds) {
        this(certificates, tickets, handshakeSeconds, OpenSsl.isAvailable());
    }

    TlsEngine(
            ServedCertificates certificates,
            Path tickets,
            int handshakeSeconds,
            boolean boringSsl) {
        this.certificates = certificates;
        this.handshakeSeconds = handshakeSeconds;
        this.tickets = new TicketKeys(tickets, Clock.systemUTC(), new SecureRandom());
        this.boringSsl = boringSsl;
    }

    /// `boringssl` or `jdk`, for the log.
    public String name() {
        return boringSsl ? "boringssl" : "jdk";
    }

    /// What the server is given at the start, and again after each change of the pair.
    public ServerSSLOptions options() {
        return new ServerSSLOptions()
                .setEnabledSecureTransportProtocols(Set.copyOf(PROTOCOLS))
                .setKeyCertOptions(KeyCertOptions.wrap(keyManagers(certificates.pair())))
                .setSslHandshakeTimeout(handshakeSeconds);
    }

    @Override
    public SslContextFactory sslContextFactory() {
        return this::context;
    }

    private SslContext context() throws SSLException {
        var pair = certificates.pair();
        var builder =
                boringSsl
                        ? SslContextBuilder.forServer(pair.key(), pair.chain())
                                .sslProvider(SslProvider.OPENSSL)
                                .option(OpenSslContextOption.GROUPS, GROUPS)
                        : SslContextBuilder.forServer(keyManagers(pair))
                                .sslProvider(SslProvider.JDK);
        var built =
                builder.ciphers(CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
                        .protocols(PROTOCOLS)
                        .build();
        if (built instanceof OpenSslContext openSsl) {
            openSsl.sessionContext().setTicketKeys(tickets.of(pair.leafHash()));
            context = openSsl;
        }
        return built;
    }

    /// Changes the keys of session tickets when it is time; to be called more often than daily.
    public void renewTickets() {
        var now = context;
        if (now != null) {
            now.sessionContext().setTicketKeys(tickets.of(certificates.pair().leafHash()));
        }
    }

    /// "SunX509" opens the key once; "PKIX" would open its store at each handshake.
    private static KeyManagerFactory keyManagers(KeyAndChain pair) {
        char[] none = {};
        try {
            var store = KeyStore.getInstance("PKCS12");
            store.load(null, none);
            store.setKeyEntry(
                    "hub", pair.key(), none, pair.chain().toArray(X509Certificate[]::new));
            var factory = KeyManagerFactory.getInstance("SunX509");
            factory.init(store, none);
            return factory;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("this Java cannot hold the pair in memory", e);
        }
    }

    @Override
    public TlsEngine copy() {
        return this;
    }
}
