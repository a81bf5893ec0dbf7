package dev.fairlead.cli.api;

import dev.fairlead.cli.CliException;
import dev.fairlead.cli.Exit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/// Whose signature on the hub's certificate counts: the system's roots, or the one CA that was
/// saved when the hub proved itself. There is no way to count everybody's.
final class Trust {

    private Trust() {}

    /// @param ca PEM file, or null for the system's roots
    /// @throws CliException where the file cannot be read
    static SSLContext context(@Nullable Path ca) {
        try {
            if (ca == null) {
                return SSLContext.getDefault();
            }
            var store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            try (var pem = Files.newInputStream(ca)) {
                int number = 0;
                for (var certificate :
                        CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                    store.setCertificateEntry("ca-" + number++, certificate);
                }
            }
            var factory =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            var context = SSLContext.getInstance("TLS");
            context.init(null, factory.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new CliException(
                    Exit.FAILED,
                    "The hub's CA in " + ca + " cannot be read: " + e.getMessage() + ".",
                    "fairlead login https://HUB#FINGERPRINT fetches it again");
        }
    }
}
