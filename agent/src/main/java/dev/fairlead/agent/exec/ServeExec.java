package dev.fairlead.agent.exec;

import dev.fairlead.agent.login.Login;
import dev.fairlead.agent.login.LoginException;
import dev.fairlead.agent.login.LoginProcess;
import dev.fairlead.agent.policy.Logins;
import dev.fairlead.agent.policy.Reach;
import dev.fairlead.link.LinkStream;
import dev.fairlead.link.StreamEnd;
import dev.fairlead.link.StreamServer;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/// Serves streams of kind `exec`.
public final class ServeExec implements StreamServer, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ServeExec.class);

    /// Each session has three threads and a process.
    private static final int MAX_SESSIONS = 256;

    private final Reach reach;
    private final Logins logins;
    private final Set<ExecSession> sessions = ConcurrentHashMap.newKeySet();

    public ServeExec(Reach reach, Logins logins) {
        this.reach = reach;
        this.logins = logins;
    }

    public int open() {
        return sessions.size();
    }

    @Override
    public void serve(LinkStream stream) {
        if (!reach.ssh()) {
            stream.refuse(
                    StreamEnd.DENIED_BY_NODE,
                    "This node's policy allows no programs to be run; its owner can add `ssh` under"
                            + " `allow:` in agent.yaml.");
            return;
        }
        var headers = stream.headers();
        if (headers.bytes("tty") != null) {
            stream.refuse(
                    StreamEnd.UNSUPPORTED,
                    "exec has no terminal; use `fairlead ssh -t NODE PROGRAM`.");
            return;
        }
        List<String> argv;
        try {
            argv = Argv.parse(headers.text("argv"), JsonMapper.shared());
        } catch (IllegalArgumentException e) {
            stream.refuse(StreamEnd.BAD_REQUEST, String.valueOf(e.getMessage()));
            return;
        }
        String asked = headers.text("login");
        switch (logins.check(asked == null ? "" : asked)) {
            case Logins.Denied(var reason) -> stream.refuse(StreamEnd.DENIED_BY_NODE, reason);
            case Logins.Allowed(var login) -> {
                var session = new ExecSession(stream, false, sessions::remove);
                if (sessions.size() >= MAX_SESSIONS) {
                    stream.refuse(
                            StreamEnd.LIMIT,
                            "This node runs "
                                    + MAX_SESSIONS
                                    + " programs already; try again later.");
                    return;
                }
                sessions.add(session);
                stream.listen(session);
                // Looking a login up and starting a program blocks.
                Thread.ofVirtual().name("exec").start(() -> start(stream, session, login, argv));
            }
        }
    }

    private void start(LinkStream stream, ExecSession session, String login, List<String> argv) {
        String user = printable(stream.headers().text("user"));
        String id = printable(stream.headers().text("session"));
        LOG.info("{} runs {} as {} (session {})", user, printable(argv.getFirst()), login, id);
        var environment = new HashMap<String, String>();
        environment.put("FAIRLEAD_USER", user);
        environment.put("FAIRLEAD_SESSION", id);
        try {
            session.start(LoginProcess.start(Login.lookUp(login), argv, environment));
        } catch (LoginException e) {
            stream.refuse(StreamEnd.DENIED_BY_NODE, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            LOG.warn("{} could not be started as {}", printable(argv.getFirst()), login, e);
            stream.refuse(
                    StreamEnd.INTERNAL,
                    "The node could not start the program: " + e.getMessage() + ".");
        } catch (RuntimeException e) {
            LOG.error("exec failed", e);
            stream.refuse(StreamEnd.INTERNAL, "The node's agent failed; its log says how.");
        }
    }

    private static String printable(@Nullable String text) {
        return text == null ? "" : text.replaceAll("[^\\x20-\\x7e]", "?");
    }

    /// Ends all programs and returns when they are gone.
    @Override
    public void close() throws InterruptedException {
        var ends =
                sessions.stream()
                        .map(session -> Thread.ofVirtual().name("end of exec").start(session::end))
                        .toList();
        for (var end : ends) {
            end.join();
        }
    }
}
