package dev.fairlead.link.dial;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// Decides about the outer certificate, and remembers what it saw: the words of a failure need it.
/// One for each dial.
public final class SeenCertificates extends HubsOnly {

    /// Null takes any certificate.
    private final @Nullable X509ExtendedTrustManager judge;

    private volatile List<X509Certificate> chain = List.of();
    private volatile boolean rejected;

    private SeenCertificates(@Nullable X509ExtendedTrustManager judge) {
        this.judge = judge;
    }

    public static SeenCertificates of(TlsTrust trust) {
        return switch (trust) {
            case TlsTrust.Any() -> new SeenCertificates(null);
            case TlsTrust.Verified(var anchors) -> new SeenCertificates(judge(anchors));
        };
    }

    private static X509ExtendedTrustManager judge(List<X509Certificate> anchors) {
        try {
            KeyStore store = null;
            if (!anchors.isEmpty()) {
                store = KeyStore.getInstance("PKCS12");
                store.load(null, null);
                for (int i = 0; i < anchors.size(); i++) {
                    store.setCertificateEntry("anchor-" + i, anchors.get(i));
                }
            }
            var factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(store);
            for (var manager : factory.getTrustManagers()) {
                if (manager instanceof X509ExtendedTrustManager extended) {
                    return extended;
                }
            }
            throw new IllegalStateException("this Java verifies no certificates");
        } catch (GeneralSecurityException | java.io.IOException e) {
            throw new IllegalStateException("this Java verifies no certificates", e);
        }
    }

    /// What the hub showed last, its own certificate first; empty where it showed none.
    public List<X509Certificate> chain() {
        return chain;
    }

    @Nullable X509Certificate leaf() {
        return chain.isEmpty() ? null : chain.getFirst();
    }

    boolean isRejected() {
        return rejected;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
            throws CertificateException {
        this.chain = List.of(chain);
        if (judge != null) {
            rejected = true;
            judge.checkServerTrusted(chain, type, engine);
            rejected = false;
        }
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return judge == null ? new X509Certificate[0] : judge.getAcceptedIssuers();
    }
}
