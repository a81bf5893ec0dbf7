package dev.fairlead.agent.health;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Measures this machine by `/proc` (proc(5)). A file that is missing or reads strangely makes its
/// own figures null and no others.
public final class Measure {

    private final Path proc;
    private final Path sys;
    private final InstantSource clock;
    private final Disks disks;
    private @Nullable Cpu lastCpu;
    private @Nullable Network lastNetwork;

    /// Clock ticks since the machine started.
    private record Cpu(long busy, long all) {}

    /// Bytes since the machine started.
    private record Network(long millis, long in, long out) {}

    private record Memory(long total, long used) {}

    public Measure(Path proc, Path sys, InstantSource clock) {
        this.proc = proc;
        this.sys = sys;
        this.clock = clock;
        this.disks = new Disks(proc);
    }

    /// Blocks for some milliseconds. CPU and network are over the time since the last call, and
    /// null in the first.
    public synchronized Statistics now() {
        var memory = attempt(this::memory);
        var cpu = attempt(this::cpu);
        var network = attempt(this::network);
        var lastC = lastCpu;
        var lastN = lastNetwork;
        lastCpu = cpu;
        lastNetwork = network;
        return new Statistics(
                clock.instant(),
                cpu == null || lastC == null ? null : busy(lastC, cpu),
                Runtime.getRuntime().availableProcessors(),
                attempt(this::load),
                memory == null ? null : memory.total,
                memory == null ? null : memory.used,
                network == null || lastN == null
                        ? null
                        : rate(lastN, network, network.in - lastN.in),
                network == null || lastN == null
                        ? null
                        : rate(lastN, network, network.out - lastN.out),
                attempt(this::uptime),
                null,
                Optional.ofNullable(attempt(disks::read)).orElse(List.of()));
    }

    @FunctionalInterface
    private interface Reading<T> {
        @Nullable T read() throws IOException;
    }

    private static <T> @Nullable T attempt(Reading<T> reading) {
        try {
            return reading.read();
        } catch (IOException | RuntimeException e) {
            return null;
        }
    }

    private static @Nullable Double busy(Cpu from, Cpu to) {
        long all = to.all - from.all;
        return all <= 0 ? null : Math.clamp((double) (to.busy - from.busy) / all, 0, 1);
    }

    private static @Nullable Long rate(Network from, Network to, long bytes) {
        long millis = to.millis - from.millis;
        return millis <= 0 ? null : Math.max(0, bytes * 1_000 / millis);
    }

    /// `cpu user nice system idle iowait irq softirq steal guest guest_nice`, guests counted in
    /// user and nice already.
    private Cpu cpu() throws IOException {
        String[] field = firstLine("stat").split(" +");
        long all = 0;
        for (int i = 1; i <= 8; i++) {
            all += Long.parseLong(field[i]);
        }
        return new Cpu(all - Long.parseLong(field[4]) - Long.parseLong(field[5]), all);
    }

    private List<Double> load() throws IOException {
        String[] field = firstLine("loadavg").split(" ");
        return List.of(
                Double.valueOf(field[0]), Double.valueOf(field[1]), Double.valueOf(field[2]));
    }

    private Long uptime() throws IOException {
        return (long) Double.parseDouble(firstLine("uptime").split(" ")[0]);
    }

    private Memory memory() throws IOException {
        long total = 0;
        long available = 0;
        for (String line : Files.readAllLines(proc.resolve("meminfo"))) {
            if (line.startsWith("MemTotal:")) {
                total = kilobytes(line);
            } else if (line.startsWith("MemAvailable:")) {
                available = kilobytes(line);
            }
        }
        return new Memory(total, total - available);
    }

    private static long kilobytes(String line) {
        return Long.parseLong(line.split(" +")[1]) * 1024;
    }

    /// The sum over physical interfaces, or, where there is none (a container), over all but
    /// loopback: what passes a bridge also passes the interface behind it.
    private Network network() throws IOException {
        long in = 0;
        long out = 0;
        long physicalIn = 0;
        long physicalOut = 0;
        boolean physical = false;
        var lines = Files.readAllLines(proc.resolve("net/dev"));
        for (String line : lines.subList(2, lines.size())) {
            int colon = line.indexOf(':');
            String name = line.substring(0, colon).trim();
            String[] field = line.substring(colon + 1).trim().split(" +");
            if (name.equals("lo")) {
                continue;
            }
            long received = Long.parseLong(field[0]);
            long sent = Long.parseLong(field[8]);
            in += received;
            out += sent;
            if (Files.exists(sys.resolve("class/net").resolve(name).resolve("device"))) {
                physical = true;
                physicalIn += received;
                physicalOut += sent;
            }
        }
        return physical
                ? new Network(clock.millis(), physicalIn, physicalOut)
                : new Network(clock.millis(), in, out);
    }

    private String firstLine(String file) throws IOException {
        var lines = new ArrayList<String>(1);
        try (var all = Files.lines(proc.resolve(file))) {
            all.limit(1).forEach(lines::add);
        }
        return lines.getFirst();
    }
}
