package dev.fairlead.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// What a Java program holds, sampled from outside: live heap after a collection, memory besides
/// the heap, descriptors, threads.
final class Vitals {

    /// In the order in which they are drawn. MiB, and numbers.
    enum Sign {
        HEAP("live heap, MiB", 8),
        NATIVE("memory besides the heap, MiB", 24),
        DESCRIPTORS("descriptors", 40),
        THREADS("threads", 12);

        final String label;

        /// What may come on top of a tenth, and be flat all the same.
        private final double slack;

        Sign(String label, double slack) {
            this.label = label;
            this.slack = slack;
        }
    }

    /// One generation, or the whole heap, as jcmd tells of it.
    private static final Pattern HEAP =
            Pattern.compile("(?:committed|total) (\\d+)K, used (\\d+)K");

    private final String name;
    private final List<Map<Sign, Double>> samples = new ArrayList<>();

    /// @param name for people
    Vitals(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    void sample(long pid) throws Exception {
        jcmd(pid, "GC.run");
        double committed = 0;
        double used = 0;
        var heap = HEAP.matcher(jcmd(pid, "GC.heap_info"));
        while (heap.find()) {
            committed += Double.parseDouble(heap.group(1));
            used += Double.parseDouble(heap.group(2));
        }
        var sample = new LinkedHashMap<Sign, Double>();
        sample.put(Sign.HEAP, used / 1024);
        sample.put(Sign.NATIVE, Math.max(0, status(pid, "RssAnon") - committed) / 1024);
        try (var open = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            sample.put(Sign.DESCRIPTORS, (double) open.count());
        }
        sample.put(Sign.THREADS, status(pid, "Threads"));
        samples.add(sample);
    }

    private static double status(long pid, String key) throws IOException {
        try (var lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
            return lines.filter(line -> line.startsWith(key + ":"))
                    .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static String jcmd(long pid, String command) throws Exception {
        var jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        return Programs.run(
                        Programs.builder(
                                Map.of(), List.of(jcmd.toString(), Long.toString(pid), command)),
                        new byte[0],
                        Duration.ofSeconds(60))
                .ok();
    }

    int size() {
        return samples.size();
    }

    double[] of(Sign sign) {
        return samples.stream().mapToDouble(sample -> sample.get(sign)).toArray();
    }

    /// The medians of the second and of the last quarter: the first is for warming up.
    double[] quarters(Sign sign) {
        double[] all = of(sign);
        int quarter = all.length / 4;
        return new double[] {
            median(Arrays.copyOfRange(all, quarter, 2 * quarter)),
            median(Arrays.copyOfRange(all, all.length - quarter, all.length))
        };
    }

    /// Whether the last quarter is no higher than the second, but for a tenth and a little.
    boolean isFlat(Sign sign) {
        double[] quarters = quarters(sign);
        return quarters[1] <= quarters[0] * 1.1 + sign.slack;
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }

    @Override
    public String toString() {
        if (samples.size() < 4) {
            return name + " not judged";
        }
        var text = new StringBuilder(name);
        for (var sign : Sign.values()) {
            double[] quarters = quarters(sign);
            text.append(", %s %.0f then %.0f".formatted(sign.label, quarters[0], quarters[1]));
        }
        return text.toString();
    }
}
