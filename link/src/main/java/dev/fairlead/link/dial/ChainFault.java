package dev.fairlead.link.dial;

import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertPathValidatorException.Reason;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CertificateParsingException;
import java.security.cert.PKIXReason;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Why a hub's chain of certificates was not accepted: which certificate of it, who issued that
/// one, and what to do.
///
/// @param sentence without a full stop
/// @param remedy likewise
public record ChainFault(String sentence, String remedy) {

    /// Authority information access: where the issuer's certificate is to be had; CAs of the public
    /// set it.
    private static final String AIA = "1.3.6.1.5.5.7.1.1";

    private static final int DNS = 2;
    private static final int ADDRESS = 7;

    private static final String IN_THE_CHAIN =
            "put the right certificates behind the hub's own one, in tls.certificate of hub.yaml or"
                    + " in the load balancer";

    /// @param chain what was shown, the hub's own first; at least one
    /// @param cause what verifying it threw
    /// @param hub `HOST:PORT` as it was dialled
    /// @param host what the certificate has to be for
    public static ChainFault of(
            List<X509Certificate> chain, Throwable cause, String hub, String host, Instant now) {
        boolean isAboutDates =
                find(cause, CertificateExpiredException.class) != null
                        || find(cause, CertificateNotYetValidException.class) != null;
        for (int i = 0; i < chain.size() && isAboutDates; i++) {
            var one = chain.get(i);
            if (now.isBefore(one.getNotBefore().toInstant())
                    || now.isAfter(one.getNotAfter().toInstant())) {
                return dates(chain, i, hub, now);
            }
        }
        var broken = find(cause, CertPathValidatorException.class);
        if (broken != null && broken.getIndex() >= 0 && broken.getIndex() < chain.size()) {
            var reason = reason(broken.getReason(), chain.get(broken.getIndex()));
            if (reason.isPresent()) {
                return new ChainFault(
                        which(chain, broken.getIndex(), hub) + " " + reason.get(), IN_THE_CHAIN);
            }
        }
        return broken != null || isAboutThePath(cause)
                ? untrusted(chain, hub)
                : otherName(chain.getFirst(), hub, host, cause);
    }

    private static ChainFault dates(List<X509Certificate> chain, int i, String hub, Instant now) {
        var one = chain.get(i);
        return new ChainFault(
                "%s is %s: it counts from %s to %s, and this machine's clock says %s"
                        .formatted(
                                which(chain, i, hub),
                                now.isBefore(one.getNotBefore().toInstant())
                                        ? "not yet valid"
                                        : "no longer valid",
                                one.getNotBefore().toInstant(),
                                one.getNotAfter().toInstant(),
                                now.truncatedTo(ChronoUnit.SECONDS)),
                i == 0
                        ? "check the clock first; if it is right, the hub's certificate has to be"
                                + " renewed"
                        : "check the clock first; if it is right, " + IN_THE_CHAIN);
    }

    /// A certificate of the chain and its issuer, in words.
    private static String which(List<X509Certificate> chain, int i, String hub) {
        String issuer = name(chain.get(i).getIssuerX500Principal().getName());
        return i == 0
                ? "the TLS certificate of %s (issued by %s)".formatted(hub, issuer)
                : "certificate %d of %d in the chain that %s shows, %s (issued by %s),"
                        .formatted(
                                i + 1,
                                chain.size(),
                                hub,
                                name(chain.get(i).getSubjectX500Principal().getName()),
                                issuer);
    }

