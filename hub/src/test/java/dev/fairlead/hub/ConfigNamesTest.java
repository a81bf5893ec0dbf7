package dev.fairlead.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigNamesTest {

    private static final List<String> NEW = List.of("new.example.com", "old.example.com", "::1");
    private static final String LINE = "names: [new.example.com, old.example.com, \"::1\"]\n";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "names: [old.example.com]\n",
                "names: old.example.com\n",
                "names:\n  - old.example.com\n  - other\n",
                "names:\n- old.example.com\n- other\n",
                "names: [old.example.com,   # the first one\n  other]\n",
                "names: [\n  old.example.com,\n  other\n]\n",
                "names :  [ old.example.com ]\n"
            })
    void theNamesAreWrittenAnewAndNothingElse(String names) {
        String above = "# Our hub.\nlisten: {address: 127.0.0.1, port: 8484}   # inside\n";
        String below = "\n# Where its data is.\ndata: /srv/hub\nlimits:\n  requests: 8\n";
        assertThat(ConfigNames.replace(above + names + below, NEW)).isEqualTo(above + LINE + below);
        assertThat(ConfigNames.replace(names, NEW)).isEqualTo(LINE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{names: [a], data: /x}\n", "\"names\": [a]\n"})
    void whatIsWrittenInAnotherWayIsLeftAlone(String text) {
        assertThatThrownBy(() -> ConfigNames.replace(text, NEW))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("write into it yourself:  names: [new.example.com");
    }

    @Test
    void whatAgentsAreToldToDial() {
        assertThat(
                        urls(
                                "hub.example.com",
                                "localhost",
                                "10.0.0.5",
                                "127.0.0.1",
                                "::1",
                                "x.localhost"))
                .containsExactly("https://hub.example.com:8484", "https://10.0.0.5:8484");
        assertThat(urls("localhost", "127.0.0.1", "::1")).containsExactly("https://localhost:8484");
        assertThat(urls("a", "b", "c", "d", "e", "f", "g", "h", "i", "j")).hasSize(8);
        assertThat(urls("fd00::1", "b"))
                .containsExactly("https://[fd00::1]:8484", "https://b:8484");
    }

    private static List<String> urls(String... names) {
        return ReadConfig.parse(
                        ConfigNames.line(List.of(names)) + "\nlisten: {port: 8484}\n", "hub.yaml")
                .urls()
                .stream()
                .map(Object::toString)
                .toList();
    }
}
