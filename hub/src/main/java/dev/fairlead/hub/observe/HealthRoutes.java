package dev.fairlead.hub.observe;

import dev.fairlead.hub.http.Answer;
import dev.fairlead.hub.http.Endpoints;
import dev.fairlead.hub.rbac.Act;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// How the hub itself does, now and over the last day.
public final class HealthRoutes implements Endpoints.Routes {

    /// Counters that say what went wrong how often.
    private static final List<String> COUNTED =
            List.of("refused", "limits", "links.ended", "streams.ended", "handshakes");

    private static final int MOST_COUNTS = 200;

    private final Health health;
    private final History history;
    private final MeterRegistry meters;
    private final Clock clock;
    private final Instant started;

    public HealthRoutes(
            Health health, History history, MeterRegistry meters, Clock clock, Instant started) {
        this.health = health;
        this.history = history;
        this.meters = meters;
        this.clock = clock;
        this.started = started;
    }

    /// The schema `HubHealth`.
    record Shown(
            Instant at,
            Instant started,
            boolean ready,
            List<Check> checks,
            Instant from,
            long step,
            List<Course> series,
            List<Count> counts) {}

    /// @param problem null where nothing is wrong
    record Check(String name, @Nullable String problem) {}

    /// The schema `HealthSeries`.
    record Course(
            String name,
            Map<String, String> labels,
            Series.Unit unit,
            @Nullable Double now,
            List<@Nullable Double> points,
            List<@Nullable Double> peaks) {}

    /// How often, since the hub's start.
    record Count(String name, Map<String, String> labels, long count) {}

    @Override
    public void addTo(Endpoints endpoints) {
        endpoints.needs(
                Act.HUB_SEE,
                "showHubHealth",
                call -> Answer.ok(shown(span(call.get("span").orElse("1h")))));
    }

    private static Duration span(String text) {
        return Duration.ofHours(Long.parseLong(text.substring(0, text.length() - 1)));
    }

    private Shown shown(Duration span) {
        var checks =
                health.now().entrySet().stream()
                        .map(one ->
                                new Check(
                                        one.getKey(),
                                        one.getValue().equals("ok") ? null : one.getValue()))
                        .toList();
        var window = history.window(span);
        return new Shown(
                clock.instant(),
                started,
                checks.stream().allMatch(check -> check.problem() == null),
                checks,
                window.from(),
                window.step().toSeconds(),
                window.series().stream()
                        .map(one ->
                                new Course(
                                        one.series().name(),
                                        one.series().labels(),
                                        one.series().unit(),
                                        one.now(),
                                        one.points(),
                                        one.peaks()))
                        .toList(),
                counts());
    }

    private List<Count> counts() {
        var counts = new ArrayList<Count>();
        for (String name : COUNTED) {
            for (Counter counter : meters.find("fairlead." + name).counters()) {
                if (counter.count() > 0) {
                    counts.add(
                            new Count(
                                    "fairlead_" + name.replace('.', '_') + "_total",
                                    counter.getId().getTags().stream()
                                            .collect(
                                                    Collectors.toUnmodifiableMap(
                                                            Tag::getKey, Tag::getValue)),
                                    (long) counter.count()));
                }
            }
        }
        return counts.stream()
                .sorted(Comparator.comparingLong(Count::count).reversed())
                .limit(MOST_COUNTS)
                .toList();
    }
}
