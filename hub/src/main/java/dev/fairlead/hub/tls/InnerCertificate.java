package dev.fairlead.hub.tls;

import dev.fairlead.link.handshake.InnerTlsServer;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// The certificate of the TLS inside links: made at each start, in memory only. Nobody verifies it;
/// the hub's proof of identity inside is bound to it. Its dates say nothing, so that no clock
/// matters.
public final class InnerCertificate {

    private static final Date BEGINNING = Date.from(Instant.EPOCH);
    private static final Date NEVER = Date.from(Instant.parse("9999-12-31T23:59:59Z"));

    private InnerCertificate() {}

    public static InnerTlsServer make(SecureRandom random) {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), random);
            var keys = generator.generateKeyPair();
            var name = new X500Name("CN=Fairlead inner TLS");
            var builder =
                    new JcaX509v3CertificateBuilder(
                            name,
                            new BigInteger(127, random).setBit(126),
                            BEGINNING,
                            NEVER,
                            name,
                            keys.getPublic());
            var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate());
            return InnerTlsServer.of(
                    keys.getPrivate(),
                    new JcaX509CertificateConverter().getCertificate(builder.build(signer)));
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalStateException("certificates cannot be made on this Java", e);
        }
    }
}
