package dev.fairlead.agent.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PortsTest {

    @Test
    void listsAndRanges() {
        var ports = Ports.parse("22,8000-8100");
        assertThat(ports.contains(22)).isTrue();
        assertThat(ports.contains(8000)).isTrue();
        assertThat(ports.contains(8100)).isTrue();
        assertThat(ports.contains(8101)).isFalse();
        assertThat(ports).hasToString("22,8000-8100");
        assertThat(Ports.parse("*")).isEqualTo(Ports.ALL).hasToString("*");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0",
                "65536",
                "-1",
                "80-",
                "-80",
                "90-80",
                "80,",
                "8 0",
                "+80",
                "١",
                "999999999999"
            })
    void refusesWhatIsNoPort(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Ports.parse(text));
    }
}
