package dev.fairlead.cli.profile;

import dev.fairlead.cli.CliException;
import dev.fairlead.cli.Exit;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.function.UnaryOperator;

/// The CLI's folder, `~/.config/fairlead` or `FAIRLEAD_HOME`: profiles, CA files, SSH settings.
/// Everything in it is for this user's eyes only, and written whole or not at all.
public record Folder(Path path) {

    public static Folder of(Map<String, String> env, Path home) {
        String chosen = env.get("FAIRLEAD_HOME");
        return new Folder(
                chosen == null || chosen.isEmpty()
                        ? home.resolve(".config/fairlead")
                        : Path.of(chosen).toAbsolutePath());
    }

    public Path file(String name) {
        return path.resolve(name);
    }

    public Path profilesFile() {
        return file("profiles.yaml");
    }

    /// @throws CliException where the file cannot be read
    public Profiles profiles() {
        var file = profilesFile();
        try {
            return Files.exists(file)
                    ? ProfileText.read(Files.readString(file), file.toString())
                    : Profiles.EMPTY;
        } catch (IOException e) {
            throw failed("read", file, e);
        }
    }

    /// Changes the profiles under a lock, so that two sign-ins at once do not lose one another.
    public Profiles change(UnaryOperator<Profiles> change) {
        var lock = file("profiles.lock");
        makeFolder(path);
        // A file's lock is the whole process's, so threads of one take turns before.
        synchronized (Folder.class) {
            try (var channel =
                            FileChannel.open(
                                    lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    var held = channel.lock()) {
                assert held.isValid();
                var changed = change.apply(profiles());
                write(profilesFile(), ProfileText.write(changed));
                return changed;
            } catch (IOException e) {
                throw failed("lock", lock, e);
            }
        }
    }

    /// Writes a file of this folder, mode 0600, by a rename.
    public void write(Path file, String text) {
        makeFolder(path);
        write(file, text, "rw-------");
    }

    /// Writes a file by a rename in its folder.
    ///
    /// @param mode such as `rw-------`
    public static void write(Path file, String text, String mode) {
        try {
            var permissions = PosixFilePermissions.fromString(mode);
            var part =
                    Files.createTempFile(
                            parent(file),
                            "." + file.getFileName(),
                            ".part",
                            PosixFilePermissions.asFileAttribute(
                                    PosixFilePermissions.fromString("rw-------")));
            try {
                Files.writeString(part, text);
                Files.setPosixFilePermissions(part, permissions);
                Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (IOException e) {
            throw failed("write", file, e);
        }
    }

    /// Makes a folder, mode 0700, with its parents.
    public static Path makeFolder(Path folder) {
        try {
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(
                        folder,
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rwx------")));
            }
            return folder;
        } catch (IOException e) {
            throw failed("make", folder, e);
        }
    }

    private static Path parent(Path file) {
        var parent = file.toAbsolutePath().getParent();
        if (parent == null) {
            throw new IllegalArgumentException(file + " is no file");
        }
        return parent;
    }

    private static CliException failed(String verb, Path file, IOException e) {
        return new CliException(
                Exit.FAILED,
                "Could not " + verb + " " + file + ": " + e.getMessage() + ".",
                "Check who owns the folder and whether its disk is full.");
    }
}
