package dev.fairlead.agent.forward;

import dev.fairlead.link.EventLoops;
import dev.fairlead.link.Headers;
import dev.fairlead.link.LinkStream;
import dev.fairlead.link.Loopback;
import dev.fairlead.link.Splice;
import dev.fairlead.link.StreamEnd;
import dev.fairlead.link.StreamListener;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
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

    /// May be called from any thread.
    ///
    /// @param addresses at least one, resolved; nothing is looked up again
    void dial(List<InetSocketAddress> addresses) {
        var loop = stream.eventLoop();
        if (loop.inEventLoop()) {
            dialNow(loop, addresses);
        } else {
            loop.execute(() -> dialNow(loop, addresses));
        }
    }

    private void dialNow(EventLoop loop, List<InetSocketAddress> addresses) {
        if (over) {
            return;
        }
        var address = addresses.getFirst();
        SocketChannel socket;
        try {
            socket = EventLoops.newSocket(loop);
        } catch (ChannelException e) {
            // Out of descriptors, most likely.
            fail(address, e.getCause() == null ? e : e.getCause());
            return;
        }
        // A Bootstrap does the same in twice the time, which counts where streams are short.
        socket.config().setConnectTimeoutMillis((int) timeout.toMillis());
        Splice.configure(socket);
        Loopback.configure(socket, address);
        attempt = socket;
        loop.register(socket)
                .addListener((ChannelFuture registered) -> connect(registered, socket, addresses));
    }

    private void connect(
            ChannelFuture registered, SocketChannel socket, List<InetSocketAddress> addresses) {
        if (registered.isSuccess()) {
            socket.connect(addresses.getFirst())
                    .addListener((ChannelFuture done) -> dialed(done, socket, addresses));
        } else {
            dialed(registered, socket, addresses);
        }
    }

    private void dialed(
            ChannelFuture done, SocketChannel socket, List<InetSocketAddress> addresses) {
        attempt = null;
        if (done.isSuccess() && !over) {
            splice(socket);
            return;
        }
        socket.close();
        if (over) {
            return;
        }
        if (addresses.size() > 1) {
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
