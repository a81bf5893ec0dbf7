package dev.fairlead.agent.policy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The listeners of a hub on this machine, which it writes into its data folder: one `ADDRESS:PORT
/// WHAT` a line, such as `127.0.0.1:40123 the hub's database`.
///
/// Read whenever it is asked, since a hub may start after the agent; a missing file is no hub.
public final class ListenersFile implements Supplier<List<Guarded.Listener>> {

    private static final Logger LOG = LoggerFactory.getLogger(ListenersFile.class);
    private static final int MAX_LINES = 1_000;

    private final Path file;

    public ListenersFile(Path file) {
        this.file = file;
    }

    @Override
    public List<Guarded.Listener> get() {
        var listeners = new ArrayList<Guarded.Listener>();
        try (var lines = Files.lines(file)) {
            lines.limit(MAX_LINES)
                    .filter(line -> !line.isBlank())
                    .forEach(line -> add(listeners, line));
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException | RuntimeException e) {
            LOG.warn("The hub's list of listeners {} cannot be read: {}", file, e.toString());
        }
        return listeners;
    }

    private static void add(List<Guarded.Listener> to, String line) {
        String[] parts = line.trim().split("\\s+", 2);
        var target = Target.parse(parts[0]);
        if (target.literal() == null) {
            throw new IllegalArgumentException(parts[0] + " is not an address");
        }
        String what = parts.length > 1 ? parts[1] : "a hub on this machine";
        to.add(new Guarded.Listener(target.literal(), target.port(), what));
    }
}
