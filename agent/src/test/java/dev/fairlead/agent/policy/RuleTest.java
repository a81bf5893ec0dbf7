package dev.fairlead.agent.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RuleTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ssh|ssh",
                "loopback|loopback",
                "loopback:8080|loopback:8080",
                "10.0.0.0/8:443|10.0.0.0/8:443",
                "10.1.2.3:22,80-90|10.1.2.3:22,80-90",
                "[::1]:*|[0:0:0:0:0:0:0:1]:*",
                "[fd00::/8]:443|[fd00:0:0:0:0:0:0:0/8]:443",
                "0.0.0.0/0:*|0.0.0.0/0:*",
                "DB.Example.COM.:5432|db.example.com:5432",
                "*.example.com:443|*.example.com:443",
                "[::ffff:10.0.0.1]:80|10.0.0.1:80",
            })
    void reads(String text, String shown) {
        assertThat(Rule.parse(text)).hasToString(shown);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "any",
                "10.0.0.0/8",
                "10.0.0.0/33:80",
                "10.0.0.1/8:80",
                "10.0.0.0/08:80",
                "fd00::1:443",
                "[fe80::1%eth0]:22",
                "127.1:80",
                "0177.0.0.1:80",
                "0x7f000001:80",
                "2130706433:80",
                "*:443",
                "a*.example.com:443",
                "*.10.0.0.1:443",
                "example.com/24:80",
                "exa mple.com:80",
                "-x.example:80",
                "host:http",
            })
    void refuses(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Rule.parse(text));
    }
}
