package dev.fairlead.link.handshake;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A SHA-256: of the deployment's tagged root key (what a person calls the hub's fingerprint), or
/// of a TLS leaf certificate in DER. Its text is 64 lower-case hexadecimal digits. Compared in
/// constant time.
public final class Fingerprint {

    public static final int LENGTH = 32;

    private final byte[] hash;

    private Fingerprint(byte[] hash) {
        this.hash = hash;
    }

    public static Fingerprint of(VerifyingKey root) {
        return new Fingerprint(sha256(root.tagged()));
    }

    public static Fingerprint of(X509Certificate leaf) {
        try {
            return new Fingerprint(sha256(leaf.getEncoded()));
        } catch (CertificateEncodingException e) {
            throw new IllegalArgumentException("the certificate has no encoding", e);
        }
    }

    /// @throws IllegalArgumentException where it is not 32 bytes
    public static Fingerprint ofHash(byte[] hash) {
        if (hash.length != LENGTH) {
            throw new IllegalArgumentException("a SHA-256 has 32 bytes, not " + hash.length);
        }
        return new Fingerprint(hash.clone());
    }

    /// From text as a person types it: upper case, colons and blanks do not matter.
    ///
    /// @throws IllegalArgumentException with a sentence for that person
    public static Fingerprint parse(String text) {
        String hex = text.replaceAll("[\\s:]", "").toLowerCase(Locale.ROOT);
        if (hex.length() != 2 * LENGTH) {
            throw new IllegalArgumentException(
                    "a hub's fingerprint has 64 hexadecimal digits, this one has "
                            + hex.length()
                            + "; copy it whole from the hub's `fairlead status`");
        }
        try {
            return new Fingerprint(HexFormat.of().parseHex(hex));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "a hub's fingerprint has only the digits 0-9 and a-f; copy it whole from the hub's"
                            + " `fairlead status`",
                    e);
        }
    }

    public byte[] bytes() {
        return hash.clone();
    }

    @Override
    public boolean equals(@Nullable Object o) {
        return o instanceof Fingerprint other && MessageDigest.isEqual(hash, other.hash);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(hash);
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(hash);
    }

    static byte[] sha256(byte[] bytes) {
        return newSha256().digest(bytes);
    }

    static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
