package dev.fairlead.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.link.LinkLimits;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReadConfigTest {

    @Test
    void theSmallestFileHasTheDocumentedDefaults() {
        var config = ReadConfig.parse("names: hub.example.com", "hub.yaml");

        assertThat(config.names()).containsExactly("hub.example.com");
        assertThat(config.listen()).isEqualTo(new HubConfig.Listen("::", 443));
        assertThat(config.publicPort()).isEqualTo(443);
        assertThat(config.redirect()).isNull();
        assertThat(config.tls()).isNull();
        assertThat(config.behindProxy()).isFalse();
        assertThat(config.data()).isEqualTo(Path.of("/var/lib/fairlead/hub"));
        assertThat(config.database()).isEqualTo(HubConfig.Database.OWN);
        assertThat(config.observe()).isEqualTo(new HubConfig.Observe("127.0.0.1", 9464));
        assertThat(config.limits()).isEqualTo(new HubLimits(20_000, 64, 1_000));
        assertThat(config.resume().within()).hasMinutes(2);
        assertThat(config.url()).hasToString("https://hub.example.com");
    }

    @Test
    void everyKeyIsRead(@TempDir Path folder) throws Exception {
        var file =
                Files.writeString(
                        folder.resolve("hub.yaml"),
                        """
                        names: [hub.example.com, "2001:db8::1"]
                        listen: {address: 127.0.0.1, port: 8484}
                        public-port: 8443
                        redirect: {address: 127.0.0.2, port: 81}
                        tls: {certificate: a.pem, key: a.key}
                        data: data
                        database:
                          url: jdbc:postgresql://db/fairlead
                          owner-password-file: owner
                          app-password-file: /app
                        observe: {address: "::1", port: 1}
                        limits:
                          connections: 10
                          requests: 1
                          event-streams: 0
                          tls-handshakes: 2
                          unproved: 4
                          unproved-per-address: 3
                          handshake-seconds: 5
                          terminals: 6
                          tenant-memory: 70000
                          link:
                            streams: 6
                            header-bytes: 2000
                            window: 40000
                            memory: 50000
                            opens-per-second: 7
                            controls-per-second: 8
                            ping-seconds: 9
                            silence-seconds: 11
                        resume: {within: 90s, terminals: 3m}
                        """);

        var config = ReadConfig.read(file);

        assertThat(config)
                .isEqualTo(
                        new HubConfig(
                                List.of("hub.example.com", "2001:db8::1"),
                                new HubConfig.Listen("127.0.0.1", 8484),
                                8443,
                                new HubConfig.Redirect("127.0.0.2", 81),
                                new HubConfig.Tls(folder.resolve("a.pem"), folder.resolve("a.key")),
                                List.of(),
                                List.of(),
                                folder.resolve("data"),
                                new HubConfig.Database(
                                        "jdbc:postgresql://db/fairlead",
                                        folder.resolve("owner"),
                                        Path.of("/app")),
                                new HubConfig.Observe("::1", 1),
                                new HubLimits(
                                        10,
                                        1,
                                        0,
                                        2,
                                        4,
                                        3,
                                        5,
                                        6,
                                        70_000,
                                        new HubLimits.Link(6, 2_000, 40_000, 50_000, 7, 8, 9, 11)),
                                new HubConfig.Resume(
                                        Duration.ofSeconds(90), Duration.ofMinutes(3))));
        assertThat(config.limits().link().limits())
                .isEqualTo(
                        new LinkLimits(
                                6,
                                2_000,
                                40_000,
                                50_000,
                                7,
                                8,
                                Duration.ofSeconds(9),
                                Duration.ofSeconds(11)));
        assertThat(config.url()).hasToString("https://hub.example.com:8443");
    }

    @Test
    void aLoadBalancerMeansPlainHttpForItAlone() {
        var config =
                ReadConfig.parse(
                        """
                        names: [hub.example.com]
                        listen: {port: 8080}
                        trusted-proxies: [10.0.0.0/8]
                        leaf-certificates: [lb.pem]
                        """,
                        "hub.yaml");

        assertThat(config.behindProxy()).isTrue();
        assertThat(config.publicPort()).isEqualTo(443);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    names: [a]\\nlissten: {port: 1}       | hub.yaml line 2: unknown key "lissten"; did you mean "listen"?
                    names: [a]\\nlisten:\\n  prot: 1      | hub.yaml line 3: unknown key "listen.prot"; did you mean "port"?
                    names: [a]\\nzzzzzzzz: 1              | known here: data, database,
                    names: [a]\\nnames: [b]               | line 2
                    names: [a]\\nlisten: {port: many}     | hub.yaml line 2: listen.port has a value of the wrong kind; a whole number
                    names: [a]\\nlisten: {port: 1.5}      | listen.port has a value of the wrong kind; a whole number
                    names: [a]\\nlisten: {port: 70000}    | listen.port 70000 is not 0 to 65535
                    names: [a]\\nlisten: 443              | listen has a value of the wrong kind; keys below it
                    names: [a]\\nlisten: {address: here}  | listen.address "here" is no IPv4 or IPv6 address
                    names: {a: b}                         | names has a value of the wrong kind; a text
                    names: [Hub.Example.com]              | neither a DNS name in lower case nor an address
                    names: [a b]                          | neither a DNS name
                    names: [999.1.1.1]                    | is no IPv4 address
                    listen: {port: 1}                     | names is missing
                    names: [a]\\ntls: {certificate: x}    | tls needs both certificate and key
                    names: [a]\\ntrusted-proxies: [1.2.3.4] | leaf-certificates is missing
                    names: [a]\\ntrusted-proxies: [1.2.3.4/8] | bits set beyond its prefix
                    names: [a]\\ntrusted-proxies: [x]     | no address or range
                    names: [a]\\nresume: {within: soon}   | resume.within "soon" is no time such as 90s, 2m or 1h, or 0
                    names: [a]\\nresume: {within: 25h}    | resume.within is not between 0 and 24h
                    names: [a]\\ndatabase: {url: "mysql://x"} | database.url does not begin with
                    names: [a]\\ndatabase: {url: "jdbc:postgresql://x/y"} | together, or none
                    names: [a]\\nredirect: {port: 443}    | redirect.port and listen.port are both 443
                    names: [a]\\nlimits: {unproved: 0}       | limits.unproved is below 1
                    names: [a]\\nlimits: {unproved: 2, unproved-per-address: 3} | limits.unproved-per-address is not 1 to
                    names: [a]\\nlimits: {handshake-seconds: 61} | limits.handshake-seconds is not 1 to 60
                    names: [a]\\nlimits: {tenant-memory: 1}  | limits.tenant-memory is below limits.link.memory
                    names: [a]\\nlimits: {link: {header-bytes: 1}} | limits.link.header-bytes is not 1024 to 65535
                    names: [a]\\nlimits: {link: {window: 1}} | limits.link.window is below 32768
                    names: [a]\\nlimits: {link: {memory: 40000}} | limits.link.memory is below limits.link.window
                    names: [a]\\nlimits: {link: {silence-seconds: 5}} | limits.link.silence-seconds is not above
                    names: [a                             | this is not YAML
                    """)
    void whatCannotBeUsedIsNamed(String yaml, String message) {
        assertThatThrownBy(() -> ReadConfig.parse(yaml.replace("\\n", "\n"), "hub.yaml"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(message)
                .hasMessageStartingWith("hub.yaml");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "names: \"a\\n\\n\\n\\e[2Jb\"",
                "names: [a]\n\"x\\n\\n\\n\\ny\": 1",
                "names: [a]\nlisten: {\"x\\n\\n\\n\\ny\": 1}",
                "names: [a]\ntrusted-proxies: \"1\\n\\n\\n\\n2\""
            })
    void whatTheFileSaysMakesNoLinesOfItsOwn(String yaml) {
        assertThatThrownBy(() -> ReadConfig.parse(yaml, "hub.yaml"))
                .isInstanceOf(ConfigException.class)
                .satisfies(
                        e -> assertThat(e.getMessage()).hasLineCount(1).doesNotContain("\u001b"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "# nothing\n"})
    void anEmptyFileSaysWhatItNeeds(String yaml) {
        assertThatThrownBy(() -> ReadConfig.parse(yaml, "hub.yaml"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("names");
    }

    @Test
    void aMissingFileIsNamed(@TempDir Path folder) {
        assertThatThrownBy(() -> ReadConfig.read(folder.resolve("no.yaml")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("no.yaml");
    }

    @Test
    void rangesOfAddresses() throws Exception {
        assertThat(Cidr.parse("10.0.0.0/8").contains(InetAddress.ofLiteral("10.255.0.1"))).isTrue();
        assertThat(Cidr.parse("10.0.0.0/8").contains(InetAddress.ofLiteral("11.0.0.1"))).isFalse();
        assertThat(Cidr.parse("10.0.0.0/8").contains(InetAddress.ofLiteral("::ffff:10.1.1.1")))
                .isTrue();
        assertThat(Cidr.parse("2001:db8::/33").contains(InetAddress.ofLiteral("2001:db8:8000::1")))
                .isFalse();
        assertThat(Cidr.parse("::1").contains(InetAddress.ofLiteral("::1"))).isTrue();
        assertThat(Cidr.parse("0.0.0.0/0").contains(InetAddress.ofLiteral("::1"))).isFalse();
    }

    @Test
    void theDocumentHasEveryKeyAndNoOther() throws Exception {
        var documented =
                Pattern.compile("(?m)^\\| `([a-z.-]+)` \\|")
                        .matcher(Files.readString(Path.of("../docs/configuration.md")))
                        .results()
                        .map(m -> m.group(1))
                        .toList();

        assertThat(documented).containsExactlyInAnyOrderElementsOf(keys("", HubConfig.class));
    }

    private static List<String> keys(String prefix, Class<?> type) {
        var keys = new ArrayList<String>();
        for (var component : type.getRecordComponents()) {
            String key =
                    prefix
                            + component
                                    .getName()
                                    .replaceAll("([A-Z])", "-$1")
                                    .toLowerCase(Locale.ROOT);
            boolean group =
                    component.getType().isRecord()
                            && (component.getType() == HubLimits.class
                                    || component.getType().getEnclosingClass() == HubLimits.class
                                    || component.getType().getEnclosingClass() == HubConfig.class);
            if (group) {
                keys.addAll(keys(key + ".", component.getType()));
            } else {
                keys.add(key);
            }
        }
        return keys;
    }
}
