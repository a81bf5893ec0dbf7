package dev.fairlead.lab.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Many agents at one hub: `./bench --only herd`, or one of its parts.
///
/// The hub is the program as it ships, with its own PostgreSQL; the agents are simulated by one
/// process ([HerdWorker]), with their own keys, TLS, handshakes and heartbeats. All of it shares
/// this machine's cores.
final class HerdBench {

    /// What can be asked for by name.
    enum Part {
        IDLE("idle"),
        API("api"),
        RETURN("return"),
        FAN_OUT("fan-out");

        private final String label;

        Part(String label) {
            this.label = label;
        }
    }

    static final String ALL = "herd";

    private static final int PATIENCE_SECONDS = 180;
    private static final int API_RATE = 500;
    private static final int RETURN_RATE = 100;

    /// Of which the median is taken, where a round takes seconds.
    private static final int ROUNDS = 5;

    private static final long API_MILLIS = 5_000;
    private static final long WARM_MILLIS = 15_000;
    private static final long RETURN_MILLIS = 20_000;
    private static final int STOP_SECONDS = 30;
    private static final int SPARE_DESCRIPTORS = 1_000;

    /// One in so many is linked before the rest is measured.
    private static final int FIRST = 5;

    private static final long SETTLE_MILLIS = 5_000;

    private final int agents;
    private final Set<Part> parts;
    private final String launcher;
    private final Programs programs;
    private final Map<HerdFigure, Double> found = new EnumMap<>(HerdFigure.class);
    private final int port = Ports.one();
    private final int observe = Ports.one();
    private @Nullable Process hub;
    private boolean failed;

    private HerdBench(int agents, Set<Part> parts, String launcher, Programs programs)
            throws IOException {
        this.agents = agents;
        this.parts = parts;
        this.launcher = launcher;
        this.programs = programs;
    }

    /// The parts that these names ask for.
    static Set<Part> parts(List<String> names) {
        var wanted = EnumSet.noneOf(Part.class);
        for (var part : Part.values()) {
            if (names.contains(ALL) || names.contains(part.label)) {
                wanted.add(part);
            }
        }
        return wanted;
    }

    /// @param failed whether some could not be measured
    record Found(Map<HerdFigure, Double> figures, boolean failed) {}

    /// Measures what can be measured: a part that fails takes no other with it.
    static Found run(int agents, Set<Part> parts, String launcher, Path folder)
            throws IOException, InterruptedException {
        mustHaveDescriptors(agents);
        try (var programs = new Programs(folder.resolve(ALL))) {
            var bench = new HerdBench(agents, parts, launcher, programs);
            boolean failed = !bench.goes("herd", bench::run);
            return new Found(bench.found, failed || bench.failed);
        }
    }

    private boolean goes(String what, Bench.Step step) throws InterruptedException {
        boolean went = Bench.goes(what, step);
        failed |= !went;
        return went;
    }

    private static void mustHaveDescriptors(int agents) throws IOException {
        int needed = agents + SPARE_DESCRIPTORS;
        for (String line : Files.readAllLines(Path.of("/proc/self/limits"))) {
            if (line.startsWith("Max open files")) {
                String most = line.split(" {2,}")[2];
                if (!most.equals("unlimited") && Long.parseLong(most) < needed) {
                    throw new IOException(
                            "a process may open "
                                    + most
                                    + " files here, and the hub needs "
                                    + needed
                                    + " for "
                                    + agents
                                    + " agents: raise it as root by  ulimit -n "
                                    + needed
                                    + "  in this shell, or use --agents");
                }
            }
        }
    }

    private void run() throws IOException, InterruptedException {
        say("making " + agents + " nodes");
        String fingerprint;
        try (var maker = hubOfOurs()) {
            fingerprint = maker.line();
        }
        write();
        var hub = start(1);
        awaitAccept(hub);
        try (var api = new Worker(ApiLoad.class, List.of(), Integer.toString(port));
                var herd = herd(fingerprint)) {
            signIn(api);
            api.ask("ask " + RETURN_RATE + " 3000");
            link(herd, hub);
            var linked = hub;
            if (parts.contains(Part.API)) {
                goes(Part.API.label, () -> beside(linked, herd, api));
            }
            if (parts.contains(Part.RETURN)) {
                goes(Part.RETURN.label, () -> killed(linked, herd, api));
            }
            stop();
            if (parts.contains(Part.FAN_OUT)) {
                goes(Part.FAN_OUT.label, this::fanOut);
            }
        }
    }

    private void stop() throws InterruptedException {
        var running = hub;
        if (running != null) {
            running.destroy();
            if (!running.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                running.destroyForcibly().waitFor();
            }
        }
    }

    private static void say(String sentence) {
        System.err.println("bench: " + sentence);
    }

    private Worker hubOfOurs() throws IOException {
        return new Worker(
                HerdHub.class,
                List.of("-Xmx512m"),
                programs.file("data").toString(),
                Integer.toString(port),
                Integer.toString(observe),
                Integer.toString(agents));
    }

    private Worker herd(String fingerprint) throws IOException {
        return new Worker(
                HerdWorker.class,
                // A second compiler's time is not the agents': each of them is a machine.
                List.of("-Xmx2g", "-Xmn256m", "-XX:TieredStopAtLevel=1"),
                "https://" + Ports.HERE + ":" + port,
                fingerprint);
    }

