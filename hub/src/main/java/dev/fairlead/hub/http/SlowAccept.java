package dev.fairlead.hub.http;

import dev.fairlead.link.Loopback;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.InternetProtocolFamily;
import io.netty.handler.ssl.SslHandler;
import io.vertx.core.datagram.DatagramSocketOptions;
import io.vertx.core.net.ClientOptionsBase;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.transport.Transport;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// The gate before TLS: while many connections are in their TLS handshake the next ones wait. They
/// are accepted and left alone, and let in as they came; who has hung up by then costs nothing
/// more. (The newest first was measured and is worse: it has not said its hello yet, so it takes a
/// place and lets it wait.) Nobody is turned away, and nobody who only connects and says nothing
/// can keep the others out. What it bounds is how long the event loop is busy with handshakes
/// before it comes to the streams and requests of those who are in.
///
/// It is a transport of Vert.x', which gives no other way to the socket that listens.
public final class SlowAccept implements Transport {

    /// TCP_ESTABLISHED of tcp(7)'s tcpi_state.
    private static final int ESTABLISHED = 1;

    /// While it is slow, one is let in for each that is through, and one for each such pause.
    private static final long PAUSE_MILLIS = 5;

    private final Transport transport;
    private final int most;
    private final int mostWaiting;
    private final AtomicInteger unfinished = new AtomicInteger();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicLong waits = new AtomicLong();
    private volatile boolean shut;

    /// @param most TLS handshakes under way at once, before it becomes slow
    /// @param mostWaiting connections that wait; those beyond are closed
    public SlowAccept(int most, int mostWaiting) {
        var best = Transport.nativeTransport();
        this.transport = best != null && best.available() ? best : Transport.NIO;
        this.most = most;
        this.mostWaiting = mostWaiting;
    }

    /// From now on nobody is let in: the server behind it is about to go, and has no event loop for
    /// them any more.
    public void shut() {
        shut = true;
    }

    /// TLS handshakes under way.
    public int unfinished() {
        return unfinished.get();
    }

    /// Connections that wait for their TLS handshake.
    public int waiting() {
        return waiting.get();
    }

    /// How many have had to wait.
    public long waits() {
        return waits.get();
    }

    @Override
    public String name() {
        return transport.name();
    }

    @Override
    public boolean available() {
        return transport.available();
    }

    @Override
    public Throwable unavailabilityCause() {
        return transport.unavailabilityCause();
    }

    @Override
    public io.vertx.core.spi.transport.Transport implementation() {
        return new Slowing(transport.implementation());
    }

    /// On the channel that listens, and all of it on that channel's event loop, but for
    /// [#finished].
    final class AtTheDoor extends ChannelInboundHandlerAdapter {

        /// Registered with no event loop yet, so nothing is read.
        private final ArrayDeque<Channel> queue = new ArrayDeque<>();

        private boolean again;

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            if (ctx.channel().localAddress() instanceof InetSocketAddress listening) {
                Loopback.configure(ctx.channel(), listening);
            }
            ctx.fireChannelActive();
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (shut) {
                ((Channel) message).unsafe().closeForcibly();
                return;
            }
            queue.addLast((Channel) message);
            waiting.incrementAndGet();
            letIn(ctx);
            if (!queue.isEmpty()) {
                waits.incrementAndGet();
            }
            if (queue.size() > mostWaiting) {
                waiting.decrementAndGet();
                queue.removeLast().unsafe().closeForcibly();
            }
        }

