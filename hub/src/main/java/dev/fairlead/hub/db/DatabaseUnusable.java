package dev.fairlead.hub.db;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The hub cannot start on this database. The message is for the person at the terminal: what
/// happened, why, and in [#hint] what to do.
public final class DatabaseUnusable extends RuntimeException {

    private static final long serialVersionUID = 1;

    public enum Reason {
        /// Another hub works on this data folder.
        IN_USE,
        /// The folder was written by another major version of PostgreSQL, or by a newer Fairlead.
        OTHER_VERSION,
        /// The system user that PostgreSQL runs as cannot enter the folder.
        NOT_ENTERABLE,
        /// This machine has no PostgreSQL for the hub to run, or lacks a program that it needs.
        NOT_SUPPORTED,
        /// The disk is full, or the folder cannot be written.
        CANNOT_WRITE,
        /// PostgreSQL did not start; the message has its own last words.
        DID_NOT_START,
        /// The database that the configuration names cannot be reached or refuses the hub.
        REFUSED,
        /// A role has rights that it must not have.
        UNSAFE_ROLE;

        public String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    private final Reason reason;
    private final String hint;

    DatabaseUnusable(Reason reason, String message, String hint, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
        this.hint = hint;
    }

    DatabaseUnusable(Reason reason, String message, String hint) {
        this(reason, message, hint, null);
    }

    public Reason reason() {
        return reason;
    }

    /// What to do.
    public String hint() {
        return hint;
    }
}
