package dev.fairlead.lab;

import static org.awaitility.Awaitility.await;

import dev.fairlead.hub.fleet.Node;
import dev.fairlead.lab.Programs.Ran;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A node: the real agent as a process, in a folder of its own.
final class LabAgent implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Lab lab;
    private final String tenant;
    private final Path folder;
    private @Nullable Process process;
    private String name = "";

    private LabAgent(Lab lab, String tenant, Path folder) {
        this.lab = lab;
        this.tenant = tenant;
        this.folder = folder;
    }

    /// Enrols a machine without starting its agent.
    ///
    /// @param config what `agent.yaml` says; empty for the defaults
    static LabAgent join(Lab lab, String tenant, Path folder, String config) throws Exception {
        Files.createDirectories(folder);
        var agent = new LabAgent(lab, tenant, folder);
        Files.writeString(agent.config(), config.isEmpty() ? "profile: node\n" : config);
        var before = agent.names();
        agent.command(lab.enrolmentToken(tenant) + "\n", "join", "-").ok();
        var now = agent.names();
        now.removeAll(before);
        agent.name = now.getFirst();
        return agent;
    }

    private List<String> names() {
        return new ArrayList<>(
                lab
                        .hub()
                        .services()
                        .nodes()
                        .list(
                                lab.tenantId(tenant),
                                dev.fairlead.hub.fleet.NodeFilter.ALL,
                                labels -> true,
                                null,
                                500)
                        .stream()
                        .map(node -> node.name().text())
                        .toList());
    }

    private Path config() {
        return folder.resolve("agent.yaml");
    }

    /// The node's name at the hub.
    String name() {
        return name;
    }

    Path folder() {
        return folder;
    }

    /// The name under which ssh finds it.
    String host() {
        return name + "." + tenant + ".fairlead";
    }

    /// `fairlead agent ARGS...` on this machine.
    Ran command(String stdin, String... args) throws Exception {
        return Programs.run(builder(args), stdin.getBytes(StandardCharsets.UTF_8), PATIENCE);
    }

    private ProcessBuilder builder(String... args) {
        List<String> command = new ArrayList<>(List.of(Programs.LAUNCHER.toString(), "agent"));
        command.addAll(List.of(args));
        command.addAll(
                List.of(
                        "--config",
                        config().toString(),
                        "--state",
                        folder.resolve("state").toString()));
        return Programs.builder(Map.of("HOME", folder.toString()), command);
    }

    /// Starts the agent and waits until the hub has its link.
    void run() throws IOException {
        start();
        awaitOnline();
    }

    void start() throws IOException {
        process =
                builder("run")
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                        .start();
    }

    Path log() {
        return folder.resolve("agent.log");
    }

    Process process() {
        return java.util.Objects.requireNonNull(process);
    }

    /// How often it has been linked since it joined, as it says itself: for a hub that cannot be
    /// asked.
    long linked() throws IOException {
        try (var lines = Files.lines(log())) {
            return lines.filter(line -> line.contains("Linked to")).count();
        }
    }

    /// @param name such as `STOP`
    void signal(String name) throws Exception {
        Programs.signal(name, process().pid());
    }

    Node node() {
        return lab.hub().services().nodes().need(lab.tenantId(tenant), name);
    }

    /// The number of the link that the hub holds now; 0 where it holds none.
    long epoch() {
        return lab.hub()
                .services()
                .links()
                .find(lab.tenantId(tenant), node().id())
                .map(link -> link.epoch())
                .orElse(0L);
    }

    /// Waits until a newer link than that one is there.
    void awaitLinkAfter(long epoch) {
        await().atMost(PATIENCE).until(() -> epoch() > epoch && node().isOnline());
    }

    void awaitOnline() {
        await().atMost(PATIENCE).until(() -> node().isOnline());
    }

    void awaitOffline() {
        await().atMost(PATIENCE).until(() -> !node().isOnline());
    }

    @Override
    public void close() throws Exception {
        var running = process;
        if (running != null && running.isAlive()) {
            running.destroy();
            if (!running.waitFor(10, TimeUnit.SECONDS)) {
                running.descendants().forEach(ProcessHandle::destroyForcibly);
                running.destroyForcibly().waitFor();
            }
        }
    }
}
