package dev.fairlead.agent.exec;

import dev.fairlead.agent.login.Login;
import dev.fairlead.agent.login.LoginException;
import dev.fairlead.agent.login.LoginProcess;
import dev.fairlead.agent.login.Terminal;
import dev.fairlead.agent.policy.Logins;
import dev.fairlead.agent.policy.Reach;
import dev.fairlead.link.LinkStream;
import dev.fairlead.link.ProtocolException;
import dev.fairlead.link.StreamEnd;
import dev.fairlead.link.StreamServer;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Serves streams of kind `terminal`: the login's own shell on a terminal, with the messages of
/// `exec`. Whoever shows it is a browser, which sees neither SSH nor this process.
public final class ServeTerminal implements StreamServer, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ServeTerminal.class);

    /// Each has two threads and a shell.
    private static final int MOST = 256;

    /// What xterm.js is.
    private static final String TYPE = "xterm-256color";

    private static final Pattern SIZE = Pattern.compile("([1-9][0-9]{0,3})x([1-9][0-9]{0,3})");

    private final Reach reach;
    private final Logins logins;
    private final Set<ExecSession> open = ConcurrentHashMap.newKeySet();

    public ServeTerminal(Reach reach, Logins logins) {
        this.reach = reach;
        this.logins = logins;
    }

    public int open() {
        return open.size();
    }

    @Override
    public void serve(LinkStream stream) {
        if (!reach.ssh()) {
            stream.refuse(
                    StreamEnd.DENIED_BY_NODE,
                    "This node's policy allows no shells; its owner can add `ssh` under `allow:` in"
                            + " agent.yaml.");
            return;
        }
        var terminal = terminal(stream.headers().need("size"));
        String asked = stream.headers().text("login");
        switch (logins.check(asked == null ? "" : asked)) {
            case Logins.Denied(var reason) -> stream.refuse(StreamEnd.DENIED_BY_NODE, reason);
            case Logins.Allowed(var login) -> {
                if (open.size() >= MOST) {
                    stream.refuse(
                            StreamEnd.LIMIT,
                            "This node has " + MOST + " terminals already; end one of them.");
                    return;
                }
                var session = new ExecSession(stream, true, open::remove);
                open.add(session);
                stream.listen(session);
                // Looking a login up and starting a shell blocks.
                Thread.ofVirtual()
                        .name("terminal")
                        .start(() -> start(stream, session, login, terminal));
            }
        }
    }

    private static Terminal terminal(String size) {
        var sides = SIZE.matcher(size);
        if (!sides.matches()) {
            throw new ProtocolException("header size is not COLUMNSxROWS");
        }
        return new Terminal(
                TYPE, Integer.parseInt(sides.group(1)), Integer.parseInt(sides.group(2)), Map.of());
    }

    private void start(LinkStream stream, ExecSession session, String name, Terminal terminal) {
        String user = printable(stream.headers().text("user"));
        String id = printable(stream.headers().text("session"));
        LOG.info("{} has a terminal as {} (session {})", user, name, id);
        var environment = new HashMap<String, String>();
        environment.put("COLORTERM", "truecolor");
        environment.put("FAIRLEAD_USER", user);
        environment.put("FAIRLEAD_SESSION", id);
        try {
            var login = Login.lookUp(name);
            session.start(LoginProcess.start(login, login.startShell(), environment, terminal));
        } catch (LoginException e) {
            stream.refuse(StreamEnd.DENIED_BY_NODE, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            LOG.warn("The shell of {} could not be started", name, e);
            stream.refuse(
                    StreamEnd.INTERNAL,
                    "The node could not start the shell: " + e.getMessage() + ".");
        } catch (RuntimeException e) {
            LOG.error("A terminal failed", e);
            stream.refuse(StreamEnd.INTERNAL, "The node's agent failed; its log says how.");
        }
    }

    private static String printable(@Nullable String text) {
        return text == null ? "" : text.replaceAll("[^\\x20-\\x7e]", "?");
    }

    /// Ends all shells and returns when they are gone.
    @Override
    public void close() throws InterruptedException {
        var ends =
                open.stream()
                        .map(session ->
                                Thread.ofVirtual().name("end of terminal").start(session::end))
                        .toList();
        for (var end : ends) {
            end.join();
        }
    }
}
