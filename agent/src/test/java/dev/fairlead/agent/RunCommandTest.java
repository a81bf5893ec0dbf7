package dev.fairlead.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunCommandTest {

    @Test
    void theCommandLinesOfServicesAreReadWithoutPicocli() {
        assertThat(RunCommand.plain(List.of())).isNotNull();
        assertThat(RunCommand.plain(List.of("--config", "/c.yaml", "--state", "/s", "--verbose")))
                .isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "--config",
                "--config --state",
                "--config=/c.yaml",
                "--state /s --state /s",
                "--colour red",
                "now"
            })
    void anyOtherIsReadInFull(String line) {
        assertThat(RunCommand.plain(List.of(line.split(" ")))).isNull();
    }
}
