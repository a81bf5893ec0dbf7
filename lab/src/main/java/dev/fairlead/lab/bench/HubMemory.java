package dev.fairlead.lab.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// What a hub holds: resident memory of its process, and what the kernel holds for TCP on this
/// machine (proc_pid_status(5), slabinfo(5)).
///
/// @param resident bytes of the process
/// @param kernel bytes for sockets, of both ends of each connection on this machine
/// @param sockets how many there are
record HubMemory(long resident, long kernel, long sockets) {

    private static final long PAGE = 4_096;

    /// The caches from which each socket takes one object, and the bytes of its directory entry,
    /// whose cache is full of other things.
    private static final Map<String, Long> CACHES =
            Map.of(
                    "TCP", 0L,
                    "TCPv6", 0L,
                    "sock_inode_cache", 192L,
                    "filp", 0L,
                    "eventpoll_epi", 0L);

    static HubMemory of(long pid) throws IOException {
        return new HubMemory(resident(pid), sockets("mem") * PAGE + slabs(), sockets("inuse"));
    }

    private static long resident(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> 1_024 * Long.parseLong(line.replaceAll("\\D", "")))
                .sum();
    }

    private static long sockets(String what) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/net/sockstat"))) {
            if (line.startsWith("TCP:")) {
                String[] words = line.split(" ");
                for (int i = 1; i < words.length - 1; i++) {
                    if (words[i].equals(what)) {
                        return Long.parseLong(words[i + 1]);
                    }
                }
            }
        }
        throw new IOException("/proc/net/sockstat does not tell " + what);
    }

    /// 0 where only root may read them.
    private static long slabs() throws IOException {
        var file = Path.of("/proc/slabinfo");
        if (!Files.isReadable(file)) {
            return 0;
        }
        long bytes = 0;
        for (String line : Files.readAllLines(file)) {
            String[] words = line.split(" +");
            Long more = CACHES.get(words[0]);
            if (more != null) {
                bytes += Long.parseLong(words[1]) * (Long.parseLong(words[3]) + more);
            }
        }
        return bytes;
    }
}
