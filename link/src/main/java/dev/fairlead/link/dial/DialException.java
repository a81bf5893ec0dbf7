package dev.fairlead.link.dial;

import dev.fairlead.link.handshake.HandshakeException;
import dev.fairlead.link.handshake.Refused;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// No link came about. The message is a sentence for a person: what happened, why, what to do.
public final class DialException extends Exception {

    private final DialFailure failure;
    private final transient @Nullable Refused refused;
    private final @Nullable Duration retryAfter;

    DialException(DialFailure failure, String message) {
        this(failure, message, null, null, null);
    }

    DialException(DialFailure failure, String message, Throwable cause) {
        this(failure, message, cause, null, null);
    }

    private DialException(
            DialFailure failure,
            String message,
            @Nullable Throwable cause,
            @Nullable Refused refused,
            @Nullable Duration retryAfter) {
        super(message, cause);
        this.failure = failure;
        this.refused = refused;
        this.retryAfter = retryAfter;
    }

    static DialException busy(String message, @Nullable Duration retryAfter) {
        return new DialException(DialFailure.BUSY, message, null, null, retryAfter);
    }

    static DialException of(HandshakeException e) {
        var refused = e.refused();
        var failure =
                switch (e.end()) {
                    case OTHER_IDENTITY, ROLLED_BACK, BAD_PROOF -> DialFailure.OTHER_IDENTITY;
                    case INTERCEPTED -> DialFailure.INTERCEPTED;
                    case REFUSED -> ofRefusal(refused);
                    case DECLINED -> DialFailure.DECLINED;
                    case PROTOCOL -> DialFailure.PROTOCOL_ERROR;
                    case TIMED_OUT -> DialFailure.TIMED_OUT;
                    case CLOSED -> DialFailure.CONNECTION_LOST;
                };
        String message =
                refused == null
                        ? sentence(e)
                        : "the hub refused (" + refused.code().label() + "): " + sentence(e);
        return new DialException(
                failure, message, e, refused, refused == null ? null : refused.retryAfter());
    }

    private static DialFailure ofRefusal(@Nullable Refused refused) {
        if (refused == null) {
            return DialFailure.REFUSED;
        }
        return switch (refused.code()) {
            case INTERCEPTED -> DialFailure.INTERCEPTED;
            case BUSY -> DialFailure.BUSY;
            default -> DialFailure.REFUSED;
        };
    }

    private static String sentence(HandshakeException e) {
        return String.valueOf(e.getMessage());
    }

    public DialFailure failure() {
        return failure;
    }

    /// What the hub said, where it was the hub that refused.
    public @Nullable Refused refused() {
        return refused;
    }

    /// When the hub wants to be dialled again, where it said so.
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }

    /// True where dialling again with the same identity cannot help.
    public boolean isLasting() {
        return refused != null && refused.code().isLasting();
    }
}
