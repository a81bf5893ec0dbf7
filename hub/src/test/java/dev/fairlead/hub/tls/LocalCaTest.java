package dev.fairlead.hub.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalCaTest {

    private static final List<String> NAMES = List.of("hub.example.com", "192.0.2.7", "::1");

    @TempDir Path folder;

    private final MovingClock clock =
            new MovingClock(Instant.now().truncatedTo(ChronoUnit.SECONDS));

    private LocalCa ca(List<String> names) {
        return new LocalCa(folder.resolve("tls"), names, clock, new SecureRandom());
    }

    @Test
    void theLeafIsGoodForTheNamesUnderACaThatIsLimitedToThem() throws Exception {
        var pair = ca(NAMES).current();

        assertThat(pair.chain()).hasSize(2);
        assertThat(pair.leaf().getSubjectAlternativeNames())
                .extracting(entry -> String.valueOf(entry.get(1)))
                .containsExactly("hub.example.com", "192.0.2.7", "0:0:0:0:0:0:0:1");
        assertThat(pair.chain().get(1).getCriticalExtensionOIDs()).contains("2.5.29.30");
        assertThat(days(pair.leaf())).isEqualTo(91);
        assertThat(days(pair.chain().get(1))).isEqualTo(3653);
        validate(pair);
    }

    /// RFC 5280 has no such thing, and browsers refuse a CA with one.
    @Test
    void noListOfItsConstraintsIsEmpty() throws Exception {
        for (var names : List.of(NAMES, List.of("hub.example.com"), List.of("192.0.2.7"))) {
            var ca = ca(names).current().chain().get(1);
            var constraints =
                    NameConstraints.getInstance(
                            ASN1OctetString.getInstance(ca.getExtensionValue("2.5.29.30"))
                                    .getOctets());
            assertThat(constraints.getPermittedSubtrees()).isNotEmpty();
            var excluded = constraints.getExcludedSubtrees();
            assertThat(excluded == null || excluded.length > 0).as(names.toString()).isTrue();
        }
    }

    @Test
    void aStolenCaKeyIsOfNoUseForOtherNames() throws Exception {
        var ca = ca(NAMES);
        ca.current();
        // The same CA files under other names: what a thief would make.
        for (var other :
                List.of(
                        List.of("bank.example.com"),
                        List.of("192.0.2.8"),
                        List.of("2001:db8::1"),
                        List.of("example.com"))) {
            var forged = Forge.leaf(folder.resolve("tls"), other, clock);
            assertThatThrownBy(() -> validate(forged))
                    .as(other.toString())
                    .isInstanceOf(CertPathValidatorException.class);
        }
        validate(Forge.leaf(folder.resolve("tls"), List.of("hub.example.com"), clock));
    }

    @Test
    void namesOfOneKindExcludeTheOtherKind() throws Exception {
        ca(List.of("hub.example.com")).current();
        var address = Forge.leaf(folder.resolve("tls"), List.of("192.0.2.8"), clock);
        assertThatThrownBy(() -> validate(address)).isInstanceOf(CertPathValidatorException.class);

        ca(List.of("192.0.2.7")).current();
        var name = Forge.leaf(folder.resolve("tls"), List.of("hub.example.com"), clock);
        assertThatThrownBy(() -> validate(name)).isInstanceOf(CertPathValidatorException.class);
    }

    @Test
    void aRestartKeepsThePairAndTwoThirdsOfItsLifeRenewTheLeafAlone() throws Exception {
        var first = ca(NAMES).current();
        assertThat(ca(NAMES).current()).isEqualTo(first);

        clock.move(Duration.ofDays(58));
        assertThat(ca(NAMES).current()).isEqualTo(first);
        clock.move(Duration.ofDays(3));
        var second = ca(NAMES).current();

        assertThat(second.leaf()).isNotEqualTo(first.leaf());
        assertThat(second.key()).isNotEqualTo(first.key());
        assertThat(second.chain().get(1)).isEqualTo(first.chain().get(1));
        validate(second);
    }

    @Test
    void otherNamesNeedAnotherCa() throws Exception {
        var first = ca(NAMES).current();
        var second = ca(List.of("other.example.com")).current();

        assertThat(second.chain().get(1)).isNotEqualTo(first.chain().get(1));
        validate(second);
    }

    @Test
    void theSameNamesInAnotherOrderChangeNothing() throws Exception {
        var first = ca(NAMES).current();

        assertThat(ca(NAMES.reversed()).current()).isEqualTo(first);
    }

    /// Browsers do not read certificates with Java's parser; OpenSSL's is another's work as well.
    @Test
    void opensslRefusesALeafOutsideTheNames() throws Exception {
        var pair = ca(NAMES).current();
        var authority = folder.resolve("tls/ca.pem");

        assertThat(openssl(authority, pair)).endsWith(": OK");
        for (String other : List.of("bank.example.com", "192.0.2.8", "2001:db8::1")) {
            var forged = Forge.leaf(folder.resolve("tls"), List.of(other), clock);
            assertThat(openssl(authority, forged)).contains("permitted subtree violation");
        }
    }

    private String openssl(Path authority, KeyAndChain pair) throws Exception {
        var leaf =
                Files.writeString(
                        folder.resolve("leaf.pem"),
                        "-----BEGIN CERTIFICATE-----\n"
                                + Base64.getMimeEncoder().encodeToString(pair.leaf().getEncoded())
                                + "\n-----END CERTIFICATE-----\n");
        var process =
                new ProcessBuilder(
                                "openssl",
                                "verify",
                                "-CAfile",
                                authority.toString(),
                                leaf.toString())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said.strip();
    }

    @Test
    void aPairThatWasHalfWrittenIsMadeAnew() throws Exception {
        var first = ca(NAMES).current();
        Files.delete(folder.resolve("tls/leaf.pem"));
        Files.writeString(folder.resolve("tls/leaf.pem"), "nonsense");

        var second = ca(NAMES).current();

        assertThat(second.chain().get(1)).isEqualTo(first.chain().get(1));
        validate(second);
    }

    @Test
    void keysAreReadableByTheHubAlone() throws Exception {
        ca(NAMES).current();

        for (var file : List.of("tls", "tls/ca.key", "tls/leaf.key")) {
            assertThat(
                            PosixFilePermissions.toString(
                                    Files.getPosixFilePermissions(folder.resolve(file))))
                    .as(file)
                    .endsWith("------");
        }
        assertThat(folder.resolve("tls/ca.pem")).isRegularFile();
    }

    private static long days(X509Certificate certificate) {
        return ChronoUnit.DAYS.between(
                certificate.getNotBefore().toInstant(), certificate.getNotAfter().toInstant());
    }

    private void validate(KeyAndChain pair) throws Exception {
        // The JDK applies the constraints of a certificate in the path only, never an anchor's; as
        // the CA signed itself, it can stand in the path below its own name and key.
        var ca = pair.chain().get(1);
        var anchor = new TrustAnchor(ca.getSubjectX500Principal(), ca.getPublicKey(), null);
        var parameters = new PKIXParameters(Set.of(anchor));
        parameters.setRevocationEnabled(false);
        parameters.setDate(Date.from(clock.instant()));
        var path = CertificateFactory.getInstance("X.509").generateCertPath(pair.chain());
        CertPathValidator.getInstance("PKIX").validate(path, parameters);
    }
}
