package dev.fairlead.hub;

import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What a service answers instead of doing it: a documented code for programs, a sentence for the
/// person (what happened and why) and a hint (what to do). The text goes to whoever asked, so it
/// never holds an internal: those belong in the cause, which is only logged.
///
/// Of what belongs to another tenant every service says [Code#NOT_FOUND] in the words that it uses
/// for what does not exist.
public final class Rejected extends RuntimeException {

    private static final long serialVersionUID = 1;

    /// The documented codes, those of `ProblemCode` in the API contract. `status` is the HTTP
    /// status of the answer; `retry` says that the same request may be sent again unchanged,
    /// because nothing was done and the reason passes by itself.
    public enum Code {
        /// A field, a parameter or a value that breaks its rule.
        INVALID_REQUEST(400, false),
        /// No token, or one that is unknown, expired or revoked.
        NOT_SIGNED_IN(401, false),
        /// User and password do not fit.
        WRONG_CREDENTIALS(401, false),
        /// Signed in, but no grant allows this.
        DENIED(403, false),
        /// It does not exist, or not for you.
        NOT_FOUND(404, false),
        /// The path exists, not with this method.
        METHOD_NOT_ALLOWED(405, false),
        /// The name is taken, or it is not in the state that this needs.
        CONFLICT(409, false),
        /// The idempotency key was used for another request.
        IDEMPOTENCY_CONFLICT(409, false),
        /// It has expired or was used up.
        GONE(410, false),
        /// The body or the headers are over the limit.
        TOO_LARGE(413, false),
        /// The body is not what this takes.
        UNSUPPORTED_MEDIA(415, false),
        /// A stated limit of this hub or tenant is reached.
        LIMIT_REACHED(429, false),
        /// Too many tries by this user or from this address; [#retryAfter] says how long to wait.
        TOO_MANY_ATTEMPTS(429, true),
        /// A failure of the hub; its log has the cause.
        INTERNAL(500, false),
        /// The hub cannot do this now: too busy, or its database is away. A repeat is safe.
        UNAVAILABLE(503, true);

        private final int status;
        private final boolean retry;

        Code(int status, boolean retry) {
            this.status = status;
            this.retry = retry;
        }

        /// The HTTP status of the answer.
        public int status() {
            return status;
        }

        /// Whether nothing was done and the same request may be sent again.
        public boolean retry() {
            return retry;
        }

        /// The word in answers, metrics and documents, such as `not-found`.
        public String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    private final Code code;
    private final @Nullable String hint;
    private final @Nullable Duration retryAfter;

    private Rejected(
            Code code,
            String detail,
            @Nullable String hint,
            @Nullable Duration retryAfter,
            @Nullable Throwable cause) {
        // An expected answer: the trace of who asked is worth its cost only where a cause hides.
        super(detail, cause, false, cause != null);
        this.code = code;
        this.hint = hint;
        this.retryAfter = retryAfter;
    }

    public static Rejected of(Code code, String detail) {
        return new Rejected(code, detail, null, null, null);
    }

    /// @param hint what to do, best as the next command to type
    public static Rejected of(Code code, String detail, String hint) {
        return new Rejected(code, detail, hint, null, null);
    }

    /// @param cause for the log only
    public static Rejected because(
            Throwable cause, Code code, String detail, @Nullable String hint) {
        return new Rejected(code, detail, hint, null, cause);
    }

    /// Not now; the same request may be sent again after this time.
    public static Rejected later(Code code, String detail, String hint, Duration retryAfter) {
        return new Rejected(code, detail, hint, retryAfter, null);
    }

    /// A field that breaks its rule.
    public static Rejected invalid(String detail) {
        return of(Code.INVALID_REQUEST, detail);
    }

    /// The one answer for what does not exist and for what another tenant has.
    ///
    /// @param what the kind of thing, such as `node`
    public static Rejected notFound(String what) {
        return of(Code.NOT_FOUND, "There is no such " + what + ".");
    }

    public Code code() {
        return code;
    }

    /// The sentence for the person.
    public String detail() {
        String detail = getMessage();
        return detail == null ? code.label() : detail;
    }

    /// What to do, where something can be done.
    public @Nullable String hint() {
        return hint;
    }

    /// How long to wait before the same request may be sent again, where that is known.
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }
}
