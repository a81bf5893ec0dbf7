package dev.fairlead.link.dial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProxySettingsTest {

    private static final String PROXY = "http://proxy.example:3128";

    @Test
    void noVariableMeansNoProxy() {
        assertThat(ProxySettings.ofEnvironment(Map.of()).forHub("hub", 443)).isNull();
        assertThat(ProxySettings.ofEnvironment(Map.of("HTTPS_PROXY", " ")).forHub("hub", 443))
                .isNull();
        assertThat(ProxySettings.none().forHub("hub", 443)).isNull();
    }

    @Test
    void theLowerCaseVariableGoesFirst() {
        var settings =
                ProxySettings.ofEnvironment(
                        Map.of("HTTPS_PROXY", "http://upper", "https_proxy", "http://lower:1"));
        assertThat(settings.forHub("hub", 443)).hasToString("lower:1");
        assertThat(
                        ProxySettings.ofEnvironment(Map.of("HTTPS_PROXY", PROXY, "NO_PROXY", "hub"))
                                .forHub("hub", 443))
                .isNull();
    }

    @Test
    void thisMachineIsReachedThroughAProxyOnlyIfTheConfigurationSaysSo() {
        var environment = ProxySettings.ofEnvironment(Map.of("HTTPS_PROXY", PROXY));
        var configured = ProxySettings.configured(PROXY, null, "");
        for (String host : List.of("localhost", "127.0.0.1", "127.9.9.9", "::1")) {
            assertThat(environment.forHub(host, 443)).as(host).isNull();
            assertThat(configured.forHub(host, 443)).as(host).isNotNull();
        }
        assertThat(environment.forHub("hub", 443)).isNotNull();
    }

    @Test
    void theRulesOfNoProxy() {
        // List, host that goes directly, host that does not.
        assertRule("*", "anything", null);
        assertRule("example.org", "example.org", "example.com");
        assertRule("example.org", "hub.example.org", "badexample.org");
        assertRule("Example.ORG", "HUB.example.org.", "org");
        assertRule(".example.org", "hub.example.org", "example.org");
        assertRule("*.example.org", "a.b.example.org", "example.org");
        assertRule("a, b  c,,d", "d", "e");
        assertRule("example.org:443", "example.org", "example.com");
        assertRule("10.1.2.3", "10.1.2.3", "10.1.2.4");
        assertRule("10.0.0.0/8", "10.255.1.1", "11.0.0.1");
        assertRule("10.0.0.0/8", "10.0.0.1", "10.example.org");
        assertRule("192.168.4.0/22", "192.168.7.255", "192.168.8.0");
        assertRule("0.0.0.0/0", "8.8.8.8", "::1");
        assertRule("fd00::/8", "fd12::1", "fe80::1");
        assertRule("::1", "::1", "::2");
        assertRule("[fd00::1]:443", "fd00::1", "fd00::2");
        assertRule("10.1.2.3:443", "10.1.2.3", "10.1.2.4");
        assertThat(direct("example.org:443", "example.org", 444)).isFalse();
        assertThat(direct("10.1.2.3:443", "10.1.2.3", 444)).isFalse();
        assertThat(direct("", "hub", 443)).isFalse();
        for (String bad : List.of("10.0.0.0/33", "10.0.0.0/x", "hub/8")) {
            assertThatThrownBy(() -> direct(bad, "hub", 443)).hasMessageContaining("NO_PROXY");
        }
    }

    private static void assertRule(String list, String direct, @Nullable String proxied) {
        assertThat(direct(list, direct, 443)).as("%s for %s", list, direct).isTrue();
        if (proxied != null) {
            assertThat(direct(list, proxied, 443)).as("%s for %s", list, proxied).isFalse();
        }
    }

    private static boolean direct(String list, String host, int port) {
        return ProxySettings.configured(PROXY, null, list).forHub(host, port) == null;
    }

    @Test
    void aProxyIsReadWithItsUserAndPassword(@TempDir Path folder) throws IOException {
        var plain = ProxyServer.parse("proxy.example", null);
        assertThat(plain).hasToString("proxy.example:3128");
        assertThat(plain.authorization()).isNull();

        var both = ProxyServer.parse("http://a%40b:p%3Aq+r@[fd00::1]:8080/", null);
        assertThat(both).hasToString("[fd00::1]:8080");
        assertThat(both.host()).isEqualTo("fd00::1");
        assertThat(basic(both)).isEqualTo("a@b:p:q+r");

        var file = Files.writeString(folder.resolve("password"), "from the file\n");
        var later = ProxyServer.parse("http://me@proxy:1", file);
        assertThat(basic(later)).isEqualTo("me:from the file");
        Files.writeString(file, "changed");
        assertThat(basic(later)).isEqualTo("me:changed");
    }

    private static String basic(ProxyServer proxy) throws IOException {
        String value = Objects.requireNonNull(proxy.authorization());
        assertThat(value).startsWith("Basic ");
        return new String(Base64.getDecoder().decode(value.substring(6)), StandardCharsets.UTF_8);
    }

    @Test
    void whatIsNoProxyIsRefusedWithoutShowingThePassword() {
        for (String bad :
                List.of(
                        "socks5://me:secret@proxy",
                        "https://me:secret@proxy",
                        "http://me:secret@",
                        "http://me:secret@pro xy",
                        "http://me:secret@proxy:port")) {
            assertThatThrownBy(() -> ProxySettings.ofEnvironment(Map.of("HTTPS_PROXY", bad)))
                    .as(bad)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("HTTPS_PROXY")
                    .hasMessageNotContaining("secret")
                    .rootCause()
                    .hasMessageNotContaining("secret");
        }
        var file = Path.of("password");
        assertThatThrownBy(() -> ProxyServer.parse("http://proxy", file))
                .hasMessageContaining("needs a user");
        assertThatThrownBy(() -> ProxyServer.parse("http://a:b@proxy", file))
                .hasMessageContaining("not both");
    }
}
