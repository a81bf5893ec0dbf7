package dev.fairlead.hub.db;

import dev.fairlead.hub.db.DatabaseUnusable.Reason;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/// The programs of PostgreSQL: `initdb`, `pg_ctl` and `postgres` with their libraries, packed as a
/// txz in a jar of the class path. They are unpacked once per version into a folder of that
/// version's name, under another name first, so that a folder that is there is whole.
final class Binaries {

    /// The version in the class path; [#MAJOR] is what a data folder must have been made by.
    static final String VERSION = "18.6.0";

    static final int MAJOR = 18;

    private Binaries() {}

    /// @param folder where `postgres-VERSION` is, or is made
    /// @return that folder
    static Path unpack(Path folder, Consumer<String> progress) throws IOException {
        Path home = folder.resolve("postgres-" + VERSION);
        if (Files.isDirectory(home)) {
            return home;
        }
        progress.accept("Unpacking PostgreSQL " + VERSION);
        Path partial = Files.createTempDirectory(folder, ".unpacking-");
        try (InputStream packed = open();
                TarArchiveInputStream tar =
                        new TarArchiveInputStream(
                                new XZInputStream(new BufferedInputStream(packed, 1 << 16)))) {
            for (TarArchiveEntry entry = tar.getNextEntry();
                    entry != null;
                    entry = tar.getNextEntry()) {
                extract(tar, entry, partial);
            }
            Files.setPosixFilePermissions(partial, PosixFilePermissions.fromString("rwxr-xr-x"));
            Files.move(partial, home, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileAlreadyExistsException e) {
            // Two of us unpacked the same: either is good.
        } catch (IOException e) {
            if (!Files.isDirectory(home)) {
                throw e;
            }
        } finally {
            delete(partial);
        }
        return home;
    }

    private static void extract(TarArchiveInputStream tar, TarArchiveEntry entry, Path into)
            throws IOException {
        String name = entry.getName();
        // Static libraries and headers are for building against PostgreSQL.
        if (name.endsWith(".a") || name.contains("/pkgconfig") || name.contains("/pgxs")) {
            return;
        }
        Path path = into.resolve(name).normalize();
        if (!path.startsWith(into)) {
            throw new IOException("the archive of PostgreSQL names a path outside: " + name);
        }
        Path folder = entry.isDirectory() ? path : path.getParent();
        if (folder != null && !Files.isDirectory(folder)) {
            // Readable whatever the umask is: the user that runs them owns none of this.
            Files.createDirectories(
                    folder,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwxr-xr-x")));
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        if (entry.isDirectory()) {
            return;
        }
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
        } else {
            Files.copy(tar, path);
            boolean program = (entry.getMode() & 0100) != 0;
            Files.setPosixFilePermissions(
                    path, PosixFilePermissions.fromString(program ? "rwxr-xr-x" : "rw-r--r--"));
        }
    }

    private static InputStream open() {
        String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        String arch = System.getProperty("os.arch", "");
        String file =
                "/postgres-"
                        + (os.startsWith("mac") ? "darwin" : "linux")
                        + "-"
                        + (arch.equals("aarch64") ? "arm_64" : "x86_64")
                        + ".txz";
        @Nullable InputStream packed = Binaries.class.getResourceAsStream(file);
        if (packed == null) {
            throw new DatabaseUnusable(
                    Reason.NOT_SUPPORTED,
                    "This build carries no PostgreSQL for " + os + " on " + arch + ".",
                    "Point database.url to a PostgreSQL " + MAJOR + " of your own.");
        }
        return packed;
    }

    /// Deletes a tree, as far as it can.
    static void delete(Path tree) {
        if (!Files.exists(tree)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(tree)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new DatabaseUnusable(
                    Reason.CANNOT_WRITE,
                    "What is left of an earlier start cannot be deleted: " + e.getMessage(),
                    "Delete " + tree + " and start again.",
                    e);
        }
    }
}
