package dev.fairlead.link.handshake;

import dev.fairlead.link.Headers;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// The hub says no.
///
/// @param message one sentence for a person: what, why, what to do
/// @param retryAfter when to come back, at most a day; null where the hub does not pace
public record Refused(Refusal code, String message, @Nullable Duration retryAfter)
        implements Verdict, PairingAnswer, Approval {

    static final Duration MAX_RETRY_AFTER = Duration.ofDays(1);

    public Refused(Refusal code, String message) {
        this(code, message, null);
    }

    Headers headers() {
        var headers = Headers.of("code", code.label(), "message", Fields.clean(message));
        return retryAfter == null
                ? headers
                : headers.with("retry-after-ms", Long.toString(retryAfter.toMillis()));
    }

    static Refused of(Headers headers) {
        var code = Refusal.ofLabel(Fields.text(headers, "code"));
        Duration retryAfter =
                headers.text("retry-after-ms") == null
                        ? null
                        : Fields.millis(headers, "retry-after-ms", Duration.ZERO, MAX_RETRY_AFTER);
        return new Refused(code, Fields.text(headers, "message"), retryAfter);
    }
}
