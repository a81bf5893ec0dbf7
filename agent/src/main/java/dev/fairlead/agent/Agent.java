package dev.fairlead.agent;

import dev.fairlead.agent.dial.DialHub;
import dev.fairlead.agent.dial.DialLoop;
import dev.fairlead.agent.dial.KnownHub;
import dev.fairlead.agent.exec.ServeExec;
import dev.fairlead.agent.exec.ServeTerminal;
import dev.fairlead.agent.forward.ForwardTcp;
import dev.fairlead.agent.health.Heartbeat;
import dev.fairlead.agent.health.Measure;
import dev.fairlead.agent.hostca.HostCertificate;
import dev.fairlead.agent.login.Login;
import dev.fairlead.agent.login.LoginException;
import dev.fairlead.agent.policy.Guarded;
import dev.fairlead.agent.policy.ListenersFile;
import dev.fairlead.agent.policy.Logins;
import dev.fairlead.agent.policy.Reach;
import dev.fairlead.agent.policy.Remembered;
import dev.fairlead.agent.policy.SystemLookup;
import dev.fairlead.agent.policy.TellPolicy;
import dev.fairlead.agent.serve.CallMemory;
import dev.fairlead.agent.serve.ServeCalls;
import dev.fairlead.agent.serve.ServeStreams;
import dev.fairlead.agent.ssh.EndSession;
import dev.fairlead.agent.ssh.HostKey;
import dev.fairlead.agent.ssh.SshService;
import dev.fairlead.agent.state.AgentStatus;
import dev.fairlead.agent.state.StateFolder;
import dev.fairlead.link.EventLoops;
import dev.fairlead.link.Link;
import dev.fairlead.link.StreamEnd;
import dev.fairlead.link.dial.Dialer;
import dev.fairlead.link.handshake.Introduction;
import dev.fairlead.link.resume.ResumeBudget;
import dev.fairlead.link.resume.ServeResumable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/// A running agent. [#start] is the one place where its parts are put together, in the order in
/// which they start; they are closed in reverse.
public final class Agent implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Agent.class);

    /// How long the SSH server waits for the link, which somebody waits for more than for it.
    private static final Duration HEAD_START = Duration.ofSeconds(2);

    /// So much output a shell may make on a terminal that nobody looks at, before it waits.
    private static final int UNSEEN_OUTPUT = 1 << 20;

    private final ArrayDeque<AutoCloseable> closing = new ArrayDeque<>();
    private final CompletableFuture<String> ended = new CompletableFuture<>();
    private final StatusFile status;

    private Agent(StatusFile status) {
        this.status = status;
    }

    /// Starts an agent for a machine that has joined. Returns at once; the link comes about in the
    /// background.
    ///
    /// @throws ConfigException where the configuration does not fit this machine, or it has not
    ///   joined
    /// @throws IOException where its folder cannot be used, or another agent uses it
    public static Agent start(AgentConfig config, StateFolder folder, AgentParts parts)
            throws IOException {
        var state = folder.read();
        if (state == null) {
            throw new ConfigException(
                    "This machine has not joined a hub ("
                            + folder.path()
                            + " holds no identity). Run `fairlead agent join TOKEN` with the line that"
                            + " `fairlead token create` prints.");
        }
        var lock = folder.lock();
        var known = new KnownHub(folder, state, config.hub());
        var agent = new Agent(new StatusFile(folder, known, parts.clock()));
        agent.onClose(() -> lock.acquiredBy().close());
        try {
            agent.wire(config, folder, known, parts);
            return agent;
        } catch (IOException | RuntimeException e) {
            agent.close();
            throw e;
        }
    }

    private void wire(AgentConfig config, StateFolder folder, KnownHub hub, AgentParts parts)
            throws IOException {
        var proxies = config.proxies(parts.environment());
        var logins = logins(config);
        var lookup = onClose(new SystemLookup(parts.step()));
        var guarded =
                new Guarded(
                        hub::targets,
                        List.of(
                                parts.listeners(),
                                new Remembered(
                                        new ListenersFile(hubsListeners(folder)), parts.clock())),
                        lookup,
                        Reach::isLocal);
        var reach = new Reach(config.allow(), config.deny(), guarded, lookup);
        var measure = new Measure(Path.of("/proc"), Path.of("/sys"), parts.clock());
        var loops = EventLoops.create(1, "link");
        onClose(() -> loops.shutdownGracefully(50, 2_000, TimeUnit.MILLISECONDS).sync());

        var forward = new ForwardTcp(reach, parts.connect());
        var exec = new ServeExec(reach, logins);
        var terminals = new ServeTerminal(reach, logins);
        // Made when the link is there, since it takes as long as that.
        var ssh = new CompletableFuture<Ssh>();
        var kept = config.resume();
        var resumable =
                new ServeResumable(
                        loops.next(),
                        kept.within(),
                        new ResumeBudget(kept.memory()),
                        Map.of(
                                "terminal",
                                new ServeResumable.Keeping(kept.terminals(), UNSEEN_OUTPUT)));
        var calls =
                new ServeCalls(
                        Map.of(
                                "statistics",
                                _ -> JsonMapper.shared().writeValueAsBytes(measure.now()),
                                "end-session",
                                question ->
                                        new EndSession(ssh.join().service(), resumable)
                                                .answer(question),
                                "renew-host-cert",
                                question -> ssh.join().certificate().answer(question)),
                        onClose(new CallMemory(folder.callsFile(), parts.clock())));
        var streams =
                new ServeStreams(
                        Map.of(
                                "tcp",
                                forward,
                                "exec",
                                exec,
                                "terminal",
                                terminals,
                                "ssh",
                                stream -> ssh.thenAccept(made -> made.service().serve(stream)),
                                "call",
                                calls),
                        kept.within().isPositive());
        var loop =
                new DialLoop(
                        hub,
                        new DialHub(
                                new Dialer(loops, parts.clock()),
                                proxies,
                                config.innerTls(),
                                parts.step(),
                                parts.handshake()),
                        Introduction.node(
                                folder.key(parts.random()),
                                streams.capabilities(),
                                Machine.info(parts.random(), config.hub())),
                        config.limits().applyTo(parts.limits()),
                        resumable.around(streams),
                        () -> resumable.cutOff() > 0,
                        List.of(
                                new Heartbeat(measure, parts.heartbeat()),
                                link -> keepCertificate(ssh, link),
                                new TellPolicy(config.profile().label(), config.allow(), logins)),
                        parts.backoff().get(),
                        status);
        onClose(loop::close);
        onClose(() -> resumable.endAll(StreamEnd.GOING_AWAY, "the agent on this node is stopping"));
        // Sessions are told why they end while there is a link to tell it over.
        onClose(exec);
        onClose(terminals);
        onClose(() -> {
            if (!ssh.cancel(false) && !ssh.isCompletedExceptionally()) {
                ssh.join().service().close();
            }
        });
        var thread = Thread.ofVirtual().name("dial loop").start(() -> run(loop));
        onClose(() -> {
            thread.interrupt();
            thread.join();
        });
        status.linked()
                .completeOnTimeout(null, HEAD_START.toMillis(), TimeUnit.MILLISECONDS)
                .thenRunAsync(
                        () -> make(ssh, () -> Ssh.make(folder, hub, logins, reach)),
                        Thread::startVirtualThread);
    }

    private static void keepCertificate(CompletableFuture<Ssh> ssh, Link link)
            throws InterruptedException {
        try {
            ssh.get().certificate().run(link);
        } catch (ExecutionException | CancellationException e) {
            LOG.debug("No host certificate is asked for, since the agent is ending", e);
        }
    }

    private void make(CompletableFuture<Ssh> ssh, Callable<Ssh> make) {
        if (ssh.isDone()) {
            return;
        }
        try {
            var made = make.call();
            if (!ssh.complete(made)) {
                // The agent is being closed.
                made.service().close();
            }
        } catch (Exception e) {
            ssh.completeExceptionally(e);
            ended.completeExceptionally(e);
        }
    }

    /// @param certificate for the service's host key
    private record Ssh(SshService service, HostCertificate certificate) {

        static Ssh make(StateFolder folder, KnownHub hub, Logins logins, Reach reach)
                throws IOException {
            var hostKey = HostKey.loadOrMake(folder.hostKeyFile());
            var certificate =
                    new HostCertificate(
                            hostKey.publicLine(),
                            () ->
                                    hub.state().name()
                                            + "."
                                            + hub.state().tenantName()
                                            + ".fairlead");
            return new Ssh(new SshService(logins, reach, hostKey, certificate), certificate);
        }
    }

    /// Where a hub on this machine that has its data beside the agent's says what it listens on.
    private static Path hubsListeners(StateFolder folder) {
        return folder.path().toAbsolutePath().resolveSibling("hub").resolve("listeners");
    }

    private void run(DialLoop loop) {
        try {
            ended.complete(loop.run());
        } catch (InterruptedException e) {
            status.stopped();
            ended.complete("");
        } catch (RuntimeException | Error e) {
            LOG.error("The dial loop failed", e);
            ended.completeExceptionally(e);
        }
    }

    private static Logins logins(AgentConfig config) throws IOException {
        try {
            boolean root = Login.agentUid() == 0;
            return new Logins(Login.nameOfAgent(), root, config.logins());
        } catch (IllegalArgumentException | LoginException e) {
            throw new ConfigException(String.valueOf(e.getMessage()));
        }
    }

    /// Completes when the agent dials no more: with the reason where the hub removed this node, or
    /// with nothing where it was closed. Fails where it cannot serve, such as by an SSH host key
    /// that cannot be read.
    public CompletableFuture<String> ended() {
        return ended.copy();
    }

    /// How it is now.
    public AgentStatus status() {
        return status.current();
    }

    private <T extends AutoCloseable> T onClose(T part) {
        closing.push(part);
        return part;
    }

    /// Ends sessions and link in order. Idempotent.
    @Override
    public void close() {
        for (var part = closing.poll(); part != null; part = closing.poll()) {
            try {
                part.close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (Exception e) {
                LOG.warn("A part of the agent did not stop in order", e);
            }
        }
    }
}
