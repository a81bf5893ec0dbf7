package dev.fairlead.hub.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/// PEM files of keys and certificates.
final class Pem {

    private Pem() {}

    /// @throws IOException where a file cannot be read
    /// @throws IllegalArgumentException where one does not hold what it should, in words
    static KeyAndChain read(Path certificate, Path key) throws IOException {
        var chain = certificates(certificate);
        try {
            return new KeyAndChain(key(key), chain);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(key + ": " + e.getMessage(), e);
        }
    }

    static List<X509Certificate> certificates(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        try {
            return CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(bytes))
                    .stream()
                    .map(X509Certificate.class::cast)
                    .toList();
        } catch (CertificateException e) {
            throw new IllegalArgumentException(file + " holds no PEM certificates", e);
        }
    }

    private static PrivateKey key(Path file) throws IOException {
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        Object found;
        try (var parser = new PEMParser(new StringReader(text))) {
            do {
                found = parser.readObject();
            } while (found != null
                    && !(found instanceof PrivateKeyInfo)
                    && !(found instanceof PEMKeyPair)
                    && !found.getClass().getSimpleName().contains("Encrypted"));
        } catch (IOException e) {
            throw new IllegalArgumentException("no PEM private key is in it", e);
        }
        var converter = new JcaPEMKeyConverter();
        return switch (found) {
            case PrivateKeyInfo info -> converter.getPrivateKey(info);
            case PEMKeyPair pair -> converter.getPrivateKey(pair.getPrivateKeyInfo());
            case null -> throw new IllegalArgumentException("no PEM private key is in it");
            default ->
                    throw new IllegalArgumentException(
                            "the private key is encrypted; store it unencrypted, readable by the"
                                    + " hub only");
        };
    }

    static String write(String kind, byte[] der) {
        return "-----BEGIN "
                + kind
                + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
                + "\n-----END "
                + kind
                + "-----\n";
    }

    /// Puts a file in place whole or not at all, readable as `permissions` says from the first
    /// byte.
    static void store(Path file, String text, String permissions) throws IOException {
        Path folder = Objects.requireNonNull(file.getParent());
        Path draft = folder.resolve(file.getFileName() + ".new");
        Files.deleteIfExists(draft);
        Files.createFile(
                draft,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)));
        Files.writeString(draft, text, StandardOpenOption.SYNC);
        Files.move(
                draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
