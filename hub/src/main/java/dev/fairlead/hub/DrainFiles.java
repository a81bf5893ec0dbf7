package dev.fairlead.hub;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// How `fairlead hub drain` and a running hub speak: by two files in the hub's data folder, which
/// nobody but its owner and root can write. It needs no listener, no sign-in, and no database that
/// answers.
///
/// - `drain`: what is asked, the milliseconds that it may take; the hub takes it away
/// - `drain.states`: how it stood since the hub's start, one JSON object on each line, so that who
///   follows misses none however fast the hub is
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
    private final Path states;

    /// @param data the hub's folder
    DrainFiles(Path data) {
        request = data.resolve("drain");
        states = data.resolve("drain.states");
    }

    /// Forgets what was asked of an earlier process.
    void clear() throws IOException {
        Files.deleteIfExists(request);
        Files.deleteIfExists(states);
    }

    /// Asks, for whoever runs `fairlead hub drain`.
    ///
    /// @return how it stands from then on
    Follower ask(Duration within) throws IOException {
        var follower = new Follower(bytes().length);
        replace(request, Long.toString(within.toMillis()));
        return follower;
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

    /// Readable by root, who asks, and by whoever runs the hub.
    void tell(State now) throws IOException {
        Files.writeString(
                states,
                JSON.writeValueAsString(now) + "\n",
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    /// Reads what a hub tells, from where it began to follow.
    final class Follower {

        private int at;

        private Follower(int at) {
            this.at = at;
        }

        /// The states since the last call, in their order; none before the hub has begun.
        List<State> next() throws IOException {
            byte[] bytes = bytes();
            if (bytes.length < at) { // Another hub has started since.
                at = 0;
            }
            int end = bytes.length;
            while (end > at && bytes[end - 1] != '\n') { // It is writing this line.
                end--;
            }
            var lines =
                    new String(Arrays.copyOfRange(bytes, at, end), StandardCharsets.UTF_8)
                            .lines()
                            .toList();
            at = end;
            try {
                return lines.stream().map(line -> JSON.readValue(line, State.class)).toList();
            } catch (JacksonException e) {
                throw new IOException(states + " is not what a hub writes", e);
            }
        }
    }

    private byte[] bytes() throws IOException {
        try {
            return Files.readAllBytes(states);
        } catch (NoSuchFileException e) {
            return new byte[0];
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
