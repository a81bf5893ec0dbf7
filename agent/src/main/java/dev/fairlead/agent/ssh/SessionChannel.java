package dev.fairlead.agent.ssh;

import dev.fairlead.agent.login.Terminal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.sshd.common.channel.PtyMode;
import org.apache.sshd.common.channel.RequestHandler.Result;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.channel.ChannelSession;
import org.jspecify.annotations.Nullable;

/// A `session` channel: a shell, a command or sftp, perhaps on a terminal.
final class SessionChannel extends ChannelSession {

    /// What sshd accepts on most systems (`AcceptEnv LANG LC_*`) and what programs ask about
    /// colours and time. Anything else could change what a program of the login loads or runs.
    private static final Pattern ACCEPTED_ENVIRONMENT =
            Pattern.compile("LANG|LANGUAGE|LC_[A-Z]{1,32}|COLORTERM|NO_COLOR|TZ");

    /// No `/`: the C library takes a locale or zone with one for a path.
    private static final Pattern ACCEPTED_VALUE = Pattern.compile("[A-Za-z0-9_.,:@+=-]{0,128}");

    private static final Pattern TERMINAL_TYPE = Pattern.compile("[A-Za-z0-9_.+-]{1,64}");

    private static final int MAX_VARIABLES = 64;
    private static final int MAX_COMMAND = 128 * 1024 - 1;
    private static final int MAX_SIDE = 10_000;

    private final SshSession session;
    private final FileServer fileServer;
    private final Map<String, String> accepted = new HashMap<>();
    private final Inbox inbox = new Inbox();
    private @Nullable Terminal terminal;
    private @Nullable Program program;
    private @Nullable String agentSocket;

    SessionChannel(SshSession session, FileServer fileServer) {
        this.session = session;
        this.fileServer = fileServer;
        setDataReceiver(inbox);
    }

    @Override
    protected Result handleEnvParsed(String name, String value) {
        if (accepted.size() >= MAX_VARIABLES
                || !ACCEPTED_ENVIRONMENT.matcher(name).matches()
                || !ACCEPTED_VALUE.matcher(value).matches()) {
            return Result.ReplyFailure;
        }
        accepted.put(name, value);
        return Result.ReplySuccess;
    }

    @Override
    protected Result handlePtyReqParsed(
            String type,
            int columns,
            int rows,
            int width,
            int height,
            Map<PtyMode, Integer> modes) {
        if (terminal != null || program != null) {
            return Result.ReplyFailure;
        }
        var byOpcode = new HashMap<Integer, Integer>();
        modes.forEach((mode, value) -> byOpcode.put(mode.toInt(), value));
        terminal =
                new Terminal(
                        TERMINAL_TYPE.matcher(type).matches() ? type : "dumb",
                        side(columns),
                        side(rows),
                        byOpcode);
        return Result.ReplySuccess;
    }

    private static int side(int length) {
        return Math.clamp(length, 0, MAX_SIDE);
    }

    @Override
    protected Result handleWindowChangeParsed(int columns, int rows, int width, int height)
            throws IOException {
        if (program != null) {
            program.resize(side(columns), side(rows));
        }
        return Result.ReplySuccess;
    }

    @Override
    protected Result handleSignalParsed(String name) {
        return program != null && program.signal(name) ? Result.ReplySuccess : Result.ReplyFailure;
    }

    @Override
    protected Result handleBreakParsed(long length) {
        return handleSignalParsed("INT");
    }

    @Override
    protected Result handleShellParsed(String request) throws IOException {
        return begin(request, session.login().startShell());
    }

    /// As sshd does: the login's own shell runs the line, so the shell decides what it means, also
    /// where that is `nologin`.
    @Override
    protected Result handleExecParsed(String request, String line) throws IOException {
        if (line.length() > MAX_COMMAND) {
            return refuse(request, "the command is longer than " + MAX_COMMAND + " characters");
        }
        return begin(request, List.of(session.login().shell(), "-c", line));
    }

    @Override
    protected Result handleSubsystemParsed(String request, String name) throws IOException {
        if (!name.equals("sftp")) {
            return Result.ReplyFailure;
        }
        terminal = null;
        try {
            var command = fileServer.command(session.login());
            accepted.putAll(command.environment());
            return begin(request, command.argv());
        } catch (IOException e) {
            return refuse(request, e.getMessage());
        }
    }

    @Override
    protected Result handleAgentForwarding(String request, Buffer buffer, boolean wantReply) {
        try {
            agentSocket = session.agent(service).path().toString();
            return Result.ReplySuccess;
        } catch (IOException e) {
            log.warn("The agent of session {} cannot be forwarded", session.id(), e);
            return Result.ReplyFailure;
        }
    }

    /// The exit code goes out before the end of the output: a client that has ended its input, as
    /// `git push` has, closes the channel when it sees that end, and what comes after is lost.
    @Override
    protected void closeShell(int exitCode, boolean immediately) throws IOException {
        if (!isClosing()) {
            sendExitStatus(exitCode);
        }
        super.closeShell(exitCode, immediately);
    }

    private Result begin(String request, List<String> argv) throws IOException {
        if (isClosing() || program != null) {
            return Result.ReplyFailure;
        }
        var environment = new HashMap<>(accepted);
        environment.putAll(session.environment());
        if (agentSocket != null) {
            environment.put("SSH_AUTH_SOCK", agentSocket);
        }
        var begun = new Program(session, new ArrayList<>(argv), environment, terminal, inbox);
        program = begun;
        commandInstance = begun;
        return prepareChannelCommand(request, begun);
    }

    /// Lets the request succeed and a message be its only output, since SSH's refusal of a request
    /// carries no text.
    private Result refuse(String request, @Nullable String why) throws IOException {
        commandInstance = new Refusal("fairlead: " + why);
        return prepareChannelCommand(request, commandInstance);
    }
}
