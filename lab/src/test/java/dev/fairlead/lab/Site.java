package dev.fairlead.lab;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A node and a person's programs, each behind a network of its own that can be broken, with
/// streams that last under watch: connections of a forward, a command, and an SSH session.
final class Site implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final int CONNECTIONS = 4;
    private static final int CONNECTION_RATE = 30_000;
    private static final int PROGRAM_RATE = 20_000;

    final String name;
    final FaultProxy agentsNetwork;
    final FaultProxy clientsNetwork;
    final LabAgent agent;
    private final LabCli person;
    private final SplittableRandom random;
    private final CheckedConnection.Target target = new CheckedConnection.Target();
    private final List<CheckedConnection> connections = new ArrayList<>();
    private Programs.@Nullable Running forward;
    private @Nullable CheckedProgram exec;
    private @Nullable CheckedProgram ssh;
    private int port;

    /// While the lab's hub is in this process.
    Site(Lab lab, String name, long seed) throws Exception {
        this.name = name;
        this.random = new SplittableRandom(seed);
        this.agentsNetwork = lab.proxy();
        this.clientsNetwork = lab.proxy();
        this.agent = lab.agent(Lab.TENANT, name, agentsNetwork);
        this.person = lab.cli("admin", clientsNetwork);
        person.ok("ssh-config");
    }

    SplittableRandom random() {
        return random;
    }

    /// Starts what is not running, sooner or later.
    void start() throws Exception {
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                startNow();
                return;
            } catch (Exception | AssertionError e) {
                if (System.nanoTime() > until) {
                    throw e;
                }
                stop();
            }
        }
    }

    private void startNow() throws Exception {
        var running = forward;
        if (running == null) {
            running = person.start("forward", "-v", agent.name(), "0:127.0.0.1:" + target.port());
            forward = running;
            running.awaitOut("Listening on");
            port = Forwarded.ports(running.out()).getFirst();
        }
        while (connections.size() < CONNECTIONS) {
            connections.add(connect());
        }
        if (exec == null) {
            exec =
                    CheckedProgram.start(
                            person.fairlead("exec", agent.name(), "--", "cat"),
                            person.home(),
                            name + " exec",
                            random.nextLong(),
                            PROGRAM_RATE);
        }
        if (ssh == null) {
            ssh =
                    CheckedProgram.start(
                            person.ssh(agent.host(), "cat"),
                            person.home(),
                            name + " ssh",
                            random.nextLong(),
                            PROGRAM_RATE);
        }
        for (var stream : streams()) {
            long until = System.nanoTime() + PATIENCE.toNanos();
            while (stream.received() == 0) {
                if (stream.broken() != null || System.nanoTime() > until) {
                    throw new IOException("not begun: " + stream + " " + said());
                }
                LockSupport.parkNanos(5_000_000);
            }
        }
    }

    /// A connection that does not last.
    CheckedConnection connect() throws Exception {
        return CheckedConnection.open(
                port, target, name + " tcp", random.nextLong(), CONNECTION_RATE);
    }

    /// Opens one as soon as that works again.
    CheckedConnection connectSooner() throws Exception {
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                return connect();
            } catch (IOException | TimeoutException e) {
                if (System.nanoTime() > until) {
                    throw e;
                }
                LockSupport.parkNanos(50_000_000);
            }
        }
    }

    List<CheckedConnection> connections() {
        return List.copyOf(connections);
    }

    /// The command and the SSH session.
    List<CheckedProgram> programs() {
        return Stream.of(exec, ssh).filter(Objects::nonNull).toList();
    }

    List<CheckedStream> streams() {
        var all = new ArrayList<CheckedStream>();
        connections.forEach(connection -> all.addAll(connection.streams()));
        programs().forEach(program -> all.add(program.stream()));
        return all;
    }

    /// What the programs of the person have said.
    String said() throws IOException {
        var all = new StringBuilder();
        if (forward != null) {
            all.append("forward: ").append(forward.err());
        }
        for (var program : programs()) {
            all.append("\n").append(program.said());
        }
        return all.toString();
    }

    Programs.Running forward() {
        return Objects.requireNonNull(forward);
    }

    /// Ends all streams in order.
    ///
    /// @return what did not end as it should, one line each
    List<String> end() throws Exception {
        var wrong = new ArrayList<String>();
        for (var connection : connections) {
            if (!connection.end(PATIENCE)) {
                wrong.add("not ended: " + connection.streams());
            }
        }
        for (var program : programs()) {
            int exit = program.end(PATIENCE);
            if (exit != 0) {
                wrong.add("exit " + exit + " of " + program.stream() + ": " + program.said());
            }
        }
        for (var stream : streams()) {
            wrong.addAll(stream.problems());
        }
        return wrong;
    }

    /// Lets go of what has ended, so that [#start] begins it anew.
    void forgetEnded() throws IOException {
        if (forward != null && !forward.process().isAlive()) {
            // Its connections have ended with it, seen or not.
            for (var connection : connections) {
                connection.close();
            }
            connections.clear();
            forward.close();
            forward = null;
        }
        for (var connection : connections()) {
            if (connection.streams().stream().anyMatch(CheckedStream::isOver)) {
                connection.close();
                connections.remove(connection);
            }
        }
        if (exec != null && exec.stream().isOver()) {
            exec.close();
            exec = null;
        }
        if (ssh != null && ssh.stream().isOver()) {
            ssh.close();
            ssh = null;
        }
    }

    /// Ends what runs, whatever it does.
    void stop() throws IOException {
        for (var connection : connections) {
            connection.close();
        }
        connections.clear();
        for (var program : programs()) {
            program.close();
        }
        if (forward != null) {
            forward.close();
        }
        exec = null;
        ssh = null;
        forward = null;
    }

    @Override
    public void close() throws Exception {
        stop();
        target.close();
    }
}
