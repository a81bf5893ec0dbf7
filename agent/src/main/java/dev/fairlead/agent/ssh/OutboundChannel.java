package dev.fairlead.agent.ssh;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.function.Consumer;
import org.apache.sshd.client.channel.AbstractClientChannel;
import org.apache.sshd.client.future.DefaultOpenFuture;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.common.Closeable;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.ChannelOutputStream;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.util.buffer.Buffer;

/// A channel that the node opens to the person's client: for a connection that was accepted on a
/// port of `ssh -R`, or by a program that asks the forwarded agent.
final class OutboundChannel extends AbstractClientChannel {

    private final Consumer<Buffer> details;
    private final SocketJoin join;

    private OutboundChannel(
            SshSession session, String type, Consumer<Buffer> details, SocketChannel socket) {
        super(type);
        this.details = details;
        this.join = new SocketJoin(session, socket, this);
    }

    /// Opens a channel and joins the socket to it; closes the socket where the client refuses.
    ///
    /// @param details writes what the type's opening says besides
    static void open(
            SshSession session,
            ConnectionService service,
            String type,
            Consumer<Buffer> details,
            SocketChannel socket)
            throws IOException {
        var channel = new OutboundChannel(session, type, details, socket);
        service.registerChannel(channel);
        channel.open()
                .addListener(future -> {
                    if (!future.isOpened()) {
                        channel.join.close();
                        channel.close(true);
                    }
                });
    }

    @Override
    public synchronized OpenFuture open() throws IOException {
        openFuture = new DefaultOpenFuture(toString(), futureLock);
        var buffer = getSession().createBuffer(SshConstants.SSH_MSG_CHANNEL_OPEN, 256);
        buffer.putString(getChannelType());
        buffer.putUInt(getChannelId());
        buffer.putUInt(getLocalWindow().getSize());
        buffer.putUInt(getLocalWindow().getPacketSize());
        details.accept(buffer);
        writePacket(buffer);
        return openFuture;
    }

    @Override
    protected void doOpen() {
        join.start(
                new ChannelOutputStream(
                        this, getRemoteWindow(), log, SshConstants.SSH_MSG_CHANNEL_DATA, true));
    }

    @Override
    protected void doWriteData(byte[] data, int offset, long length) {
        join.inbox().add(data, offset, (int) length);
    }

    @Override
    protected void doWriteExtendedData(byte[] data, int offset, long length) throws IOException {
        throw new IOException("a forwarded connection has no second stream");
    }

    @Override
    public void handleEof() throws IOException {
        super.handleEof();
        join.inbox().close();
    }

    @Override
    protected Closeable getInnerCloseable() {
        return builder()
                .close(super.getInnerCloseable())
                .run(toString(), join::channelClosed)
                .build();
    }
}
