package dev.fairlead.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentConfigTest {

    private static AgentConfig parse(String text) {
        return ReadConfig.parse(text, "agent.yaml");
    }

    private static void fails(String text, String... says) {
        assertThatThrownBy(() -> parse(text))
                .as(text)
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("agent.yaml")
                .hasMessageContainingAll(says);
    }

    @Test
    void withoutAFileOrInAnEmptyOneTheDefaultsHold(@TempDir Path dir) {
        for (var config : List.of(ReadConfig.read(dir.resolve("agent.yaml")), parse("# none\n"))) {
            assertThat(config.profile()).isEqualTo(Profile.NODE);
            assertThat(config.allow()).map(Object::toString).containsExactly("loopback", "ssh");
            assertThat(config.deny()).isEmpty();
            assertThat(config.logins()).isEmpty();
            assertThat(config.hub()).isEmpty();
            assertThat(config.proxy()).isNull();
            assertThat(config.resume().within()).isEqualTo(Duration.ofMinutes(2));
            assertThat(config.resume().memory()).isEqualTo(64L << 20);
            assertThat(config.limits()).isEqualTo(AgentConfig.Limits.DEFAULT);
        }
    }

    @Test
    void everyKey(@TempDir Path dir) throws IOException {
        var file =
                Files.writeString(
                        dir.resolve("agent.yaml"),
                        """
                        hub: https://hub.example.com:8484
                        proxy: {url: "http://proxy.example.com:3128", user: ada, password-file: secret}
                        profile: gateway
                        allow: [ssh, "10.0.0.0/8:443"]
                        deny: ["10.0.0.1:*"]
                        logins: [ada, grace]
                        resume: {within: 90s, terminals: 3m, memory: 2GiB}
                        limits:
                          streams: 1
                          header-bytes: 2000
                          window: 40000
                          memory: 50000
                          opens-per-second: 2
                          controls-per-second: 3
                        """);
        var config = ReadConfig.read(file);
        assertThat(config.hub())
                .map(Object::toString)
                .containsExactly("https://hub.example.com:8484");
        assertThat(config.proxy())
                .isEqualTo(
                        new AgentConfig.Proxy(
                                java.net.URI.create("http://proxy.example.com:3128"),
                                "ada",
                                dir.resolve("secret")));
        assertThat(config.profile()).isEqualTo(Profile.GATEWAY);
        assertThat(config.allow()).map(Object::toString).containsExactly("ssh", "10.0.0.0/8:443");
        assertThat(config.deny()).map(Object::toString).containsExactly("10.0.0.1:*");
        assertThat(config.logins()).containsExactly("ada", "grace");
        assertThat(config.resume())
                .isEqualTo(
                        new AgentConfig.Resume(
                                Duration.ofSeconds(90), Duration.ofMinutes(3), 2L << 30));
        assertThat(parse("resume: {within: 0}").resume().within()).isZero();
        assertThat(parse("resume: {within: 60m}").resume().within()).isEqualTo(Duration.ofHours(1));
        assertThat(config.limits())
                .isEqualTo(new AgentConfig.Limits(1, 2_000, 40_000, 50_000, 2, 3));
    }

    @Test
    void aProfileDecidesOnlyWhatIsNotSaid() {
        assertThat(parse("profile: gateway").allow()).isEmpty();
        assertThat(parse("profile: collector").allow()).isEmpty();
        assertThat(parse("profile: cluster").allow()).hasSize(1);
        assertThat(parse("{profile: node, allow: []}").allow()).isEmpty();
    }

    @Test
    void typosAndNonsenseStopTheStartAndSayWhere() {
        fails("alow: [ssh]", "alow", "did you mean \"allow\"?");
        fails("profile: node\n\nalow: [ssh]", "agent.yaml line 3: unknown key \"alow\"");
        fails(
                "proxy: {url: \"http://p:1\", pasword-file: x}",
                "proxy.pasword-file",
                "password-file");
        fails("completely-different: 1", "known here: allow, deny");
        fails("allow: [10.0.0.0/8]", "allow: '10.0.0.0/8' is no rule");
        fails("allow: [\"127.1:80\"]", "127.1");
        fails("allow: {a: 1}", "allow");
        fails("profile: server", "profile is node, gateway, cluster or collector");
        fails("deny: [ssh]", "deny");
        fails("deny: [\"db.example.com:1\"]", "addresses");
        fails("hub: http://hub.example.com", "https");
        fails("hub: https://hub.example.com/path", "https");
        fails("hub: \"https://hub example\"", "hub");
        fails("logins: [\"-x\"]", "-x");
        fails("logins: [\"a b\"]", "a b");
        fails("proxy: {url: \"socks://p:1\"}", "proxy.url");
        fails("proxy: {url: \"http://u:secret@p:1\"}", "proxy.url");
        fails("proxy: {user: x}", "proxy.url is missing");
        fails("proxy: {url: \"http://p:1\", user: x}", "password-file");
        fails("inner-tls: sometimes", "inner-tls is auto, always or never");
        fails("allow: [ssh]\nallow: [ssh]", "agent.yaml");
        fails("allow: [ssh", "not YAML");
        fails("resume: {within: 61m}", "resume.within is at most 60m");
        fails("resume: {within: 5}", "resume.within \"5\" is no time such as 90s");
        fails("resume: {within: soon}", "resume.within");
        fails("resume: {memory: 64}", "resume.memory \"64\" is no size such as 512KiB");
        fails("resume: {memory: 1KiB}", "resume.memory is at least 1MiB");
        fails("resume: {memory: 17GiB}", "at most 16GiB");
        fails("- a", "agent.yaml");
        fails("just text", "agent.yaml");
    }

    @Test
    void aSecretInAnAddressIsNotRepeated() {
        assertThatThrownBy(() -> parse("proxy: {url: \"http://u:secret@p:1\"}"))
                .hasMessageNotContaining("secret");
    }

    @Test
    void whatTheFileSaysMakesNoLinesOfItsOwn() {
        assertThatThrownBy(() -> ReadConfig.parse("\"x\\n\\n\\n\\e[2Jy\": 1", "agent.yaml"))
                .isInstanceOf(ConfigException.class)
                .satisfies(
                        e -> assertThat(e.getMessage()).hasLineCount(1).doesNotContain("\u001b"));
    }

    @Test
    void theDocumentHasEveryKeyAndNoOther() throws IOException {
        var known = new ArrayList<String>();
        keys(AgentConfig.class, "", known);
        var row = Pattern.compile("^\\| `([a-z.-]+)` \\|");
        var described =
                Files.readAllLines(Path.of("../docs/configuration-agent.md")).stream()
                        .takeWhile(line -> !line.equals("## Rules"))
                        .map(row::matcher)
                        .filter(java.util.regex.Matcher::find)
                        .map(found -> found.group(1))
                        .toList();
        assertThat(described).containsExactlyInAnyOrderElementsOf(known);
    }

    private static void keys(Class<?> type, String prefix, List<String> to) {
        var creator =
                Arrays.stream(type.getDeclaredMethods())
                        .filter(method -> method.getName().equals("read"))
                        .findFirst()
                        .orElseThrow();
        for (var parameter : creator.getParameters()) {
            String key = prefix + parameter.getAnnotation(JsonProperty.class).value();
            if (parameter.getType().isRecord()) {
                keys(parameter.getType(), key + ".", to);
            } else {
                to.add(key);
            }
        }
    }
}
