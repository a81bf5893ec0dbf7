package dev.fairlead.hub.vault;

import org.jspecify.annotations.Nullable;

/// A sealed value does not open: another key, another row, or altered bytes.
public final class CannotOpen extends RuntimeException {

    private static final long serialVersionUID = 1;

    CannotOpen(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
