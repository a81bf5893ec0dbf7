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
import io.vertx.core.datagram.DatagramSocketOptions;
import io.vertx.core.net.ClientOptionsBase;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.transport.Transport;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// The gate before TLS: a connection has its TLS begun when its hello has come and it is its turn
/// ([Turns]). Until then it costs a socket and, from its hello on, a kilobyte; who has hung up by
/// then costs nothing more. Nobody is turned away, and nobody who only connects and says nothing
/// can keep the others out. What it bounds is how long an event loop is busy with handshakes before
/// it comes to the streams and requests of those who are in.
///
/// It is a transport of Vert.x', which gives no other way to the socket that listens.
public final class SlowAccept implements Transport {

    /// TCP_ESTABLISHED of tcp(7)'s tcpi_state.
    private static final int ESTABLISHED = 1;

    /// One of each kind that waits is let in after each such pause.
    private static final long PAUSE_MILLIS = 5;

    /// For each handshake that may be under way, so many may have said no hello yet.
    private static final int SILENT = 10;

    private final Transport transport;
    private final int mostSilent;
    private final int mostWaiting;
    private final int handshakeSeconds;
    private final Executor threads;
    private final Turns turns;
    private final AtomicInteger silent = new AtomicInteger();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicLong waits = new AtomicLong();
    private volatile boolean shut;

    /// @param most TLS handshakes under way at once, before the next hellos wait
    /// @param mostConnections of this hub: half as many may wait that have not said hello, and of
    ///   each kind as many that have; those beyond are closed
    /// @param handshakeSeconds until the hello has to be there, and for TLS from its turn on
    /// @param threads that work on people's requests
    public SlowAccept(int most, int mostConnections, int handshakeSeconds, Executor threads) {
        var best = Transport.nativeTransport();
        this.transport = best != null && best.available() ? best : Transport.NIO;
        this.mostSilent = most * SILENT;
        this.mostWaiting = mostConnections / 2;
        this.handshakeSeconds = handshakeSeconds;
        this.threads = threads;
        this.turns = new Turns(most, mostConnections);
    }

    /// The longest that a connection may take until its TLS is there, for whoever has a clock of
    /// their own.
    static int longestSeconds(int handshakeSeconds) {
        return 2 * handshakeSeconds + UntilTls.LONGEST_WAIT_SECONDS;
    }

    /// Whoever came for a link on this connection has proved who they are: the next may.
    public static void proved(Channel channel) {
        UntilTls.proved(channel);
    }

    /// From now on nobody is let in: the server behind it is about to go, and has no event loop for
    /// them any more.
    public void shut() {
        shut = true;
        turns.shut();
    }

    /// TLS handshakes under way, and those of links behind them.
    public int unfinished() {
        return turns.underWay();
    }

    /// Connections that wait for their TLS handshake.
    public int waiting() {
        return waiting.get() + turns.waiting();
    }

    /// How many have had to wait.
    public long waits() {
        return waits.get() + turns.waits();
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

    /// On the channel that listens, and all of it on that channel's event loop.
    final class AtTheDoor extends ChannelInboundHandlerAdapter {

        /// Registered with no event loop yet, so nothing is read.
        private final ArrayDeque<Channel> queue = new ArrayDeque<>();

        private boolean again;
        private volatile boolean probing;

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
            while (silent.get() < mostSilent && letInOne(ctx)) {
                // One after the other.
            }
            if (!queue.isEmpty()) {
                later(ctx);
            }
        }

        private void later(ChannelHandlerContext ctx) {
            if (!again) {
                again = true;
                ctx.executor().schedule(() -> another(ctx), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
            }
        }

        /// One more after a while, whatever those before it do.
        private void another(ChannelHandlerContext ctx) {
            again = false;
            letInOne(ctx);
            letIn(ctx);
            if (turns.pause()) {
                probe();
                later(ctx);
            }
        }

        /// How long people wait for a thread now, because of those who were let in.
        private void probe() {
            if (!probing) {
                probing = true;
                long asked = System.nanoTime();
                threads.execute(() -> {
                    turns.started(System.nanoTime() - asked);
                    probing = false;
                });
            }
        }

        /// The next that is still there; false where there is none.
        private boolean letInOne(ChannelHandlerContext ctx) {
            for (var next = queue.poll(); next != null; next = queue.poll()) {
                waiting.decrementAndGet();
                if (!shut && isThere(next)) {
                    silent.incrementAndGet();
                    next.pipeline()
                            .addLast(
                                    new UntilTls(
                                            turns,
                                            handshakeSeconds,
                                            silent::decrementAndGet,
                                            () -> ctx.executor().execute(() -> later(ctx))));
                    ctx.fireChannelRead(next);
                    return true;
                }
                next.unsafe().closeForcibly();
            }
            return false;
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
    static boolean isThere(Channel channel) {
        try {
            return channel.isOpen()
                    && (!(channel instanceof EpollSocketChannel socket)
                            || socket.tcpInfo().state() == ESTABLISHED);
        } catch (ChannelException e) {
            return false;
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
