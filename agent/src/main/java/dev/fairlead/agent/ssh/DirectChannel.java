package dev.fairlead.agent.ssh;

import dev.fairlead.agent.policy.Reach;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.List;
import org.apache.sshd.client.future.DefaultOpenFuture;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.common.Closeable;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.ChannelFactory;
import org.apache.sshd.common.channel.ChannelOutputStream;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.channel.AbstractServerChannel;
import org.jspecify.annotations.Nullable;

/// A `direct-tcpip` channel (`ssh -L`, `-D`, `-J`): a connection from this node to a target that
/// the node's policy allows, dialled at exactly the address that was judged.
final class DirectChannel extends AbstractServerChannel {

    private static final int DIAL_TIMEOUT_MS = 10_000;
    private static final int MAX_HOST = 255;

    private final SshSession session;
    private final Reach reach;
    private volatile @Nullable SocketJoin join;

    private DirectChannel(SshSession session, Reach reach) {
        super(null);
        this.session = session;
        this.reach = reach;
    }

    static ChannelFactory factory(Reach reach) {
        return new ChannelFactory() {
            @Override
            public String getName() {
                return "direct-tcpip";
            }

            @Override
            public Channel createChannel(Session session) {
                return new DirectChannel(SshSession.of(session), reach);
            }
        };
    }

    /// The refusal of an opening, with a reason for the person.
    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1;
        private final int code;
        private final String reason;

        Refused(int code, String reason) {
            super(reason);
            this.code = code;
            this.reason = reason;
        }
    }

    @Override
    protected OpenFuture doInit(Buffer buffer) {
        String host = buffer.getString();
        long port = buffer.getUInt();
        var future = new DefaultOpenFuture(this, this);
        Thread.startVirtualThread(() -> {
            try {
                opened(future, dial(host, port));
            } catch (Refused e) {
                RefusedChannel.refuse(this, e.code, e.reason);
            }
        });
        return future;
    }

    private SocketChannel dial(String host, long port) throws Refused {
        if (host.length() > MAX_HOST) {
            throw new Refused(
                    SshConstants.SSH_OPEN_ADMINISTRATIVELY_PROHIBITED,
                    "a host's name has at most " + MAX_HOST + " characters");
        }
        String target = (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
        return switch (reach.check(target)) {
            case Reach.Denied(String reason) ->
                    throw new Refused(SshConstants.SSH_OPEN_ADMINISTRATIVELY_PROHIBITED, reason);
            case Reach.Unresolved(String reason) ->
                    throw new Refused(SshConstants.SSH_OPEN_CONNECT_FAILED, reason);
            case Reach.Allowed(List<InetSocketAddress> addresses) -> dial(target, addresses);
        };
    }

    private static SocketChannel dial(String target, List<InetSocketAddress> addresses)
            throws Refused {
        String reason = target + " has no address";
        for (var address : addresses) {
            SocketChannel socket = null;
            try {
                socket = SocketChannel.open();
                socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
                socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
                socket.socket().connect(address, DIAL_TIMEOUT_MS);
                return socket;
            } catch (IOException e) {
                reason = explain(target, e);
                closeQuietly(socket);
            }
        }
        throw new Refused(SshConstants.SSH_OPEN_CONNECT_FAILED, reason);
    }

    private static String explain(String target, IOException e) {
        return switch (e) {
            case ConnectException _ -> target + " refused the node's connection";
            case SocketTimeoutException _ ->
                    target + " did not answer the node within " + DIAL_TIMEOUT_MS / 1000 + " s";
            default -> target + " cannot be reached from the node: " + e.getMessage();
        };
    }

    private static void closeQuietly(@Nullable SocketChannel socket) {
        try {
            if (socket != null) {
                socket.close();
            }
        } catch (IOException e) {
            // It was never connected.
        }
    }

    private void opened(OpenFuture future, SocketChannel socket) {
        var joined = new SocketJoin(session, socket, this);
        join = joined;
        if (isClosing()) {
            joined.close();
            return;
        }
        OutputStream out =
                new ChannelOutputStream(
                        this, getRemoteWindow(), log, SshConstants.SSH_MSG_CHANNEL_DATA, true);
        try {
            // Its listener sends the confirmation, behind which data may follow.
            signalChannelOpenSuccess();
            future.setOpened();
            joined.start(out);
        } catch (Throwable e) {
            log.warn("A forwarded connection was not opened", e);
            future.setException(e);
            close(true);
        }
    }

    @Override
    protected void doWriteData(byte[] data, int offset, long length) {
        var joined = join;
        if (joined != null) {
            joined.inbox().add(data, offset, (int) length);
        }
    }

    @Override
    protected void doWriteExtendedData(byte[] data, int offset, long length) throws IOException {
        throw new IOException("a forwarded connection has no second stream");
    }

    @Override
    public void handleEof() throws IOException {
        super.handleEof();
        var joined = join;
        if (joined != null) {
            joined.inbox().close();
        }
    }

    @Override
    protected Closeable getInnerCloseable() {
        return builder().close(super.getInnerCloseable()).run(toString(), this::closeJoin).build();
    }

    private void closeJoin() {
        var joined = join;
        if (joined != null) {
            joined.channelClosed();
        }
    }
}
