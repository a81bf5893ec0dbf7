package dev.fairlead.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HeardTest {

    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final Heard heard = new Heard(0);
    private long now;

    private void hear(int stream) {
        now += MILLI;
        if (heard.changes(stream)) {
            heard.changed(stream, now);
        }
    }

    private void hearInTurn(int streams, int millis) {
        for (int i = 0; i < millis; i++) {
            hear(1 + 2 * (i % streams));
        }
    }

    @Test
    void oneHasNoCompanyHoweverMuchItBrings() {
        hearInTurn(1, 5_000);
        assertThat(heard.company(now)).isEqualTo(Company.NONE);
    }

    @Test
    void aKeystrokeIsCompanyForATenthOfASecond() {
        hear(3);
        hear(1);
        hear(3);
        assertThat(heard.company(now + 90 * MILLI)).isEqualTo(Company.FEW);
        assertThat(heard.company(now + 110 * MILLI)).isEqualTo(Company.NONE);
    }

    @Test
    void severalInTurnAreMany() {
        hearInTurn(8, 100);
        assertThat(heard.company(now)).isEqualTo(Company.MANY);
        hearInTurn(200, 100);
        assertThat(heard.company(now)).isEqualTo(Company.MANY);
    }

    @Test
    void whenFewAreLeftTheyKnowItSoon() {
        hearInTurn(64, 100);
        hearInTurn(2, 45);
        assertThat(heard.company(now)).isEqualTo(Company.FEW);
    }

    @Test
    void manyThatHaveFallenSilentAreNotCompanyForLong() {
        hearInTurn(64, 100);
        assertThat(heard.company(now + 60 * MILLI)).isEqualTo(Company.FEW);
    }
}
