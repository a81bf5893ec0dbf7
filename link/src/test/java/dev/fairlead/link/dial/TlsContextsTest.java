package dev.fairlead.link.dial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TlsContextsTest {

    /// A link lasts for days, and only when it is lost is its ticket needed: Netty's own five
    /// minutes would make a fleet that comes back at once do without.
    @ParameterizedTest
    @EnumSource(
            value = SslProvider.class,
            names = {"JDK", "OPENSSL"})
    void aTicketIsKeptForAsLongAsAHubTakesIt(SslProvider provider) {
        assumeTrue(provider == SslProvider.JDK || OpenSsl.isAvailable());
        var tickets =
                new TlsContexts(provider, 5).of(new TlsTrust.Any(), true).ssl().sessionContext();

        assertThat(tickets.getSessionTimeout()).isEqualTo((int) Duration.ofDays(2).toSeconds());
        assertThat(tickets.getSessionCacheSize()).isEqualTo(5);
    }
}
