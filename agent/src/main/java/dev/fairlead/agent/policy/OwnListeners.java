package dev.fairlead.agent.policy;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/// The TCP sockets on which this very process listens, from `/proc/net/tcp` and `/proc/self/fd`
/// (proc(5)); empty where there is no `/proc`.
///
/// The agent listens on nothing by itself; this covers a hub in the same process and ports that SSH
/// sessions asked for. A busy machine has ten thousands of sockets, which take the kernel tens of
/// milliseconds to print: those that listen come first (Linux, networking/proc_net_tcp), and it
/// reads no more than a few behind them. Ask through [Remembered].
public final class OwnListeners implements Supplier<List<Guarded.Listener>> {

    private static final String LISTEN = "0A";

    /// In every line that is wanted, and in few others.
    private static final String LISTENING = " " + LISTEN + " ";

    /// So many in a row that do not listen are behind those that do.
    private static final int OTHERS = 1_000;

    private final Path proc;

    public OwnListeners(Path proc) {
        this.proc = proc;
    }

    @Override
    public List<Guarded.Listener> get() {
        var listeners = new ArrayList<Guarded.Listener>();
        try {
            Set<String> inodes = socketInodes();
            for (String file : List.of("net/tcp", "net/tcp6")) {
                Path table = proc.resolve(file);
                if (!inodes.isEmpty() && Files.exists(table)) {
                    read(table, inodes, listeners);
                }
            }
        } catch (IOException e) {
            // No /proc, or a descriptor closed while we looked: what was found stands.
        }
        return List.copyOf(listeners);
    }

    private static void read(Path table, Set<String> inodes, List<Guarded.Listener> to)
            throws IOException {
        try (var lines = Files.newBufferedReader(table)) {
            int others = 0;
            for (String line = lines.readLine();
                    line != null && others < OTHERS;
                    line = lines.readLine()) {
                if (line.contains(LISTENING)) {
                    add(to, line, inodes);
                    others = 0;
                } else {
                    others++;
                }
            }
        }
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
