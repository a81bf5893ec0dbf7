package dev.fairlead.agent.ssh;

import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.common.channel.Channel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Joins a socket of this node and a channel of the session, both ways, each of which ends on its
/// own.
///
/// The client closes a channel as soon as it has sent its last byte, so what has come by then is
/// still written; only the end of the session breaks that off.
final class SocketJoin implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SocketJoin.class);
    private static final int CHUNK = 32 * 1024;

    private final SshSession session;
    private final SocketChannel socket;
    private final Channel channel;
    private final Inbox inbox = new Inbox();
    private final AtomicInteger open = new AtomicInteger(2);
    private boolean written = true;
    private boolean channelClosed;

    SocketJoin(SshSession session, SocketChannel socket, Channel channel) {
        this.session = session;
        this.socket = socket;
        this.channel = channel;
    }

    /// What the other side of the channel sends.
    Inbox inbox() {
        return inbox;
    }

    /// @param out the channel's; closing it ends this direction
    void start(OutputStream out) {
        session.add(this);
        synchronized (this) {
            written = false;
        }
        Thread.startVirtualThread(() -> fromSocket(out));
        Thread.startVirtualThread(this::toSocket);
    }

    private void fromSocket(OutputStream out) {
        var buffer = ByteBuffer.allocate(CHUNK);
        try {
            while (socket.read(buffer) >= 0) {
                session.awaitWritable();
                out.write(buffer.array(), 0, buffer.position());
                out.flush();
                buffer.clear();
            }
            out.close();
            over();
        } catch (IOException | InterruptedException e) {
            broken(e);
        }
    }

    private void toSocket() {
        try {
            inbox.writeTo(Channels.newOutputStream(socket), channel.getLocalWindow());
            if (channel.isEofSignalled()) {
                socket.shutdownOutput();
                over();
            } else {
                // The channel or its session was cut: the target must not take it for the end.
                close();
            }
        } catch (IOException | InterruptedException e) {
            broken(e);
        } finally {
            written();
        }
    }

    private void over() {
        if (open.decrementAndGet() == 0) {
            channel.close(false);
        }
    }

    /// A break is no end: the channel is closed without one, so the other side knows.
    private void broken(Exception e) {
        LOG.debug("A forwarded connection of session {} broke: {}", session.id(), e.toString());
        channel.close(false);
    }

    /// The channel is closed: what came before is still written.
    synchronized void channelClosed() {
        channelClosed = true;
        inbox.close();
        if (written) {
            closeInOrder();
        }
    }

    private synchronized void written() {
        written = true;
        if (channelClosed) {
            closeInOrder();
        }
    }

    /// Breaks the connection off, so that the socket's other side knows that it was not the end.
    @Override
    public void close() {
        try {
            socket.setOption(StandardSocketOptions.SO_LINGER, 0);
        } catch (IOException | UnsupportedOperationException e) {
            LOG.debug("A forwarded socket was closed before", e);
        }
        closeInOrder();
    }

    private void closeInOrder() {
        session.remove(this);
        inbox.close();
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("A forwarded socket was not closed in order", e);
        }
    }
}
