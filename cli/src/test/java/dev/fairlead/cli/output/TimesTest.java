package dev.fairlead.cli.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.cli.CliException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimesTest {

    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");

    @Test
    void agesAreToldInTheirLargestUnit() {
        assertThat(Times.relative(NOW.minusSeconds(1), NOW)).isEqualTo("now");
        assertThat(Times.relative(NOW.minusSeconds(59), NOW)).isEqualTo("59s ago");
        assertThat(Times.relative(NOW.minusSeconds(60), NOW)).isEqualTo("1m ago");
        assertThat(Times.relative(NOW.minusSeconds(7200), NOW)).isEqualTo("2h ago");
        assertThat(Times.relative(NOW.minus(Duration.ofDays(3)), NOW)).isEqualTo("3d ago");
        assertThat(Times.relative(NOW.plusSeconds(3600), NOW)).isEqualTo("in 1h");
    }

    @Test
    void spansAreReadAsTyped() {
        assertThat(Times.parseSpan("90s")).hasSeconds(90);
        assertThat(Times.parseSpan("2w")).hasDays(14);
        for (String text : List.of("", "1", "h", "-1h", "1h30m", "99999999999h", "1 h")) {
            assertThatThrownBy(() -> Times.parseSpan(text)).isInstanceOf(CliException.class);
        }
    }

    @Test
    void timesAreReadAsTypedOrAsAges() {
        assertThat(Times.parseTime("2h", NOW)).isEqualTo(NOW.minusSeconds(7200));
        assertThat(Times.parseTime("2026-11-21T09:00:00Z", NOW)).isEqualTo("2026-11-21T09:00:00Z");
        assertThatThrownBy(() -> Times.parseTime("yesterday", NOW))
                .isInstanceOf(CliException.class);
    }

    @Test
    void bytesHaveBinaryUnits() {
        assertThat(Times.bytes(0)).isEqualTo("0 B");
        assertThat(Times.bytes(1536)).isEqualTo("1.5 KiB");
        assertThat(Times.bytes(Long.MAX_VALUE)).endsWith("PiB");
    }
}
