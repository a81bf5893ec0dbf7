package dev.fairlead.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DistanceTest {

    private static final long OWN = TimeUnit.MILLISECONDS.toNanos(20);

    @Test
    void bothLinksAddUp() {
        var told = Distance.tell(Headers.of("kind", "tcp"), TimeUnit.MILLISECONDS.toNanos(30));
        assertThat(Distance.of(told, OWN)).isEqualTo(TimeUnit.MILLISECONDS.toNanos(51));
        assertThat(Distance.of(Distance.pass(told, Headers.EMPTY), OWN))
                .isEqualTo(TimeUnit.MILLISECONDS.toNanos(51));
    }

    @Test
    void whatIsNotKnownIsNotTold() {
        assertThat(Distance.tell(Headers.EMPTY, -1)).isEqualTo(Headers.EMPTY);
        assertThat(Distance.pass(Headers.EMPTY, Headers.EMPTY)).isEqualTo(Headers.EMPTY);
        assertThat(Distance.of(Headers.EMPTY, OWN)).isNegative();
        assertThat(Distance.of(Distance.tell(Headers.EMPTY, 0), -1)).isNegative();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "1.5", "999999999", "x", " 1"})
    void whatIsNoNumberIsNoHint(String told) {
        var headers = Headers.of("rtt-us", told);
        assertThat(Distance.of(headers, OWN)).isNegative();
        assertThat(Distance.pass(headers, Headers.EMPTY)).isEqualTo(Headers.EMPTY);
    }
}
