package dev.fairlead.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HeardTest {

    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final int KEY = 64;
    private static final int FRAME = 16 * 1024;

    private final Heard heard = new Heard(0);
    private long now;

    private void hear(int stream, int bytes) {
        now += MILLI;
        if (heard.changes(stream)) {
            heard.changed(stream, now);
        }
        heard.brought(bytes);
    }

    private void hearInTurn(int streams, int millis, int bytes) {
        for (int i = 0; i < millis; i++) {
            hear(1 + 2 * (i % streams), bytes);
        }
    }

    @Test
    void oneHasNoCompanyHoweverMuchItBrings() {
        hearInTurn(1, 5_000, FRAME);
        assertThat(heard.company(now)).isEqualTo(Company.NONE);
    }

    @Test
    void aKeystrokeIsCompanyForATenthOfASecond() {
        hear(3, FRAME);
        hear(1, KEY);
        hear(3, FRAME);
        assertThat(heard.company(now + 90 * MILLI)).isEqualTo(Company.KEYSTROKES);
        assertThat(heard.company(now + 110 * MILLI)).isEqualTo(Company.NONE);
    }

    @Test
    void twoThatBringMuchAreBulk() {
        hearInTurn(2, 90, FRAME);
        assertThat(heard.company(now)).as("not sure yet").isEqualTo(Company.KEYSTROKES);
        hearInTurn(2, 60, FRAME);
        assertThat(heard.company(now)).isEqualTo(Company.BULK);
    }

    @Test
    void whoseTurnOutlastsAMomentIsNotSomebodyWhoTypes() {
        for (int turn = 0; turn < 20; turn++) {
            for (int i = 0; i < 30; i++) {
                hear(1 + 2 * (turn % 2), FRAME);
                heard.company(now);
            }
        }
        assertThat(heard.company(now)).isEqualTo(Company.BULK);
    }

    @Test
    void muchMayComeInSmallPieces() {
        for (int i = 0; i < 200; i++) {
            hear(1 + 2 * (i / 10 % 2), 1_000);
        }
        assertThat(heard.company(now)).isEqualTo(Company.BULK);
    }

    @Test
    void whoTypesBesideTwoThatBringMuchIsHeard() {
        hearInTurn(2, 150, FRAME);
        hear(5, KEY);
        hearInTurn(2, 50, FRAME);
        assertThat(heard.company(now)).isEqualTo(Company.KEYSTROKES);
        hearInTurn(2, 100, FRAME);
        assertThat(heard.company(now)).isEqualTo(Company.BULK);
    }

    @Test
    void whoTypesIsHeardAmongFew() {
        hearInTurn(5, 100, KEY);
        assertThat(heard.company(now)).isEqualTo(Company.KEYSTROKES);
    }

    @Test
    void severalInTurnAreBulkWhateverTheyBring() {
        hearInTurn(8, 100, KEY);
        assertThat(heard.company(now)).isEqualTo(Company.BULK);
        hearInTurn(200, 100, KEY);
        assertThat(heard.company(now)).isEqualTo(Company.BULK);
    }

    @Test
    void whenFewAreLeftTheyKnowItSoon() {
        hearInTurn(64, 100, KEY);
        hearInTurn(2, 45, KEY);
        assertThat(heard.company(now)).isEqualTo(Company.KEYSTROKES);
    }

    @Test
    void manyThatHaveFallenSilentAreNotCompanyForLong() {
        hearInTurn(64, 100, KEY);
        assertThat(heard.company(now + 30 * MILLI)).isEqualTo(Company.BULK);
        assertThat(heard.company(now + 60 * MILLI)).isEqualTo(Company.KEYSTROKES);
        assertThat(heard.company(now + 110 * MILLI)).isEqualTo(Company.NONE);
    }
}
