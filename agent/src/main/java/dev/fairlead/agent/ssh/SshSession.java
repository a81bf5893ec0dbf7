package dev.fairlead.agent.ssh;

import dev.fairlead.agent.login.Login;
import dev.fairlead.agent.login.LoginProcess;
import dev.fairlead.link.LinkStream;
import dev.fairlead.link.StreamEnd;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.helpers.AbstractSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One person's SSH connection to this node: one stream of the link, one login, and all that was
/// started, bound or listened on for it, which ends with it.
public final class SshSession {

    private static final Logger LOG = LoggerFactory.getLogger(SshSession.class);
    private static final AttributeKey<SshSession> KEY = new AttributeKey<>();

    /// What a person is told is worth this much waiting for a terminal that takes no bytes.
    private static final Duration FAREWELL = Duration.ofMillis(300);

    /// Time for a client to show what it was sent, and to end by itself.
    private static final Duration LEAVE = Duration.ofMillis(150);

    /// Time for the message of disconnection to arrive, and for the client to end the stream,
    /// before it is cut.
    private static final Duration CUT_AFTER = Duration.ofMillis(300);

    private static final int MAX_SHOWN = 500;

    private final String id;
    private final String user;
    private final Login login;
    private final LinkStream stream;
    private final Set<Program> programs = ConcurrentHashMap.newKeySet();
    private final Set<LoginProcess> processes = ConcurrentHashMap.newKeySet();
    private final Set<AutoCloseable> resources = ConcurrentHashMap.newKeySet();
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile @Nullable LinkIoSession connection;
    private volatile boolean ending;

    SshSession(String id, String user, Login login, LinkStream stream) {
        this.id = id;
        this.user = user;
        this.login = login;
        this.stream = stream;
    }

    /// The session's id at the hub (`sess_...`).
    public String id() {
        return id;
    }

    /// Who the person is at the hub.
    public String user() {
        return user;
    }

    public Login login() {
        return login;
    }

    static SshSession of(Session session) {
        return Objects.requireNonNull(session.getAttribute(KEY), "a session without its stream");
    }

    /// Serves the stream until the connection ends, then ends all that came of it.
    void run(LinkIoSession io) throws InterruptedException {
        connection = io;
        try {
            io.run();
        } finally {
            finish();
        }
    }

    /// Binds the server's session to this one, before its first byte is handled.
    void bind(Session session) {
        session.setAttribute(KEY, this);
    }

    /// Ends the session for a reason that the person sees: a line on each of their terminals, or
    /// among the errors of a program without one, and the message of the disconnection. Returns
    /// within a second; what the login's processes need to end goes on for at most as long as
    /// [LoginProcess#end()] says.
    ///
    /// @param message what happened, such as `the right was withdrawn`
    public void end(StreamEnd cause, String message) {
        ending = true;
        String line = "fairlead: session ended: " + shown(message);
        var farewell =
                programs.stream()
                        .map(program -> Thread.startVirtualThread(() -> program.leave(line)))
                        .toList();
        try {
            long end = System.nanoTime() + FAREWELL.toNanos();
            for (var thread : farewell) {
                thread.join(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
            }
            var io = connection;
            var ssh = io == null ? null : AbstractSession.getSession(io, true);
            if (io != null && ssh != null) {
                // Most clients have nothing more to do now; others are disconnected.
                io.awaitClosed(LEAVE);
                Thread.startVirtualThread(() -> disconnect(ssh, line));
                // A RESET right behind the message would overtake it.
                io.awaitClosed(CUT_AFTER);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        stream.reset(cause, message);
    }

    private static void disconnect(AbstractSession ssh, String line) {
        try {
            ssh.disconnect(SshConstants.SSH2_DISCONNECT_BY_APPLICATION, line);
        } catch (IOException e) {
            LOG.debug("The SSH client could not be told: {}", line, e);
        }
    }

    /// Waits until nothing of the session is left.
    boolean awaitEnd(Duration time) throws InterruptedException {
        return over.await(time.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void finish() {
        ending = true;
        for (var resource : resources) {
            try {
                resource.close();
            } catch (Exception e) {
                LOG.warn("Something of SSH session {} was not closed", id, e);
            }
        }
        var ends =
                processes.stream().map(process -> Thread.startVirtualThread(process::end)).toList();
        try {
            for (var end : ends) {
                end.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        over.countDown();
    }

    void add(Program program) {
        programs.add(program);
    }

    void remove(Program program) {
        programs.remove(program);
    }

    /// Takes over a process: it ends with the session at the latest, with its descendants.
    void add(LoginProcess process) {
        processes.add(process);
        if (ending) {
            process.end();
        }
    }

    /// Forgets a process that has ended and left nothing behind.
    void forget(LoginProcess process) {
        if (process.isOver()) {
            processes.remove(process);
        }
    }

    /// Takes over a socket or the like: it is closed with the session at the latest.
    void add(AutoCloseable resource) {
        resources.add(resource);
        if (ending) {
            try {
                resource.close();
            } catch (Exception e) {
                LOG.warn("Something of SSH session {} was not closed", id, e);
            }
        }
    }

    void remove(AutoCloseable resource) {
        resources.remove(resource);
    }

    <T extends AutoCloseable> List<T> all(Class<T> type) {
        return resources.stream().filter(type::isInstance).map(type::cast).toList();
    }

    int count(Class<? extends AutoCloseable> type) {
        return all(type).size();
    }

    /// The person's forwarded agent, opened when it is first asked for.
    synchronized ForwardingAgent agent(ConnectionService service) throws IOException {
        var open = all(ForwardingAgent.class);
        if (!open.isEmpty()) {
            return open.getFirst();
        }
        var agent = new ForwardingAgent(this, service);
        add(agent);
        return agent;
    }

    /// Waits until the link takes bytes again.
    void awaitWritable() throws InterruptedException {
        var io = connection;
        if (io != null) {
            io.awaitWritable();
        }
    }

    /// What programs see of the connection. The addresses are no addresses of the network, but some
    /// programs take a shell without these variables for a local one.
    Map<String, String> environment() {
        return Map.of(
                "SSH_CLIENT",
                "127.0.0.1 0 0",
                "SSH_CONNECTION",
                "127.0.0.1 0 127.0.0.1 0",
                "FAIRLEAD_USER",
                printable(user),
                "FAIRLEAD_SESSION",
                printable(id));
    }

    /// What others have written, such as an operator's reason, for this person's terminal: no
    /// control characters, and no end of lines.
    private static String shown(String message) {
        String safe = message.replaceAll("[\\p{Cc}\\p{Cf}\\p{Co}\\p{Cs}\\p{Zl}\\p{Zp}]", "?");
        return safe.length() <= MAX_SHOWN ? safe : safe.substring(0, MAX_SHOWN - 1) + "…";
    }

    static String printable(String text) {
        return text.replaceAll("[^\\x20-\\x7e]", "?");
    }

    static byte[] line(String text) {
        return ("\r\n" + text + "\r\n").getBytes(StandardCharsets.UTF_8);
    }
}
