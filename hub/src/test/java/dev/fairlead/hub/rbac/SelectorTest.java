package dev.fairlead.hub.rbac;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.hub.Rejected;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SelectorTest {

    @Test
    void matchesNodesThatHaveAllLabels() {
        Labels node = Labels.of(Map.of("env", "prod", "os", "linux", "empty", ""));
        assertThat(Selector.parse("").matches(node)).isTrue();
        assertThat(Selector.parse(null).isAll()).isTrue();
        assertThat(Selector.parse("env=prod").matches(node)).isTrue();
        assertThat(Selector.parse("os=linux,env=prod").matches(node)).isTrue();
        assertThat(Selector.parse("empty=").matches(node)).isTrue();
        assertThat(Selector.parse("env=dev").matches(node)).isFalse();
        assertThat(Selector.parse("env=prod,site=a").matches(node)).isFalse();
        assertThat(Selector.parse("site=").matches(node)).isFalse();
    }

    @Test
    void hasOneText() {
        assertThat(Selector.parse("b=2,a=1").toString()).isEqualTo("a=1,b=2");
        assertThat(Selector.parse("b=2,a=1")).isEqualTo(Selector.parse("a=1,b=2"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "env",
                "=x",
                "env=a b",
                "env=prod,",
                ",",
                "Env=prod",
                "env=prod,env=dev",
                "a=b=c",
                "env=\u00e4",
                "a=1\n",
                "-a=1"
            })
    void refusesWhatIsNoSelector(String text) {
        assertThatThrownBy(() -> Selector.parse(text))
                .isInstanceOfSatisfying(
                        Rejected.class,
                        e -> assertThat(e.code()).isEqualTo(Rejected.Code.INVALID_REQUEST));
    }

    @Test
    void limits() {
        TreeMap<String, String> many = new TreeMap<>();
        for (int i = 0; i < 33; i++) {
            many.put("k" + i, "v");
        }
        assertThatThrownBy(() -> Labels.of(many)).isInstanceOf(Rejected.class);
        assertThatThrownBy(() -> Labels.of(Map.of("k", "v".repeat(64))))
                .isInstanceOf(Rejected.class);
        assertThatThrownBy(() -> Labels.of(Map.of("k".repeat(64), "v")))
                .isInstanceOf(Rejected.class);
        assertThatThrownBy(() -> Selector.parse("a=" + "b".repeat(100_000)))
                .isInstanceOf(Rejected.class);
    }
}
