package dev.fairlead.agent.login;

import com.pty4j.WinSize;
import com.pty4j.unix.Pty;
import com.pty4j.unix.UnixPtyProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// A program that runs as a login, in a Linux session of its own, with pipes or on a terminal.
///
/// Its streams block natively, which would hold a carrier of the virtual threads for as long as the
/// program is silent: read and write them from platform threads.
public final class LoginProcess implements AutoCloseable {

    private static final Duration GRACE = Duration.ofSeconds(5);

    private final Process process;
    private final ProcessSession session;
    private final @Nullable Pty pty;
    private final CompletableFuture<Integer> exit;

    private LoginProcess(Process process, @Nullable Pty pty) {
        this.process = process;
        this.session = new ProcessSession(process.pid());
        this.pty = pty;
        this.exit = new CompletableFuture<>();
        Thread.ofVirtual()
                .name("exit of " + process.pid())
                .start(() -> {
                    try {
                        exit.complete(process.waitFor());
                    } catch (InterruptedException e) {
                        exit.completeExceptionally(e);
                    }
                });
    }

    /// Starts a program with pipes, in the login's home (or `/` where that cannot be entered).
    /// Blocks for some milliseconds.
    ///
    /// @param argv the program, searched for in the login's PATH where it has no slash, and its
    ///   arguments; one that cannot be executed ends with 127 or 126 and a line on stderr
    /// @param environment more than HOME, USER, LOGNAME, SHELL, PATH and LANG, which are always
    ///   set; nothing of the agent's own environment is passed on
    public static LoginProcess start(
            Login login, List<String> argv, Map<String, String> environment) throws IOException {
        var command = Command.of(login, argv, environment);
        var line = new ArrayList<String>();
        // It becomes the leader itself: setsid forks only where it is the leader of a group
        // already.
        line.add(Tools.path("setsid"));
        line.addAll(command.argv());
        var builder = new ProcessBuilder(line).directory(Path.of(command.folder()).toFile());
        builder.environment().clear();
        builder.environment().putAll(command.environment());
        return new LoginProcess(builder.start(), null);
    }

    /// Starts a program on a new terminal that belongs to the login and is its controlling
    /// terminal; its errors come with its output.
    ///
    /// @param argv as with pipes, but an absolute path
    public static LoginProcess start(
            Login login, List<String> argv, Map<String, String> environment, Terminal terminal)
            throws IOException {
        var all = new HashMap<>(environment);
        if (!terminal.type().isEmpty()) {
            all.put("TERM", terminal.type());
        }
        var pty = new Pty();
        try {
            all.put("SSH_TTY", pty.getSlaveName());
            var command = Command.of(login, argv, all);
            prepare(pty, login, terminal);
            var variables =
                    command.environment().entrySet().stream()
                            .map(v -> v.getKey() + "=" + v.getValue())
                            .toArray(String[]::new);
            // Only the deprecated constructor takes a terminal that was prepared before the start.
            @SuppressWarnings("deprecation")
            var process =
                    new UnixPtyProcess(
                            command.argv().toArray(String[]::new),
                            variables,
                            command.folder(),
                            pty,
                            null,
                            false);
            return new LoginProcess(process, pty);
        } catch (IOException | RuntimeException e) {
            pty.close();
            throw e;
        }
    }

    /// Owner, size and modes are set before the program starts, so that it never sees others.
    private static void prepare(Pty pty, Login login, Terminal terminal) throws IOException {
        var device = Path.of(pty.getSlaveName());
        if (!login.own()) {
            Files.setAttribute(device, "unix:uid", login.uid());
        }
        if (terminal.columns() > 0 && terminal.rows() > 0) {
            pty.setWindowSize(new WinSize(terminal.columns(), terminal.rows()), null);
        }
        if (!terminal.modes().isEmpty()) {
            TerminalModes.set(pty.getMasterFD(), terminal.modes());
        }
    }

    public long pid() {
        return process.pid();
    }

    /// Output; on a terminal also the errors.
    public InputStream output() {
        return process.getInputStream();
    }

    /// Errors; empty on a terminal.
    public InputStream errors() {
        return pty == null ? process.getErrorStream() : InputStream.nullInputStream();
    }

    public OutputStream input() {
        return process.getOutputStream();
    }

    /// The exit code; 128 + N for a program that signal N ended, as every shell says it.
    public CompletableFuture<Integer> exit() {
        return exit.copy();
    }

    /// Whether the program has ended and left nothing behind in its session.
    public boolean isOver() {
        return exit.isDone() && session.isEmpty();
    }

    public void resize(int columns, int rows) throws IOException {
        if (pty != null && columns > 0 && rows > 0) {
            pty.setWindowSize(new WinSize(columns, rows), null);
        }
    }

    /// Sends a signal to the program's process group.
    ///
    /// @param name without SIG, such as `TERM`
    /// @return false where the name is unknown or the program is gone
    public boolean signal(String name) {
        int number = Signals.number(name);
        return number > 0 && process.isAlive() && session.signalLeader(number);
    }

    /// Ends the program and all that came of it, except for what made a session of its own: SIGHUP,
    /// and SIGKILL after 5 s, which is enough to remove a lock or to keep what was edited. Returns
    /// when all are gone. Idempotent.
    public void end() {
        end(GRACE);
    }

    /// As [#end()], with another time between SIGHUP and SIGKILL.
    public void end(Duration grace) {
        session.end(grace);
        close();
    }

    /// Lets go of the streams and the terminal of a program that has ended, when its output is
    /// read. Idempotent; [#end()] does it too.
    @Override
    public void close() {
        try {
            if (pty != null) {
                pty.close();
            } else {
                process.getOutputStream().close();
                process.getInputStream().close();
                process.getErrorStream().close();
            }
        } catch (IOException e) {
            // Input that nobody read was left in the buffer: nobody will.
        }
    }
}
