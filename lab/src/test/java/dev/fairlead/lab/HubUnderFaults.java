package dev.fairlead.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A lab's hub as a program that is killed, stopped and started again, with the sites that live by
/// it.
final class HubUnderFaults implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Lab lab;
    private final List<Site> sites;
    private final String more;
    private final Map<String, String> environment;
    private Programs.Running program;
    private long answered;

    /// Puts it in the place of the lab's own, until the lab is closed.
    ///
    /// @param more lines of its configuration
    HubUnderFaults(Lab lab, List<Site> sites, String more) throws IOException {
        this(lab, sites, more, Map.of());
    }

    /// @param environment what is set besides
    HubUnderFaults(Lab lab, List<Site> sites, String more, Map<String, String> environment)
            throws IOException {
        this.lab = lab;
        this.sites = List.copyOf(sites);
        this.more = more;
        this.environment = Map.copyOf(environment);
        lab.hub().close();
        this.program = lab.startProgram(more, environment);
    }

    List<Site> sites() {
        return sites;
    }

    Programs.Running program() {
        return program;
    }

    void kill() throws Exception {
        program.signal("KILL");
        ended();
    }

    void stop() throws Exception {
        program.signal("TERM");
        ended();
    }

    void drain() throws Exception {
        var drained =
                Programs.run(
                        Programs.builder(
                                Map.of("HOME", lab.folder().toString()),
                                List.of(
                                        Programs.LAUNCHER.toString(),
                                        "hub",
                                        "drain",
                                        "--within",
                                        "10s",
                                        "--data",
                                        lab.folder().resolve("hub").toString())),
                        new byte[0],
                        PATIENCE);
        assertThat(drained.ok()).contains("The hub has stopped");
        ended();
    }

    private void ended() throws InterruptedException {
        assertThat(program.process().waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS))
                .as("the hub ends: %s", program.err())
                .isTrue();
    }

    /// Starts it again, and returns when it answers.
    void start() throws IOException {
        program = lab.startProgram(more, environment);
        answered = System.nanoTime();
    }

    /// When it last answered for the first time, of [System#nanoTime()].
    long answered() {
        return answered;
    }

    /// The processes of its database, the first one first.
    List<Long> postgres() throws IOException {
        var pid =
                Files.readAllLines(lab.folder().resolve("hub/postgres/data/postmaster.pid"))
                        .getFirst();
        var first = ProcessHandle.of(Long.parseLong(pid.strip())).orElseThrow();
        return Stream.concat(Stream.of(first), first.children()).map(ProcessHandle::pid).toList();
    }

    /// Stops it, and its database with it.
    @Override
    public void close() throws Exception {
        if (program.process().isAlive()) {
            stop();
        }
    }
}
