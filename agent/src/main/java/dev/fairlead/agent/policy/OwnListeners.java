package dev.fairlead.agent.policy;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/// The TCP sockets on which this very process listens, from `/proc/net/tcp` and `/proc/self/fd`
/// (proc(5)); empty where there is no `/proc`.
///
/// The agent listens on nothing by itself; this covers a hub in the same process and ports that SSH
/// sessions asked for. Read again when older than a second: a busy machine has thousands of
/// sockets, and a node may open thousands of streams a second.
public final class OwnListeners implements Supplier<List<Guarded.Listener>> {

    private static final Duration FRESH = Duration.ofSeconds(1);
    private static final String LISTEN = "0A";

    private final Path proc;
    private final InstantSource clock;
    private volatile Snapshot snapshot = new Snapshot(Long.MIN_VALUE, List.of());

    private record Snapshot(long millis, List<Guarded.Listener> listeners) {}

    public OwnListeners(Path proc, InstantSource clock) {
        this.proc = proc;
        this.clock = clock;
    }

    @Override
    public List<Guarded.Listener> get() {
        var last = snapshot;
        long now = clock.millis();
        if (last.millis == Long.MIN_VALUE || Math.abs(now - last.millis) >= FRESH.toMillis()) {
            last = new Snapshot(now, read());
            snapshot = last;
        }
        return last.listeners;
    }

    private List<Guarded.Listener> read() {
        var listeners = new ArrayList<Guarded.Listener>();
        try {
            Set<String> inodes = socketInodes();
            for (String file : List.of("net/tcp", "net/tcp6")) {
                Path table = proc.resolve(file);
                if (!inodes.isEmpty() && Files.exists(table)) {
                    try (var lines = Files.lines(table)) {
                        lines.skip(1).forEach(line -> add(listeners, line, inodes));
                    }
                }
            }
        } catch (IOException e) {
            // No /proc, or a descriptor closed while we looked: what was found stands.
        }
        return List.copyOf(listeners);
    }

    private Set<String> socketInodes() throws IOException {
        var inodes = new HashSet<String>();
        Path descriptors = proc.resolve("self/fd");
        if (!Files.isDirectory(descriptors)) {
            return inodes;
        }
        try (var entries = Files.newDirectoryStream(descriptors)) {
            for (Path entry : entries) {
                try {
                    String link = Files.readSymbolicLink(entry).toString();
                    if (link.startsWith("socket:[")) {
                        inodes.add(link.substring(8, link.length() - 1));
                    }
                } catch (IOException e) {
                    // Closed in the meantime.
                }
            }
        }
        return inodes;
    }

    /// `sl local_address rem_address st tx:rx tr:tm retrnsmt uid timeout inode ...`
    private static void add(List<Guarded.Listener> to, String line, Set<String> inodes) {
        String[] field = line.trim().split("\\s+");
        if (field.length > 9 && field[3].equals(LISTEN) && inodes.contains(field[9])) {
            int colon = field[1].indexOf(':');
            int port = Integer.parseInt(field[1].substring(colon + 1), 16);
            to.add(new Guarded.Listener(address(field[1].substring(0, colon)), port, "this agent"));
        }
    }

    /// The kernel prints each 32-bit word in the machine's byte order, which is little-endian on
    /// all machines that Fairlead has natives for.
    private static InetAddress address(String hex) {
        byte[] bytes = new byte[hex.length() / 2];
        for (int i = 0; i < bytes.length; i++) {
            int at = i / 4 * 4 + 3 - i % 4;
            bytes[at] = (byte) Integer.parseInt(hex.substring(2 * i, 2 * i + 2), 16);
        }
        return Addresses.ofBytes(bytes);
    }
}
