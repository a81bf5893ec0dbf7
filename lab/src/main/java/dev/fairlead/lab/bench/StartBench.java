package dev.fairlead.lab.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// How long programs take that somebody waits for, as whole processes, and what an agent that has
/// served everything holds when it is idle: `./bench --only start`.
final class StartBench {

    static final String NAME = "start";

    private static final int SAMPLES = 11;

    /// Longer than what gives memory back takes between two of its rounds.
    private static final long IDLE_MILLIS = 15_000;

    private static final long PATIENCE_SECONDS = 30;
    private static final Pattern TOKEN = Pattern.compile("flt_[A-Za-z0-9_.-]+");
    private static final Pattern LINKED = Pattern.compile("Linked to \\S+ as (\\S+)");

    private final String launcher;
    private final Programs programs;
    private final Map<StartFigure, Double> found = new EnumMap<>(StartFigure.class);

    private StartBench(String launcher, Programs programs) {
        this.launcher = launcher;
        this.programs = programs;
    }

    static Map<StartFigure, Double> run(String launcher) throws IOException, InterruptedException {
        // Short, since the path of OpenSSH's control socket, which is in it, may not be long.
        try (var programs = new Programs(Bench.folder("fl-"))) {
            var bench = new StartBench(launcher, programs);
            Bench.say("starting Fairlead for its start-up times");
            FairleadItself.quickstart(launcher, programs);
            bench.version();
            bench.ssh();
            bench.agent();
            return bench.found;
        }
    }

    private void version() throws IOException, InterruptedException {
        Bench.say("fairlead version");
        double[] taken = new double[SAMPLES];
        double[] asked = new double[SAMPLES];
        for (int i = 0; i < SAMPLES; i++) {
            taken[i] = time(launcher, "version");
            asked[i] = time(launcher, "version", "--hub");
        }
        found.put(StartFigure.VERSION, Report.middle(taken));
        found.put(StartFigure.VERSION_HUB, Report.middle(asked));
    }

    /// Plain ssh, a first and a later one in turn, so that all see the same machine.
    private void ssh() throws IOException, InterruptedException {
        String node = FairleadItself.node(programs);
        String host = host(node);
        String[] plain = OpenSsh.login(programs);
        String[] own = ssh(node);
        double[] alone = new double[SAMPLES];
        double[] first = new double[SAMPLES];
        double[] next = new double[SAMPLES];
        for (int i = 0; i < SAMPLES; i++) {
            Bench.say("ssh, round " + (i + 1) + " of " + SAMPLES);
            alone[i] = time(plain);
            first[i] = time(own);
            next[i] = time(own);
            // Fails where nothing was kept open for the second.
            time("ssh", "-F", sshConfig(), "-O", "exit", host);
        }
        found.put(StartFigure.SSH_PLAIN, Report.middle(alone));
        found.put(StartFigure.SSH_FIRST, Report.middle(first) - Report.middle(alone));
        found.put(StartFigure.SSH_NEXT, Report.middle(next) - Report.middle(alone));
    }

    private static String host(String node) {
        return node + ".default.fairlead";
    }

    private String sshConfig() {
        return programs.file("home").resolve("ssh_config").toString();
    }

    /// OpenSSH by itself, after the first time, which writes what it needs.
    private String[] ssh(String node) throws IOException, InterruptedException {
        time(launcher, "ssh", node, "true");
        time("ssh", "-F", sshConfig(), "-O", "exit", host(node));
        return new String[] {"ssh", "-F", sshConfig(), host(node), "true"};
    }

