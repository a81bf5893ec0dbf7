package dev.fairlead.hub.observe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Whether the hub's folder can still be written to.
public final class DiskSpace {

    private static final long LEAST = 64L * 1024 * 1024;

    private DiskSpace() {}

    /// What is wrong; empty where nothing is.
    public static Optional<String> check(Path folder) {
        try {
            long free = Files.getFileStore(folder).getUsableSpace();
            if (free < LEAST) {
                return Optional.of("only " + free / (1024 * 1024) + " MiB are free at " + folder);
            }
            return Files.isWritable(folder)
                    ? Optional.empty()
                    : Optional.of(folder + " cannot be written");
        } catch (IOException e) {
            return Optional.of(folder + " cannot be looked at");
        }
    }
}
