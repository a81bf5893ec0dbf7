package dev.fairlead.agent.state;

import dev.fairlead.link.handshake.KeyFile;
import dev.fairlead.link.handshake.SigningKey;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.DateTimeException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// The agent's folder (mode 0700): its key, which never leaves it, and what it knows of its hub.
///
/// @param path exists
public record StateFolder(Path path) {

    /// Makes the folder where it is missing.
    public static StateFolder open(Path path) throws IOException {
        Files.createDirectories(
                path,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        return new StateFolder(path);
    }

    public Path keyFile() {
        return path.resolve("agent.key");
    }

    public Path hostKeyFile() {
        return path.resolve("ssh_host_ed25519_key");
    }

    public Path callsFile() {
        return path.resolve("calls.log");
    }

    public Path statusFile() {
        return path.resolve("status.json");
    }

    private Path stateFile() {
        return path.resolve("state.json");
    }

    /// The identity key, made at the first call.
    public SigningKey key(SecureRandom random) throws IOException {
        return KeyFile.readOrCreate(keyFile(), random);
    }

    /// Whether this machine has joined a hub, and not left it.
    public boolean hasJoined() {
        return Files.exists(stateFile());
    }

    /// Null where this machine has not joined.
    ///
    /// @throws IOException also where the file is damaged
    public @Nullable AgentState read() throws IOException {
        try {
            return StateJson.state(Files.readString(stateFile()));
        } catch (NoSuchFileException e) {
            return null;
        } catch (JacksonException | IllegalArgumentException | DateTimeException e) {
            throw new IOException(
                    stateFile()
                            + " is damaged. Restore it from a backup, or run `fairlead agent leave`"
                            + " and join again.",
                    e);
        }
    }

    public void write(AgentState state) throws IOException {
        replace(stateFile(), mapper().writeValueAsBytes(state));
    }

    public void writeStatus(AgentStatus status) throws IOException {
        replace(statusFile(), StateJson.status(status));
    }

    /// What the last agent on this folder wrote; null where none did.
    public @Nullable AgentStatus readStatus() throws IOException {
        try {
            return mapper().readValue(Files.readString(statusFile()), AgentStatus.class);
        } catch (NoSuchFileException e) {
            return null;
        } catch (JacksonException e) {
            throw new IOException(statusFile() + " is damaged", e);
        }
    }

    /// Removes identity and state: this machine has left.
    public void forget() throws IOException {
        for (Path file :
                new Path[] {stateFile(), keyFile(), hostKeyFile(), callsFile(), statusFile()}) {
            Files.deleteIfExists(file);
        }
    }

    /// Keeps a second agent off this folder for as long as it is held.
    ///
    /// @throws IOException where another one holds it
    public FileLock lock() throws IOException {
        var channel =
                FileChannel.open(
                        path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = null;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // Held in this very process: the same answer.
        }
        if (lock == null) {
            channel.close();
            throw new IOException(
                    "Another agent is running on the folder "
                            + path
                            + "; stop it first, or give this one a folder of its own with --state.");
        }
        return lock;
    }

    /// Whether an agent runs on this folder.
    public boolean isInUse() throws IOException {
        if (!Files.exists(path.resolve("lock"))) {
            return false;
        }
        try (var channel = FileChannel.open(path.resolve("lock"), StandardOpenOption.WRITE);
                var lock = channel.tryLock()) {
            return lock == null;
        } catch (OverlappingFileLockException e) {
            return true;
        }
    }

    /// Puts a whole new file (0600) in the place of an old one.
    void replace(Path file, byte[] content) throws IOException {
        Path fresh =
                Files.createTempFile(
                        path,
                        "." + file.getFileName(),
                        ".new",
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        try {
            // Not by a channel, which an interrupt would close: the agent's own stop is one.
            try (var out = new FileOutputStream(fresh.toFile())) {
                out.write(content);
                out.getFD().sync();
            }
            Files.move(
                    fresh,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (FileSystemException e) {
            throw e;
        } catch (IOException e) {
            // A stream does not say which file it could not write.
            throw new FileSystemException(file.toString(), null, e.getMessage());
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    private static JsonMapper mapper() {
        return JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    }
}