    private void agent() throws IOException, InterruptedException {
        String state = programs.file("agent").toString();
        // Joining writes it.
        String config = programs.file("agent.yaml").toString();
        join(state, config);
        double[] linked = new double[SAMPLES];
        for (int i = 0; i < SAMPLES; i++) {
            Bench.say("an agent, round " + (i + 1) + " of " + SAMPLES);
            long start = System.nanoTime();
            var agent =
                    programs.start(
                            "agent",
                            environment(),
                            launcher,
                            "agent",
                            "run",
                            "--state",
                            state,
                            "--config",
                            config);
            String node = awaitLinked(agent, programs.log("agent"));
            linked[i] = millisSince(start);
            if (i == SAMPLES - 1) {
                useAll(node);
                Thread.sleep(IDLE_MILLIS);
                found.put(StartFigure.AGENT_ANONYMOUS, memory(agent, "RssAnon:"));
                found.put(StartFigure.AGENT_RESIDENT, memory(agent, "VmRSS:"));
            }
            programs.stop(agent);
            Files.delete(programs.log("agent"));
        }
        found.put(StartFigure.AGENT_LINKED, Report.middle(linked));
    }

    private void join(String state, String config) throws IOException, InterruptedException {
        time(launcher, "token", "create", "--join");
        var token = TOKEN.matcher(Files.readString(programs.log("run")));
        if (!token.find()) {
            throw new IOException("no enrolment token was made");
        }
        time(
                "sh",
                "-c",
                "\"$1\" agent join --token-stdin --state \"$2\" --config \"$3\" < \"$4\"",
                "join",
                launcher,
                state,
                config,
                programs.write("token", token.group()).toString());
    }

    /// Everything that an agent serves, once: a call, a program, a shell with a terminal, files, a
    /// port behind SSH and one behind `forward`.
    private void useAll(String node) throws IOException, InterruptedException {
        Bench.say("using all that " + node + " serves");
        var sshd = Integer.parseInt(Files.readString(programs.file("sshd.port")));
        time(launcher, "node", "show", node);
        time(launcher, "exec", node, "--", "true");
        time(launcher, "ssh", node, "true");
        String host = host(node);
        time("ssh", "-F", sshConfig(), "-tt", host, "true");
        var sent = programs.write("sent", "x".repeat(1 << 20));
        time("scp", "-q", "-F", sshConfig(), sent.toString(), host + ":" + sent + ".there");
        time(
                "sh",
                "-c",
                "ssh -F \"$1\" -W \"$2\" \"$3\" < /dev/null | grep -q ^SSH",
                "to-a-port",
                sshConfig(),
                Ports.HERE + ":" + sshd,
                host);
        time("ssh", "-F", sshConfig(), "-O", "exit", host);
        int port = Ports.one();
        var forward =
                programs.start(
                        "forward",
                        environment(),
                        launcher,
                        "forward",
                        node,
                        port + ":" + Ports.HERE + ":" + sshd);
        programs.awaitLine("forward", "Listening on");
        try (var socket = new Socket(InetAddress.ofLiteral(Ports.HERE), port)) {
            socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
            String banner =
                    new String(socket.getInputStream().readNBytes(4), StandardCharsets.US_ASCII);
            if (!banner.equals("SSH-")) {
                throw new IOException("no sshd behind the forwarded port, but: " + banner);
            }
        }
        programs.stop(forward);
    }

    /// The node's name.
    private static String awaitLinked(Process agent, Path log)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (true) {
            String told = Files.readString(log);
            var linked = LINKED.matcher(told);
            if (linked.find()) {
                return linked.group(1);
            }
            if (System.nanoTime() > end) {
                throw new IOException(
                        "the agent has no link: "
                                + told
                                + HubMemory.jcmd(agent.pid(), "Thread.print"));
            }
            Thread.sleep(1);
        }
    }

    private static double memory(Process process, String field) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
                .filter(line -> line.startsWith(field))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024)
                .findFirst()
                .orElse(Double.NaN);
    }

    /// Milliseconds from start to end of a program that must go well.
    private double time(String... command) throws IOException, InterruptedException {
        long start = System.nanoTime();
        programs.run(environment(), command);
        return millisSince(start);
    }

    /// That of a person: the launcher looks whether something is to be built.
    private Map<String, String> environment() {
        return Map.of("FAIRLEAD_HOME", programs.file("home").toString());
    }

    private static double millisSince(long start) {
        return (System.nanoTime() - start) / 1e6;
    }

    static String table(Map<StartFigure, Double> found) {
        return Report.bounded("medians of " + SAMPLES, found);
    }
}
