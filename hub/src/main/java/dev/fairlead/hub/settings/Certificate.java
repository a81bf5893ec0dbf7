package dev.fairlead.hub.settings;

import dev.fairlead.link.handshake.Fingerprint;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The schema `Certificate`: one certificate, as people compare it.
///
/// @param names DNS names and addresses that it is good for; empty for a CA
/// @param ca whether it may sign others
record Certificate(
        String subject,
        String issuer,
        String serial,
        List<String> names,
        Instant notBefore,
        Instant notAfter,
        String fingerprint,
        String algorithm,
        boolean ca) {

    private static final int DNS = 2;
    private static final int ADDRESS = 7;
    private static final int MOST_NAMES = 100;
    private static final int LONGEST_NAME = 512;

    static Certificate of(X509Certificate certificate) {
        return new Certificate(
                cut(certificate.getSubjectX500Principal().getName()),
                cut(certificate.getIssuerX500Principal().getName()),
                cut(certificate.getSerialNumber().toString(16)),
                names(certificate),
                certificate.getNotBefore().toInstant(),
                certificate.getNotAfter().toInstant(),
                Fingerprint.of(certificate).toString(),
                cut(certificate.getSigAlgName()),
                certificate.getBasicConstraints() >= 0);
    }

    private static List<String> names(X509Certificate certificate) {
        var names = new ArrayList<String>();
        try {
            @Nullable Iterable<List<?>> all = certificate.getSubjectAlternativeNames();
            if (all == null) {
                return names;
            }
            for (var name : all) {
                int kind = (Integer) name.get(0);
                if ((kind == DNS || kind == ADDRESS) && names.size() < MOST_NAMES) {
                    String text = cut(String.valueOf(name.get(1)));
                    names.add(kind == ADDRESS ? address(text) : text);
                }
            }
        } catch (CertificateParsingException e) {
            // A certificate that browsers may still take; its names are not readable here.
            return List.of();
        }
        return names;
    }

    /// As people write it: `::1`.
    private static String address(String text) {
        try {
            return NetUtil.toAddressString(InetAddress.ofLiteral(text));
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    private static String cut(String text) {
        return text.length() <= LONGEST_NAME ? text : text.substring(0, LONGEST_NAME - 1) + "…";
    }
}
