package dev.fairlead.lab;

import dev.fairlead.hub.db.Database;
import dev.fairlead.hub.db.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The database that a lab begins with: made once for all labs of this process, as a hub makes its
/// own, and copied for each. That saves each of them the unpacking of PostgreSQL and `initdb`.
final class LabPostgres {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /// What lies in the folder beside the cluster and must be a copy's own.
    private static final List<String> OWN = List.of("lock", "port");

    private static @Nullable Path template;

    private LabPostgres() {}

    /// Gives a hub that has not been started yet its database.
    ///
    /// @param hub its data folder, made when missing
    static void giveTo(Path hub) throws IOException {
        var from = template();
        Files.createDirectories(
                hub,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x--x")));
        var to = hub.resolve("postgres");
        Files.createDirectory(
                to,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x--x")));
        FileStore here = Files.getFileStore(from);
        boolean linked = here.equals(Files.getFileStore(to));
        try (var parts = Files.list(from)) {
            for (var part : parts.toList()) {
                String name = part.getFileName().toString();
                if (!OWN.contains(name)) {
                    // Nobody writes to the programs.
                    copy(part, to, linked && name.startsWith("postgres-"));
                }
            }
        }
    }

    private static void copy(Path part, Path to, boolean link) throws IOException {
        var command = new ArrayList<>(List.of("cp", link ? "-al" : "-a"));
        command.addAll(List.of("--", part.toString(), to.toString()));
        run(command);
    }

    private static void run(List<String> command) throws IOException {
        try {
            Programs.run(new ProcessBuilder(command), new byte[0], PATIENCE).ok();
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    /// Made by whoever asks first. Not by a class's initialiser, which holds a virtual thread's
    /// carrier while it waits for the database: with two cores that can be all of them.
    private static synchronized Path template() throws IOException {
        var made = template;
        if (made == null) {
            made = make();
            template = made;
        }
        return made;
    }

    private static Path make() throws IOException {
        var folder = Files.createTempDirectory("fairlead-lab-");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
        // PostgreSQL's user goes through to its own folder.
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
        var postgres = folder.resolve("postgres");
        try (var server = EmbeddedPostgres.start(postgres, said -> {});
                var database = Database.open(server.access())) {
            if (!database.answers()) {
                throw new IOException("the labs' database does not answer");
            }
        }
        return postgres;
    }

    private static void delete(Path folder) {
        try {
            run(List.of("rm", "-rf", "--", folder.toString()));
        } catch (IOException e) {
            System.err.println("left behind: " + folder + ": " + e);
        }
    }
}
