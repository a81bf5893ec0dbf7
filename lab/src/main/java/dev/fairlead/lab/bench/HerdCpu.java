package dev.fairlead.lab.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What the herd's processes have used of the processors, in seconds of user and system time, and
/// of the hub's which threads.
///
/// @param hub by the names of its threads, without their numbers
record HerdCpu(long at, Map<String, Double> processes, Map<String, Double> hub) {

    private static final double TICKS_PER_SECOND = 100;

    /// utime and stime, of the fields behind the name (proc_pid_stat(5)).
    private static final int UTIME = 11;

    static HerdCpu now(Process hub, Worker herd, Worker api) throws IOException {
        Map<String, Double> processes = new LinkedHashMap<>();
        double own = seconds(Path.of("/proc/" + hub.pid() + "/stat"));
        processes.put("hub", own);
        processes.put(
                "database",
                hub.descendants()
                        .mapToDouble(child -> seconds(Path.of("/proc/" + child.pid() + "/stat")))
                        .sum());
        processes.put("agents", seconds(Path.of("/proc/" + herd.pid() + "/stat")));
        processes.put("client", seconds(Path.of("/proc/" + api.pid() + "/stat")));
        Map<String, Double> threads = new TreeMap<>();
        try (var tasks = Files.list(Path.of("/proc/" + hub.pid() + "/task"))) {
            for (var task : tasks.toList()) {
                threads.merge(name(task), seconds(task.resolve("stat")), Double::sum);
            }
        }
        return new HerdCpu(System.nanoTime(), processes, threads);
    }

    private static String name(Path task) {
        try {
            return Files.readString(task.resolve("comm")).strip().replaceAll("[-#0-9]+$", "");
        } catch (IOException e) {
            return "ended";
        }
    }

    private static double seconds(Path stat) {
        try {
            String line = Files.readString(stat, StandardCharsets.ISO_8859_1);
            String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ");
            return (Long.parseLong(fields[UTIME]) + Long.parseLong(fields[UTIME + 1]))
                    / TICKS_PER_SECOND;
        } catch (IOException e) {
            return 0;
        }
    }

    /// As the start of what a hub uses that is started after it.
    HerdCpu withoutHub() {
        var others = new LinkedHashMap<>(processes);
        others.remove("hub");
        others.remove("database");
        return new HerdCpu(at, others, Map.of());
    }

    /// What was used from then until now, in words.
    String since(HerdCpu before) {
        return String.format(
                Locale.ROOT,
                "CPU-s in %.1f s: %s; the hub's threads: %s",
                (at - before.at) / 1e9,
                differences(processes, before.processes, 0),
                differences(hub, before.hub, 0.05));
    }

    private static String differences(
            Map<String, Double> now, Map<String, Double> before, double least) {
        return now.entrySet().stream()
                .map(entry ->
                        Map.entry(
                                entry.getKey(),
                                entry.getValue() - before.getOrDefault(entry.getKey(), 0.0)))
                .filter(entry -> entry.getValue() >= least)
                .map(entry ->
                        String.format(Locale.ROOT, "%s %.2f", entry.getKey(), entry.getValue()))
                .collect(Collectors.joining(", "));
    }
}
