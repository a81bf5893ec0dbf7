package dev.fairlead.cli.stream;

import dev.fairlead.cli.CliException;
import dev.fairlead.cli.Exit;
import dev.fairlead.link.EventLoops;
import dev.fairlead.link.Headers;
import dev.fairlead.link.Loopback;
import dev.fairlead.link.Splice;
import dev.fairlead.link.StreamEnd;
import dev.fairlead.link.StreamOpener;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Ports of this machine whose connections are streams of one link. Links come and go, the ports
/// stay, and so do connections where streams are resumed: while there is no link, connections wait
/// in the kernel for the next one, and are reset once that has taken too long.
///
/// Everything happens on one event loop, which the links must share.
public final class ForwardPorts implements KeptLink.User, AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(15);

    /// Hears what happens to connections; called on the event loop.
    public interface Events {
        void opened(ForwardSpec spec, InetSocketAddress from);

        /// @param end [StreamEnd#DONE] after all bytes of both directions
        void closed(ForwardSpec spec, InetSocketAddress from, StreamEnd end, String message);
    }

    /// A port that is open.
    ///
    /// @param address where it listens
    public record Listening(ForwardSpec spec, InetSocketAddress address) {}

    private final EventLoop loop;
    private final Function<ForwardSpec, Headers> opening;
    private final Events events;
    private final List<Channel> listeners = new CopyOnWriteArrayList<>();
    // Touched on the loop only.
    private @Nullable StreamOpener link;
    private @Nullable ScheduledFuture<?> patience;

    /// @param opening the headers of all streams for connections to such a port
    public ForwardPorts(EventLoop loop, Function<ForwardSpec, Headers> opening, Events events) {
        this.loop = loop;
        this.opening = opening;
        this.events = events;
    }

    /// Opens all ports, or none.
    ///
    /// @throws CliException where one cannot be opened
    public List<Listening> listen(List<ForwardSpec> specs) throws InterruptedException {
        var open = new ArrayList<Listening>();
        for (var spec : specs) {
            var bound = bootstrap(spec).bind(spec.bind(), spec.port()).await();
            if (!bound.isSuccess()) {
                close();
                throw cannotListen(spec, bound.cause());
            }
            listeners.add(bound.channel());
            var address = (InetSocketAddress) bound.channel().localAddress();
            Loopback.configure(bound.channel(), address);
            open.add(new Listening(spec, address));
        }
        loop.execute(() -> accept(link != null));
        return open;
    }

    private ServerBootstrap bootstrap(ForwardSpec spec) {
        var headers = opening.apply(spec);
        return new ServerBootstrap()
                .group(loop)
                .channel(EventLoops.serverSocket(loop))
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.AUTO_READ, false)
                .childHandler(
                        new ChannelInboundHandlerAdapter() {
                            @Override
                            public boolean isSharable() {
                                return true;
                            }

                            @Override
                            public void channelActive(ChannelHandlerContext ctx) {
                                accepted(spec, headers, (SocketChannel) ctx.channel());
                            }
                        });
    }

    private static CliException cannotListen(ForwardSpec spec, Throwable cause) {
        String where = spec.bind() + " port " + spec.port();
        String why = String.valueOf(cause.getMessage());
        if (why.contains("in use")) {
            return new CliException(
                    Exit.FAILED,
                    "Another program listens at " + where + " already; no port was opened.",
                    "Choose another port, or 0 for any that is free; ss -ltnp shows who listens");
        }
        if (why.contains("ermission")) {
            return new CliException(
                    Exit.FAILED,
                    "This user may not listen at " + where + "; no port was opened.",
                    "Choose a port above 1023.");
        }
        return new CliException(
                Exit.FAILED,
                "Cannot listen at " + where + ": " + why + "; no port was opened.",
                "Check the address in front of the port.");
    }

    @Override
    public void up(StreamOpener next) {
        loop.execute(() -> {
            link = next;
            if (patience != null) {
                patience.cancel(false);
                patience = null;
            }
            accept(true);
        });
    }

    @Override
    public void down() {
        loop.execute(() -> {
            link = null;
            accept(false);
            patience =
                    loop.schedule(() -> accept(true), PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        });
    }

    private void accept(boolean whether) {
        listeners.forEach(listener -> listener.config().setAutoRead(whether));
    }

    /// Before anything is read from the socket: what is read without a listener is lost.
    private void accepted(ForwardSpec spec, Headers headers, SocketChannel socket) {
        var from = socket.remoteAddress();
        var to = link;
        if (from == null) {
            socket.close();
        } else if (to == null) {
            socket.config().setOption(ChannelOption.SO_LINGER, 0);
            socket.close();
            events.closed(spec, from, StreamEnd.LINK_LOST, "there is no link to the hub now");
        } else {
            Splice.configure(socket);
            events.opened(spec, from);
            var splice =
                    new Splice(
                            socket,
                            StreamEnd.CANCELLED,
                            (end, message) -> events.closed(spec, from, end, message));
            splice.start(to.open(headers, splice));
        }
    }

    /// Closes the ports; connections end with their link.
    @Override
    public void close() {
        listeners.forEach(Channel::close);
    }
}
