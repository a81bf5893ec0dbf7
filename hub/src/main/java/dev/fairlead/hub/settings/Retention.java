package dev.fairlead.hub.settings;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.fairlead.hub.identity.SignIns;
import dev.fairlead.hub.observe.History;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is kept for how long: the schema `Retention`. The deleting itself is in SQL
/// (`forget_expired`, `keep_node_samples`).
///
/// @param seconds null: until its tenant is removed
record Retention(Kind what, @Nullable Long seconds) {

    enum Kind {
        /// Samples of nodes, at the rate at which they come.
        @JsonProperty("statistics")
        STATISTICS,
        /// Five minutes of them in one.
        @JsonProperty("statistics-5m")
        STATISTICS_5M,
        /// An hour of them in one.
        @JsonProperty("statistics-1h")
        STATISTICS_1H,
        /// This hub's own figures, in its memory.
        @JsonProperty("health")
        HEALTH,
        /// From a sign-in to its end.
        @JsonProperty("sign-ins")
        SIGN_INS,
        /// Live events, for those who come back to them.
        @JsonProperty("events")
        EVENTS,
        /// Answers to repeated writes.
        @JsonProperty("idempotency-keys")
        IDEMPOTENCY_KEYS,
        @JsonProperty("sessions")
        SESSIONS,
        @JsonProperty("audit")
        AUDIT
    }

    private static Retention of(Kind what, Duration time) {
        return new Retention(what, time.toSeconds());
    }

    static List<Retention> all() {
        return List.of(
                of(Kind.STATISTICS, Duration.ofDays(1)),
                of(Kind.STATISTICS_5M, Duration.ofDays(8)),
                of(Kind.STATISTICS_1H, Duration.ofDays(90)),
                of(Kind.HEALTH, History.KEPT),
                of(Kind.SIGN_INS, SignIns.LIFE),
                of(Kind.EVENTS, Duration.ofHours(1)),
                of(Kind.IDEMPOTENCY_KEYS, Duration.ofDays(1)),
                new Retention(Kind.SESSIONS, null),
                new Retention(Kind.AUDIT, null));
    }
}
