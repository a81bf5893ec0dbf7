package dev.fairlead.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AmountsTest {

    @Test
    void timesHaveAUnit() {
        assertThat(Amounts.time("90s")).isEqualTo(Duration.ofSeconds(90));
        assertThat(Amounts.time("2m")).isEqualTo(Duration.ofMinutes(2));
        assertThat(Amounts.time("1h")).isEqualTo(Duration.ofHours(1));
        assertThat(Amounts.time("0")).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "soon", "-1s", "1.5h", "1d", "1234567s", "2m ", "s"})
    void whatIsNoTimeIsToldByItsText(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Amounts.time(text))
                .withMessage("\"%s\" is no time such as 90s, 2m or 1h, or 0", text);
    }

    @Test
    void sizesHaveAUnit() {
        assertThat(Amounts.size("512KiB")).isEqualTo(512L << 10);
        assertThat(Amounts.size("64MiB")).isEqualTo(64L << 20);
        assertThat(Amounts.size("999999GiB")).isEqualTo(999_999L << 30);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "64", "64MB", "-1MiB", "1.5GiB", "1234567KiB", "MiB"})
    void whatIsNoSizeIsToldByItsText(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Amounts.size(text))
                .withMessage("\"%s\" is no size such as 512KiB, 64MiB or 1GiB", text);
    }
}
