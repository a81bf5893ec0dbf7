package dev.fairlead.lab.bench;

import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;

/// One system under one kind of load after the other.
final class MeasureTunnel {

    private static final double GIGABYTE = 1e9;

    private final Worker load;
    private final Ports ports;
    private final ProcessTree tree;

    MeasureTunnel(Worker load, Ports ports, ProcessTree tree) {
        this.load = load;
        this.ports = ports;
        this.tree = tree;
    }

    /// The first seconds of a fresh JVM, and of anybody's caches, are not what is measured. A path
    /// that handles 64 KiB at a time needs more of them than one that handles keystrokes; that of
    /// streams which come and go needs most, because it is long, and each step of it runs a few
    /// thousand times a second only.
    ///
    /// @param millis three times as long for streams that come and go
    void warmUp(LoadKind kind, long millis) throws IOException {
        load.ask(kind.command(ports, kind == LoadKind.OPENS ? 3 * millis : millis));
    }

    Map<Figure, Double> measure(LoadKind kind, long millis) throws IOException {
        double before = tree.cpuSeconds();
        var found = load.ask(kind.command(ports, millis));
        double used = tree.cpuSeconds() - before;
        Map<Figure, Double> figures = new EnumMap<>(Figure.class);
        switch (kind) {
            case DOWN -> bulk(figures, found, used, Figure.DOWN, Figure.DOWN_CPU);
            case UP -> bulk(figures, found, used, Figure.UP, Figure.UP_CPU);
            case DOWN_64 -> {
                bulk(figures, found, used, Figure.DOWN_64, Figure.DOWN_64_CPU);
                figures.put(Figure.DOWN_64_FAIR, found.need("fairness"));
            }
            case UP_64 -> {
                bulk(figures, found, used, Figure.UP_64, Figure.UP_64_CPU);
                figures.put(Figure.UP_64_FAIR, found.need("fairness"));
            }
            case ECHO -> {
                figures.put(Figure.ECHO_P50, found.need("p50"));
                figures.put(Figure.ECHO_P99, found.need("p99"));
            }
            case BESIDE -> figures.put(Figure.BESIDE_P99, found.need("p99"));
            case OPENS -> {
                figures.put(Figure.OPENS, found.need("rate"));
                figures.put(Figure.MEMORY, tree.megabytes());
            }
        }
        return figures;
    }

    private static void bulk(
            Map<Figure, Double> figures, Worker.Answer found, double used, Figure rate, Figure cpu)
            throws IOException {
        figures.put(rate, found.need("rate") / 1e6);
        figures.put(cpu, used / (found.need("bytes") / GIGABYTE));
    }
}