    private static Optional<String> reason(Reason reason, X509Certificate one) {
        if (reason == BasicReason.ALGORITHM_CONSTRAINED) {
            return Optional.of(
                    "is signed in a way that counts no more (%s, key %s)"
                            .formatted(one.getSigAlgName(), one.getPublicKey().getAlgorithm()));
        }
        if (reason == BasicReason.INVALID_SIGNATURE) {
            return Optional.of("is not signed by the CA of that name that this machine knows");
        }
        if (reason == BasicReason.REVOKED) {
            return Optional.of("was revoked by its issuer");
        }
        if (!(reason instanceof PKIXReason pkix)) {
            return Optional.empty();
        }
        return switch (pkix) {
            case NOT_CA_CERT, INVALID_KEY_USAGE, PATH_TOO_LONG ->
                    Optional.of("may not issue certificates, but one is issued by it");
            case INVALID_NAME -> Optional.of("is for a name that its issuer may not vouch for");
            case NAME_CHAINING -> Optional.of("is not the issuer of the one before it");
            case UNRECOGNIZED_CRIT_EXT -> Optional.of("demands something that is not known here");
            case NO_TRUST_ANCHOR, INVALID_POLICY -> Optional.empty();
        };
    }

    private static ChainFault untrusted(List<X509Certificate> chain, String hub) {
        var last = chain.getLast();
        String issuer = name(last.getIssuerX500Principal().getName());
        boolean selfSigned = last.getSubjectX500Principal().equals(last.getIssuerX500Principal());
        String login =
                "for a hub with a CA of its own run: fairlead login https://"
                        + hub
                        + "#FINGERPRINT";
        if (selfSigned && chain.size() == 1) {
            return new ChainFault(
                    "the TLS certificate of %s is issued by %s, by itself, which this machine does not trust"
                            .formatted(hub, issuer),
                    login);
        }
        if (!selfSigned && last.getExtensionValue(AIA) != null) {
            return new ChainFault(
                    "the chain of TLS certificates of %s is cut short: its last one, %s, is issued by %s, which this machine does not trust and which is not sent along"
                            .formatted(hub, name(last.getSubjectX500Principal().getName()), issuer),
                    "put the certificate of "
                            + issuer
                            + " behind the others, in tls.certificate of hub.yaml or in the load"
                            + " balancer");
        }
        return new ChainFault(
                "the TLS certificate of %s is issued by %s, which this machine does not trust"
                        .formatted(hub, issuer),
                "if that is a proxy that inspects TLS, it must let this hub pass; if it is a CA of"
                        + " your house, this machine must be told to trust it; "
                        + login);
    }

    private static ChainFault otherName(
            X509Certificate leaf, String hub, String host, Throwable cause) {
        String issuer = name(leaf.getIssuerX500Principal().getName());
        var names = names(leaf);
        if (names.contains(host)) {
            return new ChainFault(
                    "the TLS certificate of %s (issued by %s) is not accepted: %s"
                            .formatted(hub, issuer, Text.shown(deepest(cause))),
                    "have another one made");
        }
        return new ChainFault(
                "the TLS certificate of %s (issued by %s) is not for that name, but for %s"
                        .formatted(
                                hub,
                                issuer,
                                names.isEmpty() ? "none" : Text.shown(String.join(", ", names))),
                "dial the hub by a name in the hub's certificate, or add the name to names: in"
                        + " hub.yaml (a certificate of another CA has to be made anew for it)");
    }

    private static List<String> names(X509Certificate leaf) {
        try {
            var all = leaf.getSubjectAlternativeNames();
            return all == null
                    ? List.of()
                    : all.stream()
                            .filter(one -> one.get(0).equals(DNS) || one.get(0).equals(ADDRESS))
                            .map(one -> String.valueOf(one.get(1)))
                            .toList();
        } catch (CertificateParsingException e) {
            return List.of();
        }
    }

    private static String name(String distinguished) {
        return Text.shown(distinguished);
    }

    private static boolean isAboutThePath(Throwable cause) {
        return find(cause, java.security.cert.CertPathBuilderException.class) != null;
    }

    private static <T extends Throwable> @Nullable T find(Throwable error, Class<T> kind) {
        for (Throwable at = error; at != null; at = at.getCause()) {
            if (kind.isInstance(at)) {
                return kind.cast(at);
            }
        }
        return null;
    }

    private static String deepest(Throwable cause) {
        var at = cause;
        while (at.getCause() != null && at.getCause() != at) {
            at = at.getCause();
        }
        return String.valueOf(at.getMessage());
    }
}