        private void letIn(ChannelHandlerContext ctx) {
            while (unfinished.get() < most && letInOne(ctx)) {
                // One after the other.
            }
            if (!queue.isEmpty() && !again) {
                again = true;
                ctx.executor().schedule(() -> another(ctx), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
            }
        }

        /// One more after a while, whatever those before it do.
        private void another(ChannelHandlerContext ctx) {
            again = false;
            letInOne(ctx);
            letIn(ctx);
        }

        /// The next that is still there; false where there is none.
        private boolean letInOne(ChannelHandlerContext ctx) {
            for (var next = queue.poll(); next != null; next = queue.poll()) {
                waiting.decrementAndGet();
                if (!shut && isThere(next)) {
                    unfinished.incrementAndGet();
                    next.pipeline().addLast(new UntilSecure(this, ctx));
                    ctx.fireChannelRead(next);
                    return true;
                }
                next.unsafe().closeForcibly();
            }
            return false;
        }

        /// A handshake is over.
        private void finished(ChannelHandlerContext ctx) {
            unfinished.decrementAndGet();
            if (waiting.get() > 0) {
                ctx.executor().execute(() -> letIn(ctx));
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            waiting.addAndGet(-queue.size());
            queue.forEach(channel -> channel.unsafe().closeForcibly());
            queue.clear();
            ctx.fireChannelInactive();
        }
    }

    /// Whether the other side has not hung up, as far as the transport can tell before anything is
    /// read.
    private static boolean isThere(Channel channel) {
        try {
            return !(channel instanceof EpollSocketChannel socket)
                    || socket.tcpInfo().state() == ESTABLISHED;
        } catch (ChannelException e) {
            return false;
        }
    }

    /// On a connection, until its handshake is over.
    private static final class UntilSecure extends ChannelInboundHandlerAdapter {

        private final AtTheDoor door;
        private final ChannelHandlerContext listening;

        UntilSecure(AtTheDoor door, ChannelHandlerContext listening) {
            this.door = door;
            this.listening = listening;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            ctx.fireChannelActive();
            var tls = ctx.pipeline().get(SslHandler.class);
            if (tls == null) {
                door.finished(listening);
            } else {
                // Fails when the connection ends before.
                tls.handshakeFuture().addListener(_ -> door.finished(listening));
            }
            ctx.pipeline().remove(this);
        }

        @Override
        public void channelUnregistered(ChannelHandlerContext ctx) {
            // It was never active.
            door.finished(listening);
            ctx.fireChannelUnregistered();
        }
    }

    /// The best transport of this machine, with a gate at each listener that ends TLS.
    private final class Slowing implements io.vertx.core.spi.transport.Transport {

        private final io.vertx.core.spi.transport.Transport best;

        Slowing(io.vertx.core.spi.transport.Transport best) {
            this.best = best;
        }

        @Override
        public void configure(
                NetServerOptions options, boolean domainSocket, ServerBootstrap bootstrap) {
            best.configure(options, domainSocket, bootstrap);
            if (options.isSsl()) {
                bootstrap.handler(new AtTheDoor());
            }
        }

        @Override
        public boolean supportsDomainSockets() {
            return best.supportsDomainSockets();
        }

        @Override
        public boolean supportFileRegion() {
            return best.supportFileRegion();
        }

        @Override
        public boolean isAvailable() {
            return best.isAvailable();
        }

        @Override
        public Throwable unavailabilityCause() {
            return best.unavailabilityCause();
        }

        @Override
        public java.net.SocketAddress convert(SocketAddress address) {
            return best.convert(address);
        }

        @Override
        public SocketAddress convert(java.net.SocketAddress address) {
            return best.convert(address);
        }

        @Override
        public IoHandlerFactory ioHandlerFactory() {
            return best.ioHandlerFactory();
        }

        @Override
        public EventLoopGroup eventLoopGroup(
                int type, int threads, ThreadFactory factory, int ratio) {
            return best.eventLoopGroup(type, threads, factory, ratio);
        }

        @Override
        public DatagramChannel datagramChannel() {
            return best.datagramChannel();
        }

        @Override
        @SuppressWarnings("deprecation") // as the interface has it
        public DatagramChannel datagramChannel(InternetProtocolFamily family) {
            return best.datagramChannel(family);
        }

        @Override
        public ChannelFactory<? extends Channel> channelFactory(boolean domainSocket) {
            return best.channelFactory(domainSocket);
        }

        @Override
        public ChannelFactory<? extends ServerChannel> serverChannelFactory(boolean domainSocket) {
            return best.serverChannelFactory(domainSocket);
        }

        @Override
        public void configure(DatagramChannel channel, DatagramSocketOptions options) {
            best.configure(channel, options);
        }

        @Override
        public void configure(
                ClientOptionsBase options,
                int connectTimeout,
                boolean domainSocket,
                io.netty.bootstrap.Bootstrap bootstrap) {
            best.configure(options, connectTimeout, domainSocket, bootstrap);
        }
    }
}
