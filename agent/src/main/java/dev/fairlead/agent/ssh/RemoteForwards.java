package dev.fairlead.agent.ssh;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.RequestHandler;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.util.buffer.Buffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `ssh -R`: ports of this node's loopback that lead to the person's side, until their session
/// ends.
///
/// Whatever address is asked for, nothing but loopback is listened on, as sshd does by default: a
/// person must not open this node's network to the outside.
final class RemoteForwards implements RequestHandler<ConnectionService> {

    private static final Logger LOG = LoggerFactory.getLogger(RemoteForwards.class);

    private static final int MAX_PORTS = 32;
    private static final int FIRST_UNPRIVILEGED = 1024;
    private static final int MAX_PORT = 65_535;

    /// @param asked as the client said it: it knows its forwardings by these words
    private record Listening(String asked, int port, ServerSocketChannel socket)
            implements AutoCloseable {
        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    @Override
    public Result process(
            ConnectionService service, String request, boolean wantReply, Buffer buffer)
            throws Exception {
        var session = SshSession.of(service.getSession());
        return switch (request) {
            case "tcpip-forward" ->
                    listen(session, service, buffer.getString(), buffer.getUInt(), wantReply);
            case "cancel-tcpip-forward" ->
                    cancel(session, buffer.getString(), (int) buffer.getUInt());
            default -> Result.Unsupported;
        };
    }

    private static Result listen(
            SshSession session,
            ConnectionService service,
            String asked,
            long port,
            boolean wantReply)
            throws IOException {
        boolean privileged = port > 0 && port < FIRST_UNPRIVILEGED;
        if (port > MAX_PORT
                || (privileged && session.login().uid() != 0)
                || session.count(Listening.class) >= MAX_PORTS) {
            LOG.info("Session {} may not listen on port {}", session.id(), port);
            return Result.ReplyFailure;
        }
        var socket = ServerSocketChannel.open();
        try {
            var loopback = InetAddress.ofLiteral(asked.equals("::1") ? "::1" : "127.0.0.1");
            socket.bind(new InetSocketAddress(loopback, (int) port));
        } catch (IOException e) {
            socket.close();
            LOG.info("Session {} cannot listen on port {}: {}", session.id(), port, e.getMessage());
            return Result.ReplyFailure;
        }
        int bound = ((InetSocketAddress) socket.getLocalAddress()).getPort();
        var listening = new Listening(asked, bound, socket);
        session.add(listening);
        Thread.ofVirtual().name("ssh -R " + bound).start(() -> accept(session, service, listening));
        if (wantReply) {
            var reply =
                    service.getSession()
                            .createBuffer(SshConstants.SSH_MSG_REQUEST_SUCCESS, Integer.BYTES);
            if (port == 0) {
                reply.putUInt(bound);
            }
            service.getSession().writePacket(reply);
        }
        return Result.Replied;
    }

    private static void accept(SshSession session, ConnectionService service, Listening listening) {
        try {
            while (true) {
                var socket = listening.socket.accept();
                try {
                    open(session, service, listening, socket);
                } catch (IOException e) {
                    LOG.debug("A connection to port {} was not carried", listening.port, e);
                    socket.close();
                }
            }
        } catch (IOException e) {
            LOG.debug("Port {} of session {} is closed", listening.port, session.id());
        } finally {
            session.remove(listening);
        }
    }

    private static void open(
            SshSession session,
            ConnectionService service,
            Listening listening,
            SocketChannel socket)
            throws IOException {
        var origin = (InetSocketAddress) socket.getRemoteAddress();
        OutboundChannel.open(
                session,
                service,
                "forwarded-tcpip",
                buffer -> {
                    buffer.putString(listening.asked);
                    buffer.putUInt(listening.port);
                    buffer.putString(origin.getAddress().getHostAddress());
                    buffer.putUInt(origin.getPort());
                },
                socket);
    }

    private static Result cancel(SshSession session, String asked, int port) throws IOException {
        for (var listening : session.all(Listening.class)) {
            if (listening.port == port && listening.asked.equals(asked)) {
                listening.close();
                return Result.ReplySuccess;
            }
        }
        return Result.ReplyFailure;
    }
}