    private void write() throws IOException {
        programs.write(
                "hub.yaml",
                """
                names: [localhost, 127.0.0.1, "::1"]
                listen: {address: 127.0.0.1, port: %d}
                observe: {address: 127.0.0.1, port: %d}
                data: data
                """
                        .formatted(port, observe));
    }

    private Process start(int number) throws IOException {
        var started =
                programs.start(
                        "hub-" + number,
                        Map.of("FAIRLEAD_NO_BUILD", "1"),
                        launcher,
                        "hub",
                        "--config",
                        programs.file("hub.yaml").toString());
        hub = started;
        return started;
    }

    private void awaitAccept(Process hub) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (true) {
            try (var socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.ofLiteral(Ports.HERE), port), 500);
                return;
            } catch (IOException e) {
                if (System.nanoTime() > end || !hub.isAlive()) {
                    throw new IOException("the hub does not accept connections", e);
                }
                Thread.sleep(5);
            }
        }
    }

    private static void signIn(Worker api) throws IOException {
        api.ask("sign-in " + HerdHub.USER + " " + HerdHub.PASSWORD);
    }

    private void link(Worker herd, Process hub) throws IOException, InterruptedException {
        // What the first links cost is the program's own: classes, compiled code, pools.
        int first = agents / FIRST;
        say("linking " + first + " agents, then up to " + agents);
        say("linked: " + herd.ask("link " + first + " " + PATIENCE_SECONDS).figures());
        var before = HubMemory.of(hub.pid());
        var linked = herd.ask("link " + agents + " " + PATIENCE_SECONDS);
        say("linked: " + linked.figures());
        found.put(HerdFigure.LINK, linked.need("seconds"));
        if (parts.contains(Part.IDLE)) {
            Thread.sleep(SETTLE_MILLIS);
            found.put(HerdFigure.RESIDENT, HubMemory.resident(hub.pid()) / 1048576.0);
            var after = HubMemory.of(hub.pid());
            say("before: " + before + ", after: " + after);
            double more = 1024.0 * (agents - first);
            double heap = (after.heap() - before.heap()) / more;
            double besides = (after.besides() - before.besides()) / more;
            // Both ends of each connection are on this machine.
            double kernel = (after.kernel() - before.kernel()) / 2 / more;
            found.put(HerdFigure.IDLE_HEAP, heap);
            found.put(HerdFigure.IDLE_BESIDES, besides);
            found.put(HerdFigure.IDLE, heap + besides + kernel);
        }
    }

    private void beside(Process hub, Worker herd, Worker api)
            throws IOException, InterruptedException {
        var before = HerdCpu.now(hub, herd, api);
        Thread.sleep(SETTLE_MILLIS);
        say("heartbeats alone: " + HerdCpu.now(hub, herd, api).since(before));
        say("asking the API beside them");
        api.ask("ask " + API_RATE + " " + WARM_MILLIS);
        before = HerdCpu.now(hub, herd, api);
        double[] p50 = new double[ROUNDS];
        double[] p99 = new double[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            var asked = api.ask("ask " + API_RATE + " " + API_MILLIS);
            say("API: " + asked.figures());
            mustNotFail(asked);
            p50[i] = asked.need("p50");
            p99[i] = asked.need("p99");
        }
        say(HerdCpu.now(hub, herd, api).since(before));
        found.put(HerdFigure.API_P50, Report.middle(p50));
        found.put(HerdFigure.API_P99, Report.middle(p99));
    }

    private static void mustNotFail(Worker.Answer asked) throws IOException {
        if (asked.need("failed") > 0) {
            say(asked.need("failed") + " requests failed");
        }
    }

    private void killed(Process hub, Worker herd, Worker api)
            throws IOException, InterruptedException {
        herd.ask("mark");
        var before = HerdCpu.now(hub, herd, api).withoutHub();
        say("killing the hub");
        hub.destroyForcibly().waitFor();
        long began = System.currentTimeMillis();
        var restarted = start(2);
        awaitAccept(restarted);
        long accepted = System.currentTimeMillis();
        found.put(HerdFigure.ACCEPT, (accepted - began) / 1_000.0);
        api.tell("return " + RETURN_RATE + " " + RETURN_MILLIS);
        var back = herd.ask("back " + PATIENCE_SECONDS);
        say("back: " + back.figures());
        say(HerdCpu.now(restarted, herd, api).since(before));
        found.put(HerdFigure.RETURN, (back.need("at") - accepted) / 1_000.0);
        var asked = api.heard();
        say("API meanwhile: " + asked.figures());
        mustNotFail(asked);
        found.put(HerdFigure.RETURN_API_P99, asked.need("p99"));
    }

    private void fanOut() throws IOException {
        say("one call to all");
        try (var hub = hubOfOurs()) {
            hub.line();
            hub.ask("await " + agents + " " + PATIENCE_SECONDS);
            hub.ask("fan-out");
            double[] seconds = new double[ROUNDS];
            for (int i = 0; i < ROUNDS; i++) {
                var asked = hub.ask("fan-out");
                say("fan-out: " + asked.figures());
                boolean all = asked.need("failed") == 0;
                seconds[i] = all ? asked.need("seconds") : Double.POSITIVE_INFINITY;
            }
            found.put(HerdFigure.FAN_OUT, Report.middle(seconds));
        }
    }

    static String table(int agents, Map<HerdFigure, Double> found) {
        return Report.bounded(String.format(Locale.ROOT, "%,d agents", agents), found);
    }
}
