package dev.fairlead.link.handshake;

import java.security.cert.X509Certificate;

/// The TLS certificate that a dialer saw.
///
/// @param issuer who issued it, for the message where it is not the hub's
public record Leaf(Fingerprint fingerprint, String issuer) {

    public static Leaf of(X509Certificate certificate) {
        return new Leaf(
                Fingerprint.of(certificate),
                Fields.clean(certificate.getIssuerX500Principal().getName()));
    }
}
