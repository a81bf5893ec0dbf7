package dev.fairlead.hub.observe;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Statistic;
import io.micrometer.core.instrument.Tag;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A figure whose course is kept.
///
/// @param name as `/metrics` has it
/// @param meter the same in the program
/// @param labels those that it is of; the sum over all others
record Series(String name, String meter, Map<String, String> labels, Kind kind, Unit unit) {

    enum Kind {
        /// As it is read.
        GAUGE,
        /// Of a counter: how much a second.
        RATE,
        /// Of a timer: how long each took.
        MEAN
    }

    enum Unit {
        @JsonProperty("count")
        COUNT,
        @JsonProperty("per-second")
        PER_SECOND,
        @JsonProperty("bytes")
        BYTES,
        @JsonProperty("bytes-per-second")
        BYTES_PER_SECOND,
        @JsonProperty("seconds")
        SECONDS,
        @JsonProperty("cpus")
        CPUS
    }

    /// @param count of a timer: how often
    record Reading(double total, double count) {}

    static final List<Series> ALL =
            List.of(
                    gauge("links", Unit.COUNT, "role", "node"),
                    gauge("links", Unit.COUNT, "role", "client"),
                    gauge("links_memory_bytes", Unit.BYTES),
                    rate("handshakes_total", Unit.PER_SECOND),
                    gauge("handshakes_open", Unit.COUNT),
                    gauge("tls_handshakes_waiting", Unit.COUNT),
                    gauge("streams_open", Unit.COUNT, "kind", "ssh"),
                    gauge("streams_open", Unit.COUNT, "kind", "exec"),
                    gauge("streams_open", Unit.COUNT, "kind", "tcp"),
                    gauge("streams_open", Unit.COUNT, "kind", "terminal"),
                    rate("streams_opened_total", Unit.PER_SECOND),
                    rate("relayed_bytes_total", Unit.BYTES_PER_SECOND, "direction", "to-node"),
                    rate("relayed_bytes_total", Unit.BYTES_PER_SECOND, "direction", "from-node"),
                    gauge("sessions", Unit.COUNT, "state", "live"),
                    gauge("sessions", Unit.COUNT, "state", "interrupted"),
                    rate("refused_total", Unit.PER_SECOND),
                    rate("limits_total", Unit.PER_SECOND),
                    rate("http_requests_seconds_count", Unit.PER_SECOND),
                    mean("http_requests_seconds"),
                    gauge("http_connections", Unit.COUNT),
                    gauge("http_event_streams", Unit.COUNT),
                    gauge("audit_backlog", Unit.COUNT),
                    gauge("database_answer_seconds", Unit.SECONDS),
                    gauge("database_size_bytes", Unit.BYTES),
                    gauge("database_connections", Unit.COUNT, "state", "busy"),
                    gauge("database_connections", Unit.COUNT, "state", "idle"),
                    gauge("database_waiting", Unit.COUNT),
                    gauge("disk_size_bytes", Unit.BYTES),
                    gauge("disk_free_bytes", Unit.BYTES),
                    gauge("memory_bytes", Unit.BYTES, "kind", "heap"),
                    gauge("memory_bytes", Unit.BYTES, "kind", "resident"),
                    gauge("memory_heap_max_bytes", Unit.BYTES),
                    rate("cpu_seconds_total", Unit.CPUS),
                    gauge("cpus", Unit.CPUS));

    private static final MathContext DIGITS = new MathContext(5);

    private static Series gauge(String name, Unit unit, String... label) {
        return of(name, Kind.GAUGE, unit, label);
    }

    private static Series rate(String name, Unit unit, String... label) {
        return of(name, Kind.RATE, unit, label);
    }

    private static Series mean(String name) {
        return of(name, Kind.MEAN, Unit.SECONDS);
    }

    private static Series of(String name, Kind kind, Unit unit, String... label) {
        String meter =
                "fairlead."
                        + name.replaceAll("(_bytes|_seconds)?(_total|_count)?$", "")
                                .replace('_', '.');
        return new Series(
                "fairlead_" + name,
                meter,
                label.length == 0 ? Map.of() : Map.of(label[0], label[1]),
                kind,
                unit);
    }

    /// Its value now, over all meters of its name and labels; 0 where there is none yet.
    Reading read(MeterRegistry meters) {
        double total = 0;
        double count = 0;
        var tags = new ArrayList<Tag>();
        labels.forEach((key, value) -> tags.add(Tag.of(key, value)));
        for (Meter one : meters.find(meter).tags(tags).meters()) {
            for (Measurement measurement : one.measure()) {
                var statistic = measurement.getStatistic();
                if (statistic == Statistic.COUNT && kind != Kind.MEAN
                        || statistic == Statistic.VALUE
                        || statistic == Statistic.TOTAL_TIME && kind == Kind.MEAN) {
                    total += measurement.getValue();
                } else if (statistic == Statistic.COUNT) {
                    count += measurement.getValue();
                }
            }
        }
        return new Reading(total, count);
    }

    /// What a picture needs of a number, and no more.
    static double rounded(double value) {
        return new BigDecimal(value).round(DIGITS).doubleValue();
    }
}
