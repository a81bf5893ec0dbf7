package dev.fairlead.lab.bench;

import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;

/// One round through one tunnel.
final class MeasureTunnel {

    private static final double GIGABYTE = 1e9;
    private static final int MANY = 64;

    private final Worker load;
    private final Ports ports;
    private final ProcessTree tree;
    private final Map<Figure, Double> figures = new EnumMap<>(Figure.class);

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
    /// @param millis for each kind of load, three times as long for the last one
    void warmUp(long millis) throws IOException {
        for (String command :
                new String[] {
                    "down " + ports.source() + " 1 ",
                    "up " + ports.sink() + " 1 ",
                    "down " + ports.source() + " " + MANY + " ",
                    "up " + ports.sink() + " " + MANY + " ",
                    "echo " + ports.echo() + " "
                }) {
            load.ask(command + millis);
        }
        load.ask("opens " + ports.echo() + " " + MANY + " " + 3 * millis);
    }

    Map<Figure, Double> round(long millis) throws IOException {
        bulk("down " + ports.source() + " 1 " + millis, Figure.DOWN, Figure.DOWN_CPU);
        bulk("up " + ports.sink() + " 1 " + millis, Figure.UP, Figure.UP_CPU);
        var down =
                bulk(
                        "down " + ports.source() + " " + MANY + " " + millis,
                        Figure.DOWN_64,
                        Figure.DOWN_64_CPU);
        figures.put(Figure.DOWN_64_FAIR, down.need("fairness"));
        var up =
                bulk(
                        "up " + ports.sink() + " " + MANY + " " + millis,
                        Figure.UP_64,
                        Figure.UP_64_CPU);
        figures.put(Figure.UP_64_FAIR, up.need("fairness"));
        var echo = load.ask("echo " + ports.echo() + " " + millis);
        figures.put(Figure.ECHO_P50, echo.need("p50"));
        figures.put(Figure.ECHO_P99, echo.need("p99"));
        var beside = load.ask("echo-beside " + ports.echo() + " " + ports.source() + " " + millis);
        figures.put(Figure.BESIDE_P99, beside.need("p99"));
        figures.put(
                Figure.OPENS,
                load.ask("opens " + ports.echo() + " " + MANY + " " + millis).need("rate"));
        figures.put(Figure.MEMORY, tree.megabytes());
        return figures;
    }

    private Worker.Answer bulk(String command, Figure rate, Figure cpu) throws IOException {
        double before = tree.cpuSeconds();
        var found = load.ask(command);
        double used = tree.cpuSeconds() - before;
        figures.put(rate, found.need("rate") / 1e6);
        figures.put(cpu, used / (found.need("bytes") / GIGABYTE));
        return found;
    }
}
