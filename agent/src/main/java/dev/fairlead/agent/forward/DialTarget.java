package dev.fairlead.agent.forward;

import dev.fairlead.link.EventLoops;
import dev.fairlead.link.Headers;
import dev.fairlead.link.LinkStream;
import dev.fairlead.link.Loopback;
import dev.fairlead.link.Splice;
import dev.fairlead.link.StreamEnd;
import dev.fairlead.link.StreamListener;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.socket.SocketChannel;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// Dials the addresses of one target in turn, and hands the first connection to a [Splice].
///
/// It listens to the stream from the beginning, so that a person who goes away ends the attempt,
/// and holds what they send until there is a connection: at most the stream's first window. All on
/// the stream's event loop.
final class DialTarget implements StreamListener {

    private final LinkStream stream;
    private final Duration timeout;
    private final BiConsumer<StreamEnd, String> closed;

    private final ArrayDeque<ByteBuf> early = new ArrayDeque<>();
    private boolean endedEarly;
    private @Nullable Channel attempt;
    private @Nullable Splice splice;
    private boolean over;

    /// @param closed told once how it ended
    DialTarget(LinkStream stream, Duration timeout, BiConsumer<StreamEnd, String> closed) {
        this.stream = stream;
        this.timeout = timeout;
        this.closed = closed;
    }

    void refuse(StreamEnd cause, String message) {
        stream.refuse(cause, message);
    }

    /// @param addresses at least one, resolved; nothing is looked up again
    void dial(List<InetSocketAddress> addresses) {
        if (over) {
            return;
        }
        var loop = stream.eventLoop();
        var connect =
                new Bootstrap()
                        .group(loop)
                        .channel(EventLoops.socket(loop))
                        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) timeout.toMillis())
                        .handler(
                                new ChannelInitializer<SocketChannel>() {
                                    @Override
                                    protected void initChannel(SocketChannel socket) {
                                        Splice.configure(socket);
                                        Loopback.configure(socket, addresses.getFirst());
                                    }
                                })
                        .connect(addresses.getFirst());
        attempt = connect.channel();
        connect.addListener((ChannelFuture done) -> dialed(done, addresses));
    }

    private void dialed(ChannelFuture done, List<InetSocketAddress> addresses) {
        attempt = null;
        if (over) {
            done.channel().close();
        } else if (done.isSuccess()) {
            splice((SocketChannel) done.channel());
        } else if (addresses.size() > 1) {
            dial(addresses.subList(1, addresses.size()));
        } else {
            fail(addresses.getFirst(), done.cause());
        }
    }

    private void splice(SocketChannel socket) {
        var joined = new Splice(socket, StreamEnd.TARGET_RESET, closed);
        splice = joined;
        stream.accept(Headers.EMPTY);
        joined.start(stream);
        for (var bytes = early.poll(); bytes != null; bytes = early.poll()) {
            joined.data(bytes);
        }
        if (endedEarly) {
            joined.ended();
        }
    }

    private void fail(InetSocketAddress address, @Nullable Throwable cause) {
        String target =
                stream.headers().text("target")
                        + " ("
                        + address.getAddress().getHostAddress()
                        + ")";
        switch (cause) {
            case ConnectTimeoutException _ ->
                    refuse(
                            StreamEnd.TARGET_TIMEOUT,
                            "The node got no answer from "
                                    + target
                                    + " within "
                                    + timeout.toSeconds()
                                    + " s; is it up, and does a firewall drop the connection?");
            case ConnectException _ ->
                    refuse(
                            StreamEnd.TARGET_REFUSED,
                            target
                                    + " refused the connection from the node; does anything listen there?");
            case null, default ->
                    refuse(
                            StreamEnd.TARGET_UNREACHABLE,
                            "The node cannot reach "
                                    + target
                                    + ": "
                                    + (cause == null
                                            ? "the dial was cancelled"
                                            : cause.getMessage())
                                    + ".");
        }
    }

    @Override
    public void data(ByteBuf bytes) {
        if (splice != null) {
            splice.data(bytes);
        } else {
            early.add(bytes);
        }
    }

    @Override
    public void writable() {
        if (splice != null) {
            splice.writable();
        }
    }

    @Override
    public void ended() {
        if (splice != null) {
            splice.ended();
        } else {
            endedEarly = true;
        }
    }

    @Override
    public void closed(StreamEnd cause, String message) {
        over = true;
        if (splice != null) {
            splice.closed(cause, message);
            return;
        }
        for (var bytes = early.poll(); bytes != null; bytes = early.poll()) {
            stream.consumed(bytes.readableBytes());
            bytes.release();
        }
        if (attempt != null) {
            attempt.close();
        }
        closed.accept(cause, message);
    }
}
