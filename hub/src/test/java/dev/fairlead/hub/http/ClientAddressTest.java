package dev.fairlead.hub.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.hub.Cidr;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClientAddressTest {

    private final ClientAddress direct = new ClientAddress(List.of());
    private final ClientAddress proxied =
            new ClientAddress(List.of(Cidr.parse("10.0.0.0/8"), Cidr.parse("::1")));

    @Test
    void withoutProxiesTheHeaderIsNotBelieved() {
        assertThat(direct.of(ip("192.0.2.1"), "203.0.113.9")).isEqualTo("192.0.2.1");
        assertThat(direct.mayConnect(ip("192.0.2.1"))).isTrue();
    }

    @Test
    void behindProxiesTheLastAddressThatIsNotOneOfThemCounts() {
        assertThat(proxied.of(ip("10.0.0.1"), null)).isEqualTo("10.0.0.1");
        assertThat(proxied.of(ip("10.0.0.1"), "203.0.113.9")).isEqualTo("203.0.113.9");
        assertThat(proxied.of(ip("10.0.0.1"), "1.2.3.4, 203.0.113.9, 10.9.9.9"))
                .isEqualTo("203.0.113.9");
        assertThat(proxied.of(ip("10.0.0.1"), "forged, 203.0.113.9")).isEqualTo("203.0.113.9");
        assertThat(proxied.of(ip("10.0.0.1"), "203.0.113.9, nonsense")).isEqualTo("10.0.0.1");
        assertThat(proxied.of(ip("::1"), "2001:db8::7")).isEqualTo("2001:db8:0:0:0:0:0:7");
    }

    @Test
    void onlyTheProxiesMayConnect() {
        assertThat(proxied.mayConnect(ip("10.1.2.3"))).isTrue();
        assertThat(proxied.mayConnect(ip("192.0.2.1"))).isFalse();
    }

    private static InetAddress ip(String text) {
        return InetAddress.ofLiteral(text);
    }
}
