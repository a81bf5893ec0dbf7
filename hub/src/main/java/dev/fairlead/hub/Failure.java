package dev.fairlead.hub;

import dev.fairlead.hub.db.DatabaseUnusable;
import dev.fairlead.hub.vault.CannotOpen;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.util.Objects;
import org.slf4j.LoggerFactory;

/// Why the program ends, for the person at the terminal: a sentence, what to do, and the exit code.
///
/// @param exitCode as `sysexits.h` has them
public record Failure(String sentence, String hint, int exitCode) {

    static final int UNAVAILABLE = 69;
    static final int SOFTWARE = 70;
    static final int CANNOT_CREATE = 73;
    static final int TRY_LATER = 75;
    static final int CONFIG = 78;

    public static Failure of(Throwable e) {
        return switch (e) {
            case ConfigException config -> new Failure(config.getMessage(), "", CONFIG);
            case DatabaseUnusable database ->
                    new Failure(
                            String.valueOf(database.getMessage()),
                            database.hint(),
                            switch (database.reason()) {
                                case IN_USE -> TRY_LATER;
                                case CANNOT_WRITE, NOT_ENTERABLE -> CANNOT_CREATE;
                                case OTHER_VERSION,
                                        NOT_SUPPORTED,
                                        DID_NOT_START,
                                        REFUSED,
                                        UNSAFE_ROLE ->
                                        UNAVAILABLE;
                            });
            case CannotOpen sealed ->
                    new Failure(
                            "The master key does not open what this database holds: "
                                    + sealed.getMessage(),
                            "Bring back keys/master.key of the data folder that belongs to this"
                                    + " database.",
                            CONFIG);
            case Rejected rejected ->
                    new Failure(
                            rejected.detail(),
                            rejected.hint() instanceof String hint ? hint : "",
                            1);
            case UncheckedIOException unchecked -> io(Objects.requireNonNull(unchecked.getCause()));
            case IOException checked -> io(checked);
            default -> {
                LoggerFactory.getLogger(Failure.class).error("The hub cannot go on", e);
                yield new Failure(
                        "The hub failed by a fault of its own: " + e,
                        "The log has the details; please report it with them.",
                        SOFTWARE);
            }
        };
    }

    private static Failure io(IOException e) {
        String message = String.valueOf(e.getMessage());
        if (message.contains("No space left on device")
                || (e instanceof FileSystemException file
                        && "No space left on device".equals(file.getReason()))) {
            return new Failure(
                    "The disk is full: " + message,
                    "Make room on the disk of the data folder, then start again; nothing that was"
                            + " confirmed is lost.",
                    CANNOT_CREATE);
        }
        if (e instanceof AccessDeniedException denied) {
            return new Failure(
                    denied.getFile() + " may not be read or written by this user.",
                    "Start the hub as the user that owns its data folder.",
                    CANNOT_CREATE);
        }
        return new Failure(
                "A file cannot be read or written: " + message,
                "Look at the data folder and its disk.",
                CANNOT_CREATE);
    }

    /// @param program as the person typed it
    public String text(String program) {
        return program + ": " + sentence + (hint.isEmpty() ? "" : "\n  " + hint);
    }
}
