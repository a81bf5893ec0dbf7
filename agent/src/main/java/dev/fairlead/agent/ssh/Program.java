package dev.fairlead.agent.ssh;

import dev.fairlead.agent.login.LoginProcess;
import dev.fairlead.agent.login.Terminal;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.sshd.common.channel.LocalWindow;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A program of the person on this node (a shell, a command, a file server), spliced to its
/// channel.
///
/// The channel ends when the program has ended and its output is read to the end, as with sshd: a
/// child that keeps the output open keeps the channel open.
final class Program implements Command {

    private static final Logger LOG = LoggerFactory.getLogger(Program.class);
    private static final int CHUNK = 32 * 1024;
    private static final int CANNOT_START = 126;

    /// What ssh itself ends with when its connection breaks.
    private static final int CUT_OFF = 255;

    private final SshSession session;
    private final List<String> argv;
    private final Map<String, String> environment;
    private final @Nullable Terminal terminal;
    private final Inbox inbox;
    private @Nullable OutputStream out;
    private @Nullable OutputStream err;
    private @Nullable ExitCallback callback;
    private final AtomicBoolean exited = new AtomicBoolean();
    private volatile @Nullable LoginProcess process;

    Program(
            SshSession session,
            List<String> argv,
            Map<String, String> environment,
            @Nullable Terminal terminal,
            Inbox inbox) {
        this.session = session;
        this.argv = argv;
        this.environment = environment;
        this.terminal = terminal;
        this.inbox = inbox;
    }

    @Override
    public void setInputStream(InputStream in) {
        // Input comes by the inbox, which gives the window back only when the program has read it.
    }

    @Override
    public void setOutputStream(OutputStream out) {
        this.out = out;
    }

    @Override
    public void setErrorStream(OutputStream err) {
        this.err = err;
    }

    @Override
    public void setExitCallback(ExitCallback callback) {
        this.callback = callback;
    }

    @Override
    public void start(ChannelSession channel, Environment ignored) throws IOException {
        LoginProcess started;
        try {
            started =
                    terminal == null
                            ? LoginProcess.start(session.login(), argv, environment)
                            : LoginProcess.start(session.login(), argv, environment, terminal);
        } catch (IOException e) {
            LOG.warn("A program of SSH session {} does not start", session.id(), e);
            err().write(
                            ("fairlead: the node cannot start "
                                            + argv.getFirst()
                                            + ": "
                                            + e.getMessage()
                                            + "\r\n")
                                    .getBytes(StandardCharsets.UTF_8));
            err().flush();
            exit(CANNOT_START);
            return;
        }
        process = started;
        session.add(started);
        session.add(this);
        // Platform threads: the pipes of a process block natively.
        var threads = Thread.ofPlatform().daemon().name("ssh " + started.pid() + " ", 0).factory();
        threads.newThread(() -> feed(started, channel)).start();
        var output = threads.newThread(() -> pump(started.output(), out()));
        output.start();
        var errors =
                terminal == null ? threads.newThread(() -> pump(started.errors(), err())) : null;
        if (errors != null) {
            errors.start();
        }
        Thread.startVirtualThread(() -> finish(started, output, errors));
    }

    private void feed(LoginProcess to, ChannelSession channel) {
        LocalWindow window = channel.getLocalWindow();
        try {
            try {
                inbox.writeTo(to.input(), window);
                if (terminal == null && channel.isEofSignalled()) {
                    // A terminal goes on: its person may have ended their input and still read.
                    // And what was cut is no end: the program must not take what it got for all
                    // of it. It is being ended, and its input stays open until it is gone.
                    to.input().close();
                }
            } catch (IOException e) {
                LOG.debug("{} takes no more input: {}", argv.getFirst(), e.toString());
                inbox.discard(window);
            }
        } catch (InterruptedException e) {
            LOG.debug("The input of {} was left", argv.getFirst(), e);
        }
    }

    private void pump(InputStream from, OutputStream to) {
        var buffer = new byte[CHUNK];
        try {
            int n;
            while ((n = from.read(buffer)) >= 0) {
                session.awaitWritable();
                synchronized (to) {
                    to.write(buffer, 0, n);
                    to.flush();
                }
            }
        } catch (IOException | InterruptedException e) {
            LOG.debug("The output of {} was left: {}", argv.getFirst(), e.toString());
        }
    }

    private void finish(LoginProcess ended, Thread output, @Nullable Thread errors) {
        try {
            int code = ended.exit().join();
            output.join();
            if (errors != null) {
                errors.join();
            }
            session.remove(this);
            ended.close();
            session.forget(ended);
            exit(code);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// The channel was closed: a program that is still there has lost its person.
    @Override
    public void destroy(ChannelSession channel) {
        session.remove(this);
        inbox.close();
        var running = process;
        if (running != null && !running.exit().isDone()) {
            Thread.startVirtualThread(() -> {
                running.end();
                session.forget(running);
            });
        }
    }

    /// Says why and ends the channel in order, though the program has not ended: what a client has
    /// been sent right before a disconnection it does not show.
    void leave(String line) {
        say(line);
        exit(CUT_OFF);
    }

    private void exit(int code) {
        if (exited.compareAndSet(false, true)) {
            callback().onExit(code);
        }
    }

    /// Shows a line on the person's terminal; where there is none, among the errors: what stands in
    /// the output is taken for data.
    private void say(String line) {
        try {
            var to = terminal == null ? err() : out();
            synchronized (to) {
                to.write(SshSession.line(line));
                to.flush();
            }
        } catch (IOException e) {
            LOG.debug("The terminal could not be told: {}", line);
        }
    }

    void resize(int columns, int rows) throws IOException {
        var running = process;
        if (running != null) {
            running.resize(columns, rows);
        }
    }

    boolean signal(String name) {
        var running = process;
        return running != null && running.signal(name);
    }

    private OutputStream out() {
        return Objects.requireNonNull(out);
    }

    private OutputStream err() {
        return Objects.requireNonNull(err);
    }

    private ExitCallback callback() {
        return Objects.requireNonNull(callback);
    }
}
