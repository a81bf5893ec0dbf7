package dev.fairlead.hub.quickstart;

import ch.qos.logback.classic.Level;
import dev.fairlead.hub.ConfigException;
import dev.fairlead.hub.Hub;
import dev.fairlead.hub.HubConfig;
import dev.fairlead.hub.HubParts;
import dev.fairlead.hub.Installation;
import dev.fairlead.hub.audit.Actor;
import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.enroll.EnrolmentTokens;
import dev.fairlead.hub.observe.Logging;
import dev.fairlead.hub.rbac.Labels;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A hub in this process and an agent in a child, both on one data folder.
final class Quickstart implements AutoCloseable {

    private static final String LOOPBACK = "127.0.0.1";
    private static final Duration TO_LINK = Duration.ofSeconds(15);

    /// How far the port of metrics and health is from the hub's: 9464 for 8484.
    private static final int OBSERVE = 980;

    /// The exit codes of an agent that shall not run: the hub removed the node; the configuration
    /// cannot be used.
    private static final List<Integer> AGENT_STAYS_DOWN = List.of(77, 78);

    private final Hub hub;
    private final @Nullable ChildProcess agent;
    private final ReadyBlock block;

    /// @param name by which others reach this hub, null for loopback only
    record Options(int port, Path data, @Nullable String name, boolean agent) {}

    private Quickstart(Hub hub, @Nullable ChildProcess agent, ReadyBlock block) {
        this.hub = hub;
        this.agent = agent;
        this.block = block;
    }

    /// Returns when everything is ready.
    ///
    /// @param progress told what a first start is busy with
    /// @throws ConfigException and `db.DatabaseUnusable` with a message for the person at the
    ///   terminal
    static Quickstart start(Options options, Consumer<String> progress)
            throws IOException, InterruptedException {
        var launcher = Launcher.ofProcess();
        checkPort(options);
        var folder = DataFolder.open(options.data());
        Logging.toFile(Level.INFO, folder.hubLog());
        var parts =
                HubParts.standard(Installation.agentPackages())
                        .withConsole(Installation.console())
                        .withProgress(progress);
        var hub = Hub.start(config(options, folder), parts);
        ChildProcess agent = null;
        try {
            var notes = new ArrayList<String>();
            var password = FirstStart.complete(hub.services(), parts.random());
            String node = null;
            if (options.agent()) {
                var config = folder.agentConfig(hub.bound().listen());
                node = join(hub, launcher, folder, config);
                agent =
                        ChildProcess.start(
                                "agent",
                                launcher.argv(
                                        "agent",
                                        "run",
                                        "--config",
                                        config.toString(),
                                        "--state",
                                        folder.agent().toString()),
                                Launcher.ENVIRONMENT,
                                AGENT_STAYS_DOWN,
                                folder.agentLog());
            }
            notes.addAll(new OwnProfile(hub, launcher, folder.signIn()).settle());
            if (agent != null && !linked(hub, folder)) {
                notes.add("This machine's agent has no link yet; see " + folder.agentLog());
            }
            return new Quickstart(
                    hub,
                    agent,
                    new ReadyBlock(
                            hub.url(),
                            FirstStart.ADMINISTRATOR,
                            password,
                            launcher.typed(),
                            options.data(),
                            node,
                            notes));
        } catch (IOException | InterruptedException | RuntimeException e) {
            if (agent != null) {
                agent.close();
            }
            hub.close();
            throw e;
        }
    }

    /// What is printed when all is ready.
    String block() {
        return block.text();
    }

    /// Completes when the hub was drained and is to stop.
    CompletableFuture<Void> drained() {
        return hub.drained();
    }

    private static HubConfig config(Options options, DataFolder folder) throws IOException {
        String address = options.name() == null ? LOOPBACK : "::";
        // Beside the hub's port, so that two quickstarts do not meet there.
        int observe = options.port() == 0 ? 0 : options.port() + OBSERVE;
        if (observe > 65_535 || !isFree(LOOPBACK, observe)) {
            observe = 0;
        }
        return HubConfig.local(folder.hub(), options.port())
                .withNames(folder.names(options.name()))
                .withListen(new HubConfig.Listen(address, options.port()), options.port())
                .withObserve(new HubConfig.Observe(LOOPBACK, observe));
    }

    /// Before anything is made: a second quickstart is what mostly has the port.
    private static void checkPort(Options options) {
        if (options.port() < 0 || options.port() > 65_535) {
            throw new ConfigException("--port " + options.port() + " is not 0 to 65535.");
        }
        if (!isFree(options.name() == null ? LOOPBACK : "::", options.port())) {
            throw new ConfigException(
                    "Port "
                            + options.port()
                            + " cannot be had: another program uses it (another quickstart? ss -ltnp shows it),"
                            + " or it needs root. Choose another: --port N");
        }
    }

    private static boolean isFree(String address, int port) {
        try (var probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress(InetAddress.ofLiteral(address), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /// Makes this machine a node at the first start.
    ///
    /// @return the node's name
    private static String join(Hub hub, Launcher launcher, DataFolder folder, Path config)
            throws IOException, InterruptedException {
        if (!Files.exists(folder.agentState())) {
            var tenant = hub.services().tenants().find(FirstStart.TENANT).orElseThrow();
            var token =
                    hub.services()
                            .enrolmentTokens()
                            .create(
                                    Actor.HUB,
                                    tenant.id(),
                                    new EnrolmentTokens.Wanted(
                                            1, Duration.ofMinutes(5), Labels.NONE, null));
            var ran =
                    launcher.run(
                            token.text(),
                            "agent",
                            "join",
                            "--token-stdin",
                            "--config",
                            config.toString(),
                            "--state",
                            folder.agent().toString());
            if (ran.code() != 0) {
                throw new ConfigException(
                        "The agent on this machine could not join the hub: " + ran.output());
            }
        }
        return state(folder).path("name").asString();
    }

    private static JsonNode state(DataFolder folder) {
        return JsonMapper.shared().readTree(folder.agentState().toFile());
    }

    /// Whether the agent's link comes up in time.
    private static boolean linked(Hub hub, DataFolder folder) throws InterruptedException {
        var tenant = hub.services().tenants().find(FirstStart.TENANT).orElseThrow().id();
        var node = NodeId.parse(state(folder).path("node").asString()).orElseThrow();
        long end = System.nanoTime() + TO_LINK.toNanos();
        while (hub.services().links().find(tenant, node).isEmpty()) {
            if (System.nanoTime() > end) {
                return false;
            }
            Thread.sleep(20);
        }
        return true;
    }

    /// The agent first: it says good-bye to the hub.
    @Override
    public void close() {
        if (agent != null) {
            agent.close();
        }
        hub.close();
    }
}
