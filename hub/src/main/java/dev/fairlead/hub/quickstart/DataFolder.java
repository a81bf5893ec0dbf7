package dev.fairlead.hub.quickstart;

import dev.fairlead.hub.ConfigException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The folder of a quickstart: `hub/`, `agent/`, `agent.yaml`, the logs, and the names that the hub
/// was given so far.
record DataFolder(Path path) {

    private static final List<String> LOCAL = List.of("localhost", "127.0.0.1", "::1");

    static Path standard() {
        return System.getProperty("user.name").equals("root")
                ? Path.of("/var/lib/fairlead/quickstart")
                : Path.of(System.getProperty("user.home"), ".local", "share", "fairlead");
    }

    /// @throws ConfigException where it cannot be made or written
    static DataFolder open(Path path) {
        try {
            // Root's hub runs PostgreSQL as another user, who has to pass through.
            boolean root = System.getProperty("user.name").equals("root");
            Files.createDirectories(
                    path,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString(root ? "rwx--x--x" : "rwx------")));
        } catch (IOException e) {
            throw unusable(path, "cannot be made: " + reason(e));
        }
        if (!Files.isWritable(path)) {
            throw unusable(path, "is not yours to write in");
        }
        return new DataFolder(path);
    }

    private static ConfigException unusable(Path path, String why) {
        return new ConfigException(
                "The data folder " + path + " " + why + ". Choose another: --data DIR");
    }

    private static String reason(IOException e) {
        return switch (e) {
            case FileAlreadyExistsException there -> there.getFile() + " is there and no folder";
            case AccessDeniedException denied -> denied.getFile() + " is not yours to write in";
            case NoSuchFileException _ -> "no folder can be made there";
            case FileSystemException other when other.getReason() != null ->
                    other.getFile() + ": " + other.getReason();
            default -> String.valueOf(e.getMessage());
        };
    }

    Path hub() {
        return path.resolve("hub");
    }

    Path agent() {
        return path.resolve("agent");
    }

    /// What the agent knows of its node once it has joined.
    Path agentState() {
        return agent().resolve("state.json");
    }

    /// What [OwnProfile] keeps.
    Path signIn() {
        return path.resolve("sign-in.json");
    }

    Path hubLog() {
        return path.resolve("hub.log");
    }

    Path agentLog() {
        return path.resolve("agent.log");
    }

    /// The names for the hub's certificate: this one first, and all that it had before. The CA is
    /// good for its names only, so dropping one would make a new CA that everybody has to trust
    /// anew.
    List<String> names(@Nullable String name) throws IOException {
        var file = path.resolve("names");
        var given = new LinkedHashSet<String>();
        if (name != null) {
            given.add(name);
        }
        if (Files.exists(file)) {
            given.addAll(Files.readAllLines(file));
        }
        if (!given.isEmpty()) {
            Files.write(file, given);
        }
        var all = new LinkedHashSet<String>(name == null ? LOCAL : List.of(name));
        all.addAll(LOCAL);
        all.addAll(given);
        return new ArrayList<>(all);
    }

    /// The agent's policy file: written once, for its owner to change; only the line with the hub's
    /// address follows the port.
    Path agentConfig(int port) throws IOException {
        var file = path.resolve("agent.yaml");
        String hub = "hub: [\"https://localhost:" + port + "\"]";
        if (!Files.exists(file)) {
            Files.writeString(
                    file,
                    """
                    # What this machine allows. You decide, the hub cannot widen it: docs/configuration-agent.md.
                    # The hub, its database and the agent itself are never reached through this node.
                    %s
                    allow: [loopback, ssh]
                    """
                            .formatted(hub));
        } else {
            var text = Files.readString(file);
            var settled = text.replaceFirst("(?m)^hub: \\[\"https://localhost:\\d+\"]$", hub);
            if (!settled.equals(text)) {
                Files.writeString(file, settled);
            }
        }
        return file;
    }
}
