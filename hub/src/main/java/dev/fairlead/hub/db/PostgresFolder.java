package dev.fairlead.hub.db;

import dev.fairlead.hub.db.DatabaseUnusable.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// The folder of the hub's own PostgreSQL, locked for as long as this is open:
///
/// ```
/// lock              held by the hub that works here
/// passwords         of superuser, owner and app role, one a line; 0600, the hub's user only
/// port              the loopback port that it last listened at
/// postgres-18.6.0/  the programs
/// data/             the cluster; there only when it is complete
/// ```
final class PostgresFolder implements AutoCloseable {

    private final Path path;
    private final FileChannel lockFile;
    private final FileLock lock;

    private PostgresFolder(Path path, FileChannel lockFile, FileLock lock) {
        this.path = path;
        this.lockFile = lockFile;
        this.lock = lock;
    }

    /// Makes the folder when missing and locks it.
    static PostgresFolder open(Path path) {
        try {
            // Passable, not readable: PostgreSQL's user goes through to its own folder.
            Files.createDirectories(
                    path,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx--x--x")));
            FileChannel file =
                    FileChannel.open(
                            path.resolve("lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
            FileLock lock;
            try {
                lock = file.tryLock();
            } catch (OverlappingFileLockException e) {
                lock = null;
            }
            if (lock == null) {
                file.close();
                throw new DatabaseUnusable(
                        Reason.IN_USE,
                        "Another hub works on the data folder " + path + ".",
                        "Stop it, or start this one on another folder (--data DIR).");
            }
            PostgresFolder folder = new PostgresFolder(path, file, lock);
            folder.mustBeOfThisVersion();
            return folder;
        } catch (IOException e) {
            throw cannotWrite(path, e);
        }
    }

    private void mustBeOfThisVersion() throws IOException {
        Path file = data().resolve("PG_VERSION");
        if (!Files.exists(file)) {
            return;
        }
        String version = Files.readString(file).strip();
        if (!version.equals(Integer.toString(Binaries.MAJOR))) {
            close();
            throw new DatabaseUnusable(
                    Reason.OTHER_VERSION,
                    "The database in "
                            + path
                            + " was made by PostgreSQL "
                            + version
                            + "; this hub runs "
                            + Binaries.MAJOR
                            + ".",
                    "Start the Fairlead that made it, or choose another data folder. Nothing was"
                            + " changed.");
        }
    }

    Path path() {
        return path;
    }

    Path data() {
        return path.resolve("data");
    }

    /// Superuser, owner, app: 256 random bits each, made at the first call.
    List<String> passwords() throws IOException {
        Path file = path.resolve("passwords");
        if (!Files.exists(file)) {
            SecureRandom random = new SecureRandom();
            List<String> made = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                byte[] bits = new byte[32];
                random.nextBytes(bits);
                made.add(Base64.getUrlEncoder().withoutPadding().encodeToString(bits));
            }
            SecretFile.write(file, String.join("\n", made) + "\n");
        }
        List<String> lines = SecretFile.read(file).lines().toList();
        if (lines.size() != 3) {
            throw new DatabaseUnusable(
                    Reason.DID_NOT_START,
                    "The file " + file + " does not hold the three passwords of the database.",
                    "Restore it from a backup of the data folder.");
        }
        return lines;
    }

    /// The port of the last run where it is free, else a free one.
    int port() throws IOException {
        Path file = path.resolve("port");
        int last = 0;
        try {
            last = Integer.parseInt(Files.readString(file).strip());
        } catch (IOException | NumberFormatException e) {
            // The first start, or somebody's edit: any port will do.
        }
        return last > 0 && last < 65536 && isFree(last) ? last : freePort();
    }

    int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    void rememberPort(int port) throws IOException {
        Files.writeString(path.resolve("port"), port + "\n");
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    static DatabaseUnusable cannotWrite(Path path, IOException e) {
        String why =
                e instanceof FileSystemException f && f.getReason() != null
                        ? f.getReason()
                        : e.getMessage();
        return new DatabaseUnusable(
                Reason.CANNOT_WRITE,
                "The database folder " + path + " cannot be written: " + (why == null ? e : why),
                "Check the space left on that disk (df) and who owns the folder.",
                e);
    }

    @Override
    public void close() throws IOException {
        lock.close();
        lockFile.close();
    }
}
