package dev.fairlead.lab.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/// `./bench`.
@Command(
        name = "bench",
        description = {
            "Measures Fairlead and its peers side by side on this machine.",
            "All systems run throughout; their rounds are interleaved, and medians are printed. CPU is user and"
                    + " system time of every process of a system. A peer that is not installed is named and left out."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class Bench implements Callable<Integer> {

    private static final Path DOCUMENT = Path.of("docs/performance.md");

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "NAME",
            description =
                    "Only these systems, such as Fairlead,OpenSSH, or parts: distance (a long way to the hub),"
                            + " start (what people wait for).")
    private @Nullable List<String> only;

    @Option(
            names = "--loads",
            split = ",",
            paramLabel = "KIND",
            description =
                    "Only these kinds of load: down, up, down-64, up-64, echo, beside, opens.")
    private @Nullable List<String> loads;

    @Option(
            names = "--against",
            paramLabel = "CLONE",
            description =
                    "Another clone of Fairlead that was built, round by round beside this one; can be"
                            + " repeated.")
    private List<Path> against = List.of();

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "Rounds, ${DEFAULT-VALUE} if none are given.")
    private int rounds = 5;

    @Option(
            names = "--secs",
            paramLabel = "S",
            description = "Seconds for each figure, ${DEFAULT-VALUE} if none are given.")
    private double seconds = 2.5;

    @Option(
            names = "--warm-up",
            paramLabel = "S",
            description =
                    "Seconds of each kind of load before the first round, ${DEFAULT-VALUE} if none are given.")
    private double warmUp = 5;

    @Option(
            names = "--quick",
            description =
                    "Fairlead alone, below 3 minutes, beside what docs/performance.md states.")
    private boolean quick;

    @Option(
            names = "--agents",
            paramLabel = "N",
            description =
                    "Agents of the herd, ${DEFAULT-VALUE} if none are given. --only herd measures with them"
                            + " alone; its parts are idle, api, return and fan-out.")
    private int agents = 10_000;

    @Option(
            names = "--plots",
            paramLabel = "FOLDER",
            description = "Draw the systems' medians as SVG files there.")
    private @Nullable Path plots;

    @Option(names = "--json", description = "Print every raw figure as JSON.")
    private boolean json;

    private final List<Tunnel> left = new ArrayList<>();
    private final Map<Tunnel, Ports> ports = new LinkedHashMap<>();
    private final Map<Tunnel, Programs> programs = new LinkedHashMap<>();

    @Spec private @Nullable CommandSpec spec;

    public static void main(String[] args) {
        // Whoever interrupts it finds none of its processes left.
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(() ->
                                ProcessHandle.current()
                                        .descendants()
                                        .forEach(ProcessHandle::destroy)));
        System.exit(new CommandLine(new Bench()).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        boolean failed = false;
        if (quick) {
            only = List.of(FairleadItself.NAME);
        }
        var kinds = kinds();
        for (var clone : against) {
            if (!FairleadItself.isBuilt(clone)) {
                throw misused(
                        clone
                                + " is no clone of Fairlead that was built: run ./fairlead build there");
            }
        }
        var folder = folder("fairlead-bench");
        try {
            if (only == null || !chosen().isEmpty()) {
                failed |= !goes("systems", () -> tunnels(folder, kinds));
            }
            if (wants(DistanceBench.NAME)) {
                failed |= !goes(DistanceBench.NAME, () -> distance(folder));
            }
            if (wants(StartBench.NAME)) {
                failed |= !goes(StartBench.NAME, this::start);
            }
            var herd = HerdBench.parts(only == null ? List.of(HerdBench.ALL) : only);
            if (!herd.isEmpty()) {
                var found = HerdBench.run(agents, herd, launcher(), folder);
                print(found.figures(), HerdBench.table(agents, found.figures()));
                failed |= found.failed();
            }
        } finally {
            Files.deleteIfExists(folder);
        }
        return failed ? 1 : 0;
    }

    interface Step {
        void go() throws IOException, InterruptedException;
    }

    /// Measures what can be measured: a part that fails takes no other with it.
    static boolean goes(String name, Step step) throws InterruptedException {
        try {
            step.go();
            return true;
        } catch (IOException e) {
            say(name + ": " + e.getMessage());
            return false;
        }
    }

    private void distance(Path folder) throws IOException, InterruptedException {
        var found = DistanceBench.run(rounds, launcher(), folder);
        print(found, DistanceBench.table(found));
    }

    private void start() throws IOException, InterruptedException {
        var found = StartBench.run(launcher());
        print(found, StartBench.table(found));
    }

    /// A fresh folder that the database of a hub that root starts can pass: it runs as another
    /// user.
    static Path folder(String prefix) throws IOException {
        return Files.setPosixFilePermissions(
                Files.createTempDirectory(prefix), PosixFilePermissions.fromString("rwx--x--x"));
    }

    private static String launcher() {
        return System.getProperty("fairlead.launcher", "./fairlead");
    }

    private boolean wants(String part) {
        return only == null || only.stream().anyMatch(part::equalsIgnoreCase);
    }

    private void print(Object raw, String table) {
        System.out.print(
                json
                        ? JsonMapper.shared()
                                        .writerWithDefaultPrettyPrinter()
                                        .writeValueAsString(raw)
                                + "\n"
                        : table + "\n");
    }

    private List<LoadKind> kinds() {
        var words = loads;
        if (words == null) {
            return List.of(LoadKind.values());
        }
        var kinds = LoadKind.of(words);
        if (kinds.size() < words.size()) {
            throw misused("--loads has kinds that there are not: there are " + LoadKind.words());
        }
        return kinds;
    }

    private ParameterException misused(String why) {
        return new ParameterException(Objects.requireNonNull(spec).commandLine(), why);
    }

    private void tunnels(Path folder, List<LoadKind> kinds)
            throws IOException, InterruptedException {
        try (var targets = new Worker(Targets.class);
                var load = new Worker(Load.class)) {
            String[] told = targets.line().split(" ");
            start(
                    folder,
                    new Ports(
                            Integer.parseInt(told[0]),
                            Integer.parseInt(told[1]),
                            Integer.parseInt(told[2])));
            var measured = measure(load, kinds);
            var report = new Report(List.copyOf(ports.keySet()), left, measured);
            print(measured, quick ? report.beside(DOCUMENT) : report.table());
            if (plots != null) {
                report.plot(plots);
            }
        } finally {
            for (var one : programs.values()) {
                one.close();
            }
        }
    }

    static void say(String sentence) {
        System.err.println("bench: " + sentence);
    }

    private List<Tunnel> chosen() {
        List<Tunnel> all = new ArrayList<>();
        all.add(FairleadItself.tunnel(launcher()));
        all.add(FairleadItself.plain(launcher()));
        all.addAll(Peers.all());
        var names = only;
        if (names != null) {
            all.removeIf(one -> names.stream().noneMatch(one.name()::equalsIgnoreCase));
        }
        for (var clone : against) {
            all.add(FairleadItself.of(clone));
        }
        return all;
    }

    private void start(Path folder, Ports targets) throws IOException, InterruptedException {
        for (var tunnel : chosen()) {
            if (!tunnel.isHere()) {
                say(tunnel.name() + " is left out: not installed here: " + tunnel.missing());
                left.add(tunnel);
                continue;
            }
            say("starting " + tunnel.name() + " (" + tunnel.about() + ")");
            var own = new Programs(folder.resolve(tunnel.name()));
            programs.put(tunnel, own);
            ports.put(tunnel, tunnel.starter().start(own, targets));
        }
    }

    private List<Measured> measure(Worker load, List<LoadKind> kinds) throws IOException {
        long millis = Math.round(seconds * 1_000);
        for (var tunnel : List.copyOf(ports.keySet())) {
            say("warming up " + tunnel.name());
            for (var kind : kinds) {
                tryTwice(tunnel, () -> in(load, tunnel).warmUp(kind, Math.round(warmUp * 1_000)));
            }
        }
        List<Measured> measured = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            for (var kind : kinds) {
                say("round " + round + " of " + rounds + ": " + kind.word());
                // All of them within seconds: a machine that is shared changes by the minute.
                for (var tunnel : inTurn(round)) {
                    int number = round;
                    tryTwice(
                            tunnel,
                            () ->
                                    in(load, tunnel)
                                            .measure(kind, millis)
                                            .forEach((figure, value) ->
                                                    measured.add(
                                                            new Measured(
                                                                    tunnel.name(),
                                                                    number,
                                                                    figure,
                                                                    value))));
                }
            }
        }
        measured.removeIf(
                one -> ports.keySet().stream().noneMatch(it -> it.name().equals(one.system())));
        return measured;
    }

    /// Nobody always comes after the same one.
    private List<Tunnel> inTurn(int round) {
        var systems = new ArrayList<>(ports.keySet());
        if (round % 2 == 0) {
            Collections.reverse(systems);
        }
        return systems;
    }

    private interface Measuring {
        void run() throws IOException;
    }

    /// A peer may fail once; one that fails again is named and left out. Fairlead may not.
    private void tryTwice(Tunnel tunnel, Measuring what) throws IOException {
        if (!ports.containsKey(tunnel)) {
            return;
        }
        try {
            what.run();
            return;
        } catch (IOException e) {
            if (tunnel.name().startsWith(FairleadItself.NAME)) {
                throw new IOException(tunnel.name() + ": " + e.getMessage(), e);
            }
            say(tunnel.name() + " failed, and is tried again: " + e.getMessage());
        }
        try {
            what.run();
        } catch (IOException e) {
            say(tunnel.name() + " is left out: it failed again: " + e.getMessage());
            ports.remove(tunnel);
            left.add(tunnel);
        }
    }

    private MeasureTunnel in(Worker load, Tunnel tunnel) {
        return new MeasureTunnel(
                load,
                Objects.requireNonNull(ports.get(tunnel)),
                Objects.requireNonNull(programs.get(tunnel)).tree());
    }
}
