package dev.fairlead.hub.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HistoryTest {

    private static final Duration HOUR = Duration.ofHours(1);

    private final AtomicLong millis =
            new AtomicLong(Instant.parse("2026-01-01T00:00:00Z").toEpochMilli());
    private final AtomicLong links = new AtomicLong();
    private final PrometheusMeterRegistry meters =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final History history = new History(meters, clock(), Series.ALL);

    private Clock clock() {
        return new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return Instant.ofEpochMilli(millis.get());
            }
        };
    }

    private void later(Duration time) {
        millis.addAndGet(time.toMillis());
        history.read();
    }

    private History.Shown shown(Duration span, String name) {
        return history.window(span).series().stream()
                .filter(one -> one.series().name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static List<Double> known(List<@Nullable Double> points) {
        return points.stream().filter(Objects::nonNull).map(Objects::requireNonNull).toList();
    }

    @Test
    void gaugesAreMeansAndPeaksOfTheirSteps() {
        Gauge.builder("fairlead.links", links, AtomicLong::get)
                .tag("role", "node")
                .register(meters);
        for (int i = 0; i < 6; i++) {
            links.set(i);
            later(Duration.ofSeconds(10));
        }

        var shown = shown(HOUR, "fairlead_links");
        assertThat(shown.series().labels()).isEqualTo(Map.of("role", "node"));
        assertThat(shown.now()).isEqualTo(5.0);
        assertThat(shown.points()).hasSize(History.POINTS);
        assertThat(known(shown.peaks()).getLast()).isEqualTo(5.0);
        assertThat(known(shown.points()).getFirst()).isLessThan(2);
        assertThat(history.window(HOUR).step()).isEqualTo(Duration.ofSeconds(30));
        assertThat(history.window(Duration.ofHours(24)).step()).isEqualTo(Duration.ofMinutes(12));
    }

    @Test
    void countersAreRatesOverAllLabelsAndTimersMeans() {
        history.read();
        meters.counter("fairlead.refused", "act", "sign-in", "reason", "a").increment(20);
        meters.counter("fairlead.refused", "act", "link.open", "reason", "b").increment(10);
        var timer = meters.timer("fairlead.http.requests", "operation", "x", "status", "200");
        timer.record(10, TimeUnit.MILLISECONDS);
        timer.record(30, TimeUnit.MILLISECONDS);
        later(Duration.ofSeconds(10));

        assertThat(shown(HOUR, "fairlead_refused_total").now()).isEqualTo(3.0);
        assertThat(shown(HOUR, "fairlead_http_requests_seconds_count").now()).isEqualTo(0.2);
        assertThat(shown(HOUR, "fairlead_http_requests_seconds").now()).isEqualTo(0.02);
        later(Duration.ofSeconds(10));
        assertThat(shown(HOUR, "fairlead_refused_total").now()).isEqualTo(0.0);
        assertThat(shown(HOUR, "fairlead_http_requests_seconds").now()).isNull();
    }

    @Test
    void whatWasNotReadIsMissingAndADayIsForgotten() {
        links.set(7);
        Gauge.builder("fairlead.links", links, AtomicLong::get)
                .tag("role", "node")
                .register(meters);
        history.read();
        later(Duration.ofMinutes(30));
        var points = shown(HOUR, "fairlead_links").points();
        assertThat(known(points)).containsExactly(7.0, 7.0);
        assertThat(points.getLast()).isEqualTo(7.0);
        // The same moment again is not another reading.
        history.read();
        assertThat(known(shown(HOUR, "fairlead_links").points())).hasSize(2);

        links.set(1);
        later(Duration.ofHours(30));
        assertThat(known(shown(Duration.ofHours(24), "fairlead_links").points()))
                .containsExactly(1.0);
    }
}
