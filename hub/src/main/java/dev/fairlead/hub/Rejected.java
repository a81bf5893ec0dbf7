package dev.fairlead.hub;

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

    /// The documented codes. `status` is the HTTP status of the answer; `retry` says that the same
    /// request may be sent again unchanged, because nothing was done and the reason passes by
    /// itself.
    public enum Code {
        /// A field is missing, malformed or outside its limits.
        INVALID(400, false),
        /// No credential, or one that is unknown, expired or revoked.
        UNAUTHENTICATED(401, false),
        /// Wrong name or password.
        WRONG_CREDENTIALS(401, false),
        /// Known and understood, but not allowed.
        FORBIDDEN(403, false),
        /// It does not exist, or is not this tenant's.
        NOT_FOUND(404, false),
        /// The name is taken.
        ALREADY_EXISTS(409, false),
        /// The present state does not allow it.
        CONFLICT(409, false),
        /// A stated limit of the tenant or hub is reached.
        LIMIT_REACHED(409, false),
        /// The idempotency key was used with another request.
        KEY_REUSED(422, false),
        /// The enrolment token is not one of this hub's.
        TOKEN_UNKNOWN(403, false),
        /// The enrolment token or pairing code is past its time.
        TOKEN_EXPIRED(403, false),
        /// The enrolment token has admitted as many nodes as it may.
        TOKEN_USED_UP(403, false),
        /// The node has no link at the moment.
        NODE_OFFLINE(409, true),
        /// Too many tries by this user or from this address: wait.
        TOO_MANY_TRIES(429, true),
        /// The hub has too much of this to do just now.
        BUSY(503, true),
        /// The hub cannot reach its database.
        DATABASE_AWAY(503, true),
        /// A failure of the hub; its log has the cause.
        INTERNAL(500, false);

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

    private Rejected(Code code, String detail, @Nullable String hint, @Nullable Throwable cause) {
        // An expected answer: the trace of who asked is worth its cost only where a cause hides.
        super(detail, cause, false, cause != null);
        this.code = code;
        this.hint = hint;
    }

    public static Rejected of(Code code, String detail) {
        return new Rejected(code, detail, null, null);
    }

    /// @param hint what to do, best as the next command to type
    public static Rejected of(Code code, String detail, String hint) {
        return new Rejected(code, detail, hint, null);
    }

    /// @param cause for the log only
    public static Rejected because(
            Throwable cause, Code code, String detail, @Nullable String hint) {
        return new Rejected(code, detail, hint, cause);
    }

    /// A field that breaks its rule.
    public static Rejected invalid(String detail) {
        return of(Code.INVALID, detail);
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
}
