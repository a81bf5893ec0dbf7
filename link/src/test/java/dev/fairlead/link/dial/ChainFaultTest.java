package dev.fairlead.link.dial;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.Test;

/// Each link of a chain fails once, and is named with its issuer and what to do.
class ChainFaultTest {

    private final TestCa root = new TestCa("root of the test");
    private final Instant now = Instant.now();

    /// What Java says of a chain, in our words.
    private String explain(List<X509Certificate> chain) throws Exception {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("root", root.certificate());
        var factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(store);
        var judge = (X509ExtendedTrustManager) factory.getTrustManagers()[0];
        try {
            judge.checkServerTrusted(
                    chain.toArray(X509Certificate[]::new), "ECDHE_ECDSA", (java.net.Socket) null);
        } catch (CertificateException e) {
            var fault = ChainFault.of(chain, e, "hub.example:443", "hub.example", now);
            return fault.sentence() + " -> " + fault.remedy();
        }
        var fault =
                ChainFault.of(
                        chain,
                        new CertificateException("No name matching hub.example found"),
                        "hub.example:443",
                        "hub.example",
                        now);
        return fault.sentence() + " -> " + fault.remedy();
    }

    @Test
    void anIntermediateThatHasExpired() throws Exception {
        var middle =
                root.below(
                        "middle",
                        now.minus(9, ChronoUnit.DAYS),
                        now.minus(1, ChronoUnit.DAYS),
                        true);
        var leaf = middle.issue("hub.example").certificate();
        assertThat(explain(List.of(leaf, middle.certificate())))
                .contains("certificate 2 of 2 in the chain that hub.example:443 shows, CN=middle")
                .contains("(issued by CN=root of the test), is no longer valid: it counts from")
                .contains(
                        "check the clock first; if it is right, put the right certificates behind");
    }

    @Test
    void aLeafThatHasExpired() throws Exception {
        var leaf =
                root.issue(
                        now.minus(9, ChronoUnit.DAYS),
                        now.minus(1, ChronoUnit.DAYS),
                        "hub.example");
        assertThat(explain(List.of(leaf.certificate())))
                .contains(
                        "the TLS certificate of hub.example:443 (issued by CN=root of the test) is no longer")
                .contains("has to be renewed");
    }

    @Test
    void anIntermediateThatIsNotSentAlong() throws Exception {
        var middle =
                root.below(
                        "middle",
                        now.minus(1, ChronoUnit.DAYS),
                        now.plus(9, ChronoUnit.DAYS),
                        true);
        assertThat(explain(List.of(middle.issue("hub.example").certificate())))
                .contains("is issued by CN=middle, which this machine does not trust")
                .contains("fairlead login https://hub.example:443#FINGERPRINT");
        assertThat(explain(List.of(middle.issueOfPublicKind("hub.example").certificate())))
                .contains("cut short: its last one, CN=hub.example, is issued by CN=middle")
                .contains("put the certificate of CN=middle behind the others");
    }

    @Test
    void anIntermediateThatIsNoCa() throws Exception {
        var middle =
                root.below(
                        "middle",
                        now.minus(1, ChronoUnit.DAYS),
                        now.plus(9, ChronoUnit.DAYS),
                        false);
        assertThat(
                        explain(
                                List.of(
                                        middle.issue("hub.example").certificate(),
                                        middle.certificate())))
                .contains("certificate 2 of 2", "CN=middle", "may not issue certificates");
    }

    @Test
    void aCaOfTheSameNameWithAnotherKey() throws Exception {
        var other = new TestCa("root of the test");
        assertThat(explain(List.of(other.issue("hub.example").certificate())))
                .contains("the TLS certificate of hub.example:443 (issued by CN=root of the test)")
                .contains("is not signed by the CA of that name that this machine knows");
    }

    @Test
    void anotherName() throws Exception {
        assertThat(explain(List.of(root.issue("other.example", "10.0.0.1").certificate())))
                .contains(
                        "(issued by CN=root of the test) is not for that name, but for other.example, 10.0.0.1")
                .contains("add the name to names: in hub.yaml");
    }

    @Test
    void aStrangersWordsAreMadeFitToBeShown() throws Exception {
        var other = new TestCa("evil \u202e\u0007ca");
        assertThat(explain(List.of(other.issue("hub.example").certificate())))
                .doesNotContain("\u202e")
                .doesNotContain("\u0007");
    }
}
