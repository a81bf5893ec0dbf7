package dev.fairlead.lab.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;

/// What a hub holds after a full collection: what is in use of its heap, what is resident of its
/// process besides the heap, and what the kernel holds for TCP on this machine (proc_pid_smaps(5),
/// slabinfo(5)). G1 keeps pages of the heap that it has touched, so what is resident of the heap
/// tells what it was once, and not what is in it.
///
/// @param heap bytes in use
/// @param besides bytes resident of the process that are not its heap
/// @param kernel bytes for sockets, of both ends of each connection on this machine
/// @param sockets how many there are
record HubMemory(long heap, long besides, long kernel, long sockets) {

    private static final long PAGE = 4_096;

    /// Of `jcmd GC.heap_info`: what is used, and where the heap is.
    private static final Pattern HEAP =
            Pattern.compile("heap .*used (\\d+)K.*\\[0x([0-9a-f]+), 0x([0-9a-f]+)\\)");

    private static final Pattern MAPPING = Pattern.compile("([0-9a-f]+)-[0-9a-f]+ .*");

    /// The caches from which each socket takes one object, and the bytes of its directory entry,
    /// whose cache is full of other things.
    private static final Map<String, Long> CACHES =
            Map.of(
                    "TCP", 0L,
                    "TCPv6", 0L,
                    "sock_inode_cache", 192L,
                    "filp", 0L,
                    "eventpoll_epi", 0L);

    /// Collects, and measures.
    static HubMemory of(long pid) throws IOException {
        jcmd(pid, "GC.run");
        var heap = HEAP.matcher(jcmd(pid, "GC.heap_info"));
        if (!heap.find()) {
            throw new IOException("this Java does not tell what is in use of its heap");
        }
        return new HubMemory(
                1_024 * Long.parseLong(heap.group(1)),
                besides(
                        pid,
                        Long.parseUnsignedLong(heap.group(2), 16),
                        Long.parseUnsignedLong(heap.group(3), 16)),
                sockets("mem") * PAGE + slabs(),
                sockets("inuse"));
    }

    /// What a JVM answers to a command of `jcmd`.
    static String jcmd(long pid, String command) throws IOException {
        var process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                                Long.toString(pid),
                                command)
                        .redirectErrorStream(true)
                        .start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /// What is resident of all mappings outside of an area.
    private static long besides(long pid, long from, long end) throws IOException {
        long bytes = 0;
        boolean inside = false;
        for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "smaps"))) {
            var mapping = MAPPING.matcher(line);
            if (mapping.matches()) {
                long at = Long.parseUnsignedLong(mapping.group(1), 16);
                inside = Long.compareUnsigned(at, from) >= 0 && Long.compareUnsigned(at, end) < 0;
            } else if (!inside && line.startsWith("Rss:")) {
                bytes += 1_024 * Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        return bytes;
    }

    /// Bytes of the process that are resident now.
    static long resident(long pid) throws IOException {
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
