package dev.fairlead.hub.tls;

import java.math.BigInteger;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.time.Clock;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// What a thief of the local CA's key would make, and plain pairs of an administrator's.
final class Forge {

    private Forge() {}

    static KeyAndChain leaf(Path folder, List<String> names, Clock clock) throws Exception {
        var ca = Pem.read(folder.resolve("ca.pem"), folder.resolve("ca.key"));
        var keys = KeyPairGenerator.getInstance("EC").generateKeyPair();
        var builder =
                new JcaX509v3CertificateBuilder(
                        X500Name.getInstance(ca.leaf().getSubjectX500Principal().getEncoded()),
                        BigInteger.TEN,
                        Date.from(clock.instant()),
                        Date.from(clock.instant().plus(Duration.ofDays(1))),
                        new X500Name("CN=forged"),
                        keys.getPublic());
        builder.addExtension(
                Extension.subjectAlternativeName,
                false,
                new CertificateNames(names).alternatives());
        var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(ca.key());
        return new KeyAndChain(
                keys.getPrivate(),
                List.of(
                        new JcaX509CertificateConverter().getCertificate(builder.build(signer)),
                        ca.leaf()));
    }

    /// A self-signed pair in two PEM files.
    static KeyAndChain selfSigned(Path certificate, Path key, String algorithm) throws Exception {
        var generator = KeyPairGenerator.getInstance(algorithm);
        if (algorithm.equals("RSA")) {
            generator.initialize(2048);
        }
        var keys = generator.generateKeyPair();
        var now = Clock.systemUTC().instant();
        var builder =
                new JcaX509v3CertificateBuilder(
                        new X500Name("CN=self"),
                        BigInteger.valueOf(now.toEpochMilli()),
                        Date.from(now.minus(Duration.ofDays(1))),
                        Date.from(now.plus(Duration.ofDays(1))),
                        new X500Name("CN=self"),
                        keys.getPublic());
        builder.addExtension(
                Extension.subjectAlternativeName,
                false,
                new CertificateNames(List.of("localhost")).alternatives());
        var signer =
                new JcaContentSignerBuilder(
                                "SHA256with" + (algorithm.equals("EC") ? "ECDSA" : algorithm))
                        .build(keys.getPrivate());
        var pair =
                new KeyAndChain(
                        keys.getPrivate(),
                        List.of(
                                new JcaX509CertificateConverter()
                                        .getCertificate(builder.build(signer))));
        Pem.store(certificate, pair.pem(), "rw-r--r--");
        Pem.store(key, Pem.write("PRIVATE KEY", keys.getPrivate().getEncoded()), "rw-------");
        return pair;
    }
}
