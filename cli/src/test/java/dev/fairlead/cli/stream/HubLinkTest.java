package dev.fairlead.cli.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.cli.CliException;
import dev.fairlead.cli.Exit;
import dev.fairlead.cli.profile.Profile;
import dev.fairlead.link.dial.ProxySettings;
import dev.fairlead.link.handshake.InnerTls;
import java.net.URI;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HubLinkTest {

    @Test
    void innerTlsIsChosenByTheEnvironment() {
        assertThat(HubLink.innerTls(Map.of())).isEqualTo(InnerTls.AUTO);
        assertThat(HubLink.innerTls(Map.of("FAIRLEAD_INNER_TLS", ""))).isEqualTo(InnerTls.AUTO);
        assertThat(HubLink.innerTls(Map.of("FAIRLEAD_INNER_TLS", "always")))
                .isEqualTo(InnerTls.ALWAYS);
        assertThat(HubLink.innerTls(Map.of("FAIRLEAD_INNER_TLS", "never")))
                .isEqualTo(InnerTls.NEVER);
        assertThatThrownBy(() -> HubLink.innerTls(Map.of("FAIRLEAD_INNER_TLS", "sometimes")))
                .isInstanceOfSatisfying(
                        CliException.class, e -> assertThat(e.exit()).isEqualTo(Exit.USAGE))
                .hasMessageContaining("FAIRLEAD_INNER_TLS is \"sometimes\"");
    }

    /// Without a fingerprint nobody knows who is inside.
    @Test
    void alwaysNeedsAFingerprint() {
        var profile =
                new Profile(
                        URI.create("https://hub.example"),
                        null,
                        null,
                        "ann",
                        "acme",
                        "fls_x",
                        null);
        assertThatThrownBy(() ->
                        new HubLink(
                                        "default",
                                        profile,
                                        null,
                                        ProxySettings.none(),
                                        InnerTls.ALWAYS,
                                        Clock.systemUTC())
                                .close())
                .isInstanceOf(CliException.class)
                .hasMessageContaining("needs the hub's fingerprint");
    }
}
