package dev.fairlead.lab.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// How long programs take that somebody waits for, as whole processes, and what an idle agent
/// holds: `./bench --only start`.
final class StartBench {

    static final String NAME = "start";

    private static final int SAMPLES = 11;
    private static final long IDLE_MILLIS = 10_000;
    private static final long PATIENCE_SECONDS = 30;

    private final String launcher;
    private final Programs programs;
    private final Map<StartFigure, Double> found = new EnumMap<>(StartFigure.class);

    private StartBench(String launcher, Programs programs) {
        this.launcher = launcher;
        this.programs = programs;
    }

    static Map<StartFigure, Double> run(String launcher, Path folder)
            throws IOException, InterruptedException {
        try (var programs = new Programs(folder.resolve(NAME))) {
            var bench = new StartBench(launcher, programs);
            Bench.say("starting Fairlead for its start-up times");
            FairleadItself.quickstart(launcher, programs);
            bench.cli();
            bench.ssh();
            bench.agent();
            return bench.found;
        }
    }

    private void cli() throws IOException, InterruptedException {
        Bench.say("fairlead version");
        found.put(StartFigure.VERSION, median(() -> time(launcher, "version")));
    }

    private void ssh() throws IOException, InterruptedException {
        Bench.say("ssh");
        String node = FairleadItself.node(programs);
        // Writes the configuration that OpenSSH is given from here on.
        time(launcher, "ssh", node, "true");
        String config = programs.file("home").resolve("ssh_config").toString();
        String host = node + ".default.fairlead";
        String[] own = {"ssh", "-F", config, host, "true"};
        String[] plain = OpenSsh.login(programs);
        double alone = median(() -> time(plain));
        found.put(
                StartFigure.SSH_FIRST,
                median(() -> {
                    time("ssh", "-F", config, "-O", "exit", host);
                    return time(own);
                })
                        - alone);
        found.put(StartFigure.SSH_NEXT, median(() -> time(own)) - alone);
        time("ssh", "-F", config, "-O", "exit", host);
    }

    private void agent() throws IOException, InterruptedException {
        Bench.say("an agent");
        String state = programs.file("agent").toString();
        String config = programs.write("agent.yaml", "").toString();
        String token = programs.file("token").toString();
        programs.run(
                FairleadItself.environment(programs.file("home")),
                "sh",
                "-c",
                "\"$1\" token create > \"$2\" && \"$1\" agent join --token-stdin --state \"$3\" --config \"$4\" < \"$2\"",
                "join",
                launcher,
                token,
                state,
                config);
        double[] linked = new double[SAMPLES];
        for (int i = 0; i < SAMPLES; i++) {
            long start = System.nanoTime();
            var agent =
                    programs.start(
                            "agent",
                            FairleadItself.environment(programs.file("home")),
                            launcher,
                            "agent",
                            "run",
                            "--state",
                            state,
                            "--config",
                            config);
            awaitLinked(programs.log("agent"));
            linked[i] = millisSince(start);
            if (i == SAMPLES - 1) {
                Thread.sleep(IDLE_MILLIS);
                found.put(StartFigure.AGENT_ANONYMOUS, memory(agent, "RssAnon:"));
                found.put(StartFigure.AGENT_RESIDENT, memory(agent, "VmRSS:"));
            }
            agent.destroy();
            agent.waitFor();
            Files.delete(programs.log("agent"));
        }
        found.put(StartFigure.AGENT_LINKED, median(linked));
    }

    private static void awaitLinked(Path log) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!Files.readString(log).contains("Linked to")) {
            if (System.nanoTime() > end) {
                throw new IOException("the agent has no link: " + Files.readString(log));
            }
            Thread.sleep(2);
        }
    }

    private static double memory(Process process, String field) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
                .filter(line -> line.startsWith(field))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024)
                .findFirst()
                .orElse(Double.NaN);
    }

    @FunctionalInterface
    private interface Sample {
        double take() throws IOException, InterruptedException;
    }

    private static double median(Sample sample) throws IOException, InterruptedException {
        double[] taken = new double[SAMPLES];
        for (int i = 0; i < SAMPLES; i++) {
            taken[i] = sample.take();
        }
        return median(taken);
    }

    private static double median(double[] taken) {
        Arrays.sort(taken);
        return Report.middle(taken);
    }

    /// Milliseconds from start to end of a program that must go well.
    private double time(String... command) throws IOException, InterruptedException {
        long start = System.nanoTime();
        programs.run(FairleadItself.environment(programs.file("home")), command);
        return millisSince(start);
    }

    private static double millisSince(long start) {
        return (System.nanoTime() - start) / 1e6;
    }

    static String table(Map<StartFigure, Double> found) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("medians of " + SAMPLES, "Fairlead", "wanted"));
        found.forEach((figure, value) ->
                rows.add(
                        List.of(
                                figure.label(),
                                Report.number(value),
                                "<= " + Math.round(figure.most()))));
        return Report.markdown(rows);
    }
}
