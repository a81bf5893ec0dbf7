package dev.fairlead.cli;

import org.jspecify.annotations.Nullable;

/// What a person is told when a command fails: what happened and why, the next command to type, and
/// what the process ends with.
public class CliException extends RuntimeException {

    private final Exit exit;
    private final @Nullable String hint;

    public CliException(Exit exit, String message) {
        this(exit, message, null);
    }

    public CliException(Exit exit, String message, @Nullable String hint) {
        super(message);
        this.exit = exit;
        this.hint = hint;
    }

    public Exit exit() {
        return exit;
    }

    /// What to do next, one sentence or one command.
    public @Nullable String hint() {
        return hint;
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
