package dev.fairlead.hub.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The hub's own certificate authority, for a hub that has no certificate of another's: `ca.pem`
/// and `ca.key`, and the served `leaf.pem` (with the CA behind it) and `leaf.key`, all in one
/// folder.
///
/// Whoever trusts this CA trusts it for the hub's configured names only: the names are critical
/// constraints in the CA itself, so a stolen key of it is of no use for any other site. When the
/// configured names change, a new CA has to be made, and trusted.
public final class LocalCa {

    static final Duration CA_LIFE = Duration.ofDays(3652);
    static final Duration LEAF_LIFE = Duration.ofDays(90);

    /// Clocks of clients may be behind by so much.
    private static final Duration BEFORE = Duration.ofDays(1);

    private static final Logger log = LoggerFactory.getLogger(LocalCa.class);

    private final Path folder;
    private final CertificateNames names;
    private final Clock clock;
    private final SecureRandom random;

    /// @param names DNS names and addresses, all that the certificates are good for
    public LocalCa(Path folder, List<String> names, Clock clock, SecureRandom random) {
        this.folder = folder;
        this.names = new CertificateNames(names);
        this.clock = clock;
        this.random = random;
    }

    /// The pair to serve now: the stored one while it is good, else a new one.
    ///
    /// @throws IOException where the folder cannot be read or written
    public KeyAndChain current() throws IOException {
        createFolder();
        var stored = stored("leaf.pem", "leaf.key");
        var ca = authority();
        if (stored != null
                && stored.chain().size() == 2
                && stored.chain().get(1).equals(ca.leaf())
                && names.areThoseOf(stored.leaf())
                && clock.instant().isBefore(renewAt(stored.leaf()))) {
            return stored;
        }
        return renew(ca);
    }

    /// When two thirds of a certificate's life are over.
    static Instant renewAt(X509Certificate certificate) {
        Instant from = certificate.getNotBefore().toInstant();
        return from.plus(
                Duration.between(from, certificate.getNotAfter().toInstant())
                        .multipliedBy(2)
                        .dividedBy(3));
    }

    private KeyAndChain authority() throws IOException {
        var stored = stored("ca.pem", "ca.key");
        if (stored != null) {
            boolean sameNames = names.constrain(stored.leaf());
            boolean lasts =
                    clock.instant()
                            .plus(LEAF_LIFE)
                            .isBefore(stored.leaf().getNotAfter().toInstant());
            if (sameNames && lasts) {
                return stored;
            }
            log.warn(
                    "The local CA {}: a new one is made, and people have to trust it again"
                            + " (fairlead login, fairlead trust install)",
                    sameNames ? "comes to its end" : "is good for other names than " + names);
        }
        return makeAuthority();
    }

    private KeyAndChain makeAuthority() throws IOException {
        var keys = generate();
        Instant now = clock.instant();
        // The random word tells the CAs of two hubs of one name apart in a list of trusted ones.
        var subject =
                new X500Name(
                        "CN=Fairlead CA of "
                                + names.first()
                                + " "
                                + serial().toString(36).substring(0, 6));
        var certificate =
                sign(
                        builder(subject, subject, keys.getPublic(), now.plus(CA_LIFE)),
                        keys.getPrivate(),
                        builder -> {
                            var utils = new JcaX509ExtensionUtils();
                            builder.addExtension(
                                    Extension.basicConstraints, true, new BasicConstraints(0));
                            builder.addExtension(
                                    Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
                            builder.addExtension(
                                    Extension.extendedKeyUsage,
                                    false,
                                    new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
                            builder.addExtension(
                                    Extension.nameConstraints, true, names.constraints());
                            builder.addExtension(
                                    Extension.subjectKeyIdentifier,
                                    false,
                                    utils.createSubjectKeyIdentifier(keys.getPublic()));
                        });
        var made = new KeyAndChain(keys.getPrivate(), List.of(certificate));
        store("ca", made);
        return made;
    }

    private KeyAndChain renew(KeyAndChain ca) throws IOException {
        var keys = generate();
        Instant end = clock.instant().plus(LEAF_LIFE);
        var issuer = X500Name.getInstance(ca.leaf().getSubjectX500Principal().getEncoded());
        var certificate =
                sign(
                        builder(issuer, new X500Name("CN=Fairlead hub"), keys.getPublic(), end),
                        ca.key(),
                        builder -> {
                            var utils = new JcaX509ExtensionUtils();
                            builder.addExtension(
                                    Extension.basicConstraints, true, new BasicConstraints(false));
                            builder.addExtension(
                                    Extension.keyUsage,
                                    true,
                                    new KeyUsage(KeyUsage.digitalSignature));
                            builder.addExtension(
                                    Extension.extendedKeyUsage,
                                    false,
                                    new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
                            builder.addExtension(
                                    Extension.subjectAlternativeName, false, names.alternatives());
                            builder.addExtension(
                                    Extension.authorityKeyIdentifier,
                                    false,
                                    utils.createAuthorityKeyIdentifier(ca.leaf()));
                            builder.addExtension(
                                    Extension.subjectKeyIdentifier,
                                    false,
                                    utils.createSubjectKeyIdentifier(keys.getPublic()));
                        });
        var made = new KeyAndChain(keys.getPrivate(), List.of(certificate, ca.leaf()));
        store("leaf", made);
        log.info("New certificate of the local CA for {}, good until {}", names, end);
        return made;
    }

    private X509v3CertificateBuilder builder(
            X500Name issuer, X500Name subject, PublicKey key, Instant end) {
        return new JcaX509v3CertificateBuilder(
                issuer,
                serial(),
                Date.from(clock.instant().minus(BEFORE)),
                Date.from(end),
                subject,
                key);
    }

    private interface Extensions {
        void add(X509v3CertificateBuilder builder) throws IOException, GeneralSecurityException;
    }

    private static X509Certificate sign(
            X509v3CertificateBuilder builder, PrivateKey key, Extensions extensions)
            throws IOException {
        try {
            extensions.add(builder);
            var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(key);
            return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalStateException("certificates cannot be made on this Java", e);
        }
    }

    private KeyPair generate() {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), random);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no P-256", e);
        }
    }

    private BigInteger serial() {
        return new BigInteger(127, random).setBit(126);
    }

    private void store(String name, KeyAndChain made) throws IOException {
        Pem.store(
                folder.resolve(name + ".key"),
                Pem.write("PRIVATE KEY", made.key().getEncoded()),
                "rw-------");
        Pem.store(folder.resolve(name + ".pem"), made.pem(), "rw-r--r--");
    }

    private @Nullable KeyAndChain stored(String certificate, String key) throws IOException {
        if (!Files.exists(folder.resolve(certificate)) || !Files.exists(folder.resolve(key))) {
            return null;
        }
        try {
            return Pem.read(folder.resolve(certificate), folder.resolve(key));
        } catch (IllegalArgumentException e) {
            // A stop between the two files leaves a pair that does not fit.
            log.warn("{} cannot be used and is made anew: {}", certificate, e.getMessage());
            return null;
        }
    }

    private void createFolder() throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(
                    folder,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
        }
    }
}
