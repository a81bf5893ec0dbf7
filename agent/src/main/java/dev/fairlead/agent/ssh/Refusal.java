package dev.fairlead.agent.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.jspecify.annotations.Nullable;

/// Says on stderr why something is not done, and ends with 1.
final class Refusal implements Command {

    private final String message;
    private @Nullable OutputStream err;
    private @Nullable ExitCallback callback;

    Refusal(String message) {
        this.message = message;
    }

    @Override
    public void setInputStream(InputStream in) {}

    @Override
    public void setOutputStream(OutputStream out) {}

    @Override
    public void setErrorStream(OutputStream err) {
        this.err = err;
    }

    @Override
    public void setExitCallback(ExitCallback callback) {
        this.callback = callback;
    }

    @Override
    public void start(ChannelSession channel, Environment environment) throws IOException {
        var to = Objects.requireNonNull(err);
        to.write((message + "\r\n").getBytes(StandardCharsets.UTF_8));
        to.flush();
        Objects.requireNonNull(callback).onExit(1);
    }

    @Override
    public void destroy(ChannelSession channel) {}
}
