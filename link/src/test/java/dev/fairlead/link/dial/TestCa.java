package dev.fairlead.link.dial;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// A certificate authority of its own for a test.
public final class TestCa {

    public record Issued(PrivateKey key, X509Certificate certificate) {}

    private final KeyPair keys;
    private final X500Principal name;
    private final X509Certificate certificate;

    public TestCa(String name) {
        this.name = new X500Principal("CN=" + name);
        this.keys = newKeys();
        var now = Instant.now();
        this.certificate =
                sign(
                        this.name,
                        keys,
                        now.minus(365, ChronoUnit.DAYS),
                        now.plus(365, ChronoUnit.DAYS),
                        builder ->
                                builder.addExtension(
                                        Extension.basicConstraints,
                                        true,
                                        new BasicConstraints(true)));
    }

    X509Certificate certificate() {
        return certificate;
    }

    public Issued issue(String... hosts) {
        var now = Instant.now();
        return issue(now.minus(1, ChronoUnit.DAYS), now.plus(1, ChronoUnit.DAYS), hosts);
    }

    Issued issue(Instant from, Instant until, String... hosts) {
        var leaf = newKeys();
        var names =
                Stream.of(hosts)
                        .map(host ->
                                new GeneralName(
                                        host.matches("[0-9.]+|.*:.*")
                                                ? GeneralName.iPAddress
                                                : GeneralName.dNSName,
                                        host))
                        .toArray(GeneralName[]::new);
        var issued =
                sign(
                        new X500Principal("CN=" + hosts[0]),
                        leaf,
                        from,
                        until,
                        builder ->
                                builder.addExtension(
                                        Extension.subjectAlternativeName,
                                        false,
                                        new GeneralNames(names)));
        return new Issued(leaf.getPrivate(), issued);
    }

    /// One that names where its issuer's certificate is to be had, as CAs of the public do.
    Issued issueOfPublicKind(String host) {
        var leaf = newKeys();
        var now = Instant.now();
        return new Issued(
                leaf.getPrivate(),
                sign(
                        new X500Principal("CN=" + host),
                        leaf,
                        now.minus(1, ChronoUnit.DAYS),
                        now.plus(1, ChronoUnit.DAYS),
                        builder ->
                                builder.addExtension(
                                        Extension.authorityInfoAccess,
                                        false,
                                        new org.bouncycastle.asn1.x509.AuthorityInformationAccess(
                                                org.bouncycastle.asn1.x509.AccessDescription
                                                        .id_ad_caIssuers,
                                                new GeneralName(
                                                        GeneralName.uniformResourceIdentifier,
                                                        "http://ca.example/ca.cer")))));
    }

    /// An intermediate one.
    ///
    /// @param isCa whether its certificate says that it may issue others
    TestCa below(String other, Instant from, Instant until, boolean isCa) {
        var below = newKeys();
        var subject = new X500Principal("CN=" + other);
        return new TestCa(
                subject,
                below,
                sign(
                        subject,
                        below,
                        from,
                        until,
                        builder ->
                                builder.addExtension(
                                        Extension.basicConstraints,
                                        true,
                                        new BasicConstraints(isCa))));
    }

    private TestCa(X500Principal name, KeyPair keys, X509Certificate certificate) {
        this.name = name;
        this.keys = keys;
        this.certificate = certificate;
    }

    private interface Extend {
        void to(JcaX509v3CertificateBuilder builder) throws CertIOException;
    }

    private X509Certificate sign(
            X500Principal subject, KeyPair of, Instant from, Instant until, Extend extend) {
        try {
            var builder =
                    new JcaX509v3CertificateBuilder(
                            name,
                            BigInteger.valueOf(System.nanoTime()),
                            Date.from(from),
                            Date.from(until),
                            subject,
                            of.getPublic());
            extend.to(builder);
            var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate());
            return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
        } catch (GeneralSecurityException | CertIOException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyPair newKeys() {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
