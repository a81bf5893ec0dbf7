package dev.fairlead.cli.api;

import dev.fairlead.cli.CliException;
import dev.fairlead.cli.Exit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Whose signature on the hub's certificate counts: the system's roots, or the one CA that was
/// saved when the hub proved itself. There is no way to count everybody's.
public final class HubCa {

    private HubCa() {}

    /// @param ca PEM file, or null for the system's roots
    /// @return empty for the system's roots
    /// @throws CliException where the file cannot be read, or holds no certificate
    public static List<X509Certificate> anchors(@Nullable Path ca) {
        if (ca == null) {
            return List.of();
        }
        try (var pem = Files.newInputStream(ca)) {
            var anchors =
                    CertificateFactory.getInstance("X.509").generateCertificates(pem).stream()
                            .map(X509Certificate.class::cast)
                            .toList();
            if (anchors.isEmpty()) {
                throw new CertificateException("it holds no certificate");
            }
            return anchors;
        } catch (IOException | CertificateException e) {
            throw new CliException(
                    Exit.FAILED,
                    "The hub's CA in " + ca + " cannot be read: " + e.getMessage() + ".",
                    "fairlead login https://HUB#FINGERPRINT fetches it again");
        }
    }
}
