package dev.fairlead.agent.ssh;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// The sockets that a process listens on, as the kernel says.
final class Listeners {

    private static final String LISTEN = "0A";

    private Listeners() {}

    /// `address:port` of each listening TCP socket of this process.
    static Set<String> of(long pid) throws IOException {
        var inodes = sockets(pid);
        var found = new HashSet<String>();
        for (String table : List.of("tcp", "tcp6")) {
            for (String line : Files.readAllLines(Path.of("/proc", "" + pid, "net", table))) {
                var words = line.strip().split("\\s+");
                if (words.length > 9 && words[3].equals(LISTEN) && inodes.contains(words[9])) {
                    found.add(address(words[1]));
                }
            }
        }
        return found;
    }

    /// Paths of the Unix sockets that this process listens on.
    static Set<String> unix(long pid) throws IOException {
        var inodes = sockets(pid);
        return Files.readAllLines(Path.of("/proc", "" + pid, "net", "unix")).stream()
                .map(line -> line.strip().split("\\s+"))
                .filter(words -> words.length > 7 && inodes.contains(words[6]))
                .map(words -> words[7])
                .collect(Collectors.toSet());
    }

    private static Set<String> sockets(long pid) throws IOException {
        var inodes = new HashSet<String>();
        try (var descriptors = Files.newDirectoryStream(Path.of("/proc", "" + pid, "fd"))) {
            for (var descriptor : descriptors) {
                try {
                    String target = Files.readSymbolicLink(descriptor).toString();
                    if (target.startsWith("socket:[")) {
                        inodes.add(target.substring(8, target.length() - 1));
                    }
                } catch (IOException e) {
                    // Closed since.
                }
            }
        }
        return inodes;
    }

    /// Words of 32 bits in the machine's order, in hex.
    private static String address(String text) throws IOException {
        String hex = text.substring(0, text.indexOf(':'));
        var bytes = new byte[hex.length() / 2];
        for (int i = 0; i < bytes.length; i++) {
            int at = i / 4 * 4 + 3 - i % 4;
            bytes[at] = (byte) Integer.parseInt(hex, i * 2, i * 2 + 2, 16);
        }
        int port = Integer.parseInt(text.substring(text.indexOf(':') + 1), 16);
        return InetAddress.getByAddress(bytes).getHostAddress() + ":" + port;
    }
}
