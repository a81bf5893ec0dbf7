package dev.fairlead.agent.ssh;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.sshd.common.channel.LocalWindow;
import org.apache.sshd.server.channel.ChannelDataReceiver;
import org.apache.sshd.server.channel.ChannelSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Bytes that a channel received and that its target has not yet taken.
///
/// The session's thread adds, and a thread of the channel writes them on. The channel's window is
/// given back only then, so a target that does not read stops its sender and nobody else, and there
/// is never more here than one window.
final class Inbox implements ChannelDataReceiver {

    private static final Logger LOG = LoggerFactory.getLogger(Inbox.class);
    private static final byte[] END = new byte[0];

    private final BlockingQueue<byte[]> chunks = new LinkedBlockingQueue<>();

    @Override
    public int data(ChannelSession channel, byte[] bytes, int start, int length) {
        add(bytes, start, length);
        return 0;
    }

    void add(byte[] bytes, int start, int length) {
        if (length > 0) {
            chunks.add(Arrays.copyOfRange(bytes, start, start + length));
        }
    }

    /// The other side will send nothing more.
    @Override
    public void close() {
        chunks.add(END);
    }

    /// Writes all that comes until the end.
    ///
    /// @throws IOException where the target takes no more; what comes after is dropped by
    ///   [#discard]
    void writeTo(OutputStream out, LocalWindow window) throws IOException, InterruptedException {
        for (var chunk = chunks.take(); chunk != END; chunk = chunks.take()) {
            out.write(chunk);
            if (chunks.isEmpty()) {
                out.flush();
            }
            release(window, chunk.length);
        }
        out.flush();
    }

    /// The channel may be closed by now, with bytes still here: then nobody waits for the window.
    private static void release(LocalWindow window, int length) {
        try {
            window.release(length);
        } catch (IOException e) {
            LOG.debug("A window was not given back: {}", e.toString());
        }
    }

    /// Drops all that comes until the end, so that a sender is not stopped by a target that is
    /// gone.
    void discard(LocalWindow window) throws InterruptedException {
        for (var chunk = chunks.take(); chunk != END; chunk = chunks.take()) {
            release(window, chunk.length);
        }
    }
}
