package dev.fairlead.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// How `fairlead hub drain` and a running hub speak: by two files in the hub's data folder, which
/// nobody but its owner and root can write. It needs no listener, no sign-in, and no database that
/// answers.
///
/// - `drain`: what is asked, the milliseconds that it may take; the hub takes it away
/// - `drain.json`: how it stands
final class DrainFiles {

    /// How a drain stands.
    ///
    /// @param phase `draining`, `stopping`, `stopped`
    /// @param nodes links of nodes
    /// @param clients links of people's programs
    /// @param streams that are open
    /// @param cut sessions that would be cut now, since their streams cannot be resumed
    /// @param pid the hub's process
    record State(String phase, int nodes, int clients, int streams, int cut, long pid) {

        static final String STOPPED = "stopped";

        State as(String other) {
            return new State(other, nodes, clients, streams, cut, pid);
        }
    }

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Pattern MILLIS = Pattern.compile("[0-9]{1,9}");

    private final Path request;
    private final Path state;

    /// @param data the hub's folder
    DrainFiles(Path data) {
        request = data.resolve("drain");
        state = data.resolve("drain.json");
    }

    /// Forgets what was asked of an earlier process.
    void clear() throws IOException {
        Files.deleteIfExists(request);
        Files.deleteIfExists(state);
    }

    /// Asks, for whoever runs `fairlead hub drain`.
    void ask(Duration within) throws IOException {
        Files.deleteIfExists(state);
        replace(request, Long.toString(within.toMillis()));
    }

    /// Takes it back, where nobody has heard it.
    void takeBack() throws IOException {
        Files.deleteIfExists(request);
    }

    /// Takes what is asked.
    Optional<Duration> take() throws IOException {
        String text;
        try {
            text = Files.readString(request).strip();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        Files.deleteIfExists(request);
        return MILLIS.matcher(text).matches()
                ? Optional.of(Duration.ofMillis(Long.parseLong(text)))
                : Optional.empty();
    }

    void tell(State now) throws IOException {
        replace(state, JSON.writeValueAsString(now));
    }

    /// Empty before the hub has begun.
    Optional<State> state() throws IOException {
        try {
            return Optional.of(JSON.readValue(Files.readString(state), State.class));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (JacksonException e) {
            throw new IOException(state + " is not what a hub writes", e);
        }
    }

    /// Readable by a hub that runs as another user than root, who asks.
    private static void replace(Path file, String text) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(fresh, text + "\n");
        Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-r--r--"));
        Files.move(
                fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
