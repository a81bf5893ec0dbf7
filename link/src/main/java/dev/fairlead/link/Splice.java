package dev.fairlead.link;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import java.nio.channels.NotYetConnectedException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// Joins a TCP socket and a stream, both ways, on the one event loop that both live on.
///
/// Backpressure: the socket is not read while the stream is not writable, and the stream gets
/// credit only for bytes that the socket has taken. Half-close: the socket's end of input becomes
/// END, and END shuts the socket's output down behind all bytes before it. Breaks: a socket that is
/// reset resets the stream, and a stream that ends other than by [StreamEnd#DONE] closes the socket
/// with RST, since an orderly end would pass truncated bytes off as complete. Once both directions
/// have ended and are flushed the socket is closed, though the stream may live on a while, until
/// the other side has acknowledged its end.
///
/// Use: make the socket with [#configure]; on the event loop, [#start] and make this the stream's
/// listener. Whoever opens a stream need not wait for its acceptance.
public final class Splice extends ChannelInboundHandlerAdapter implements StreamListener {

    /// Above this many bytes waiting for a flush it is not put off to the end of the loop's round.
    private static final int FLUSH_AT = 64 * 1024;

    private final SocketChannel socket;
    private final StreamEnd onReset;
    private final BiConsumer<StreamEnd, String> closed;

    /// Made once, because it is handed to the loop for every batch.
    private final Runnable flush = this::flush;

    private final ChannelFutureListener drained = this::drained;

    private @Nullable LinkStream stream;
    private boolean flushPlanned;
    private boolean inputEnded;

    /// Bytes written to the socket and not yet reported to the stream.
    private int unreported;

    /// Of those, the bytes in front of the marker in the socket's queue; negative without a marker.
    private int beforeMarker = -1;

    private boolean outputEnds;
    private boolean outputEnded;
    private boolean closesWhenDrained;
    private boolean over;

    /// @param socket a socket on the stream's event loop, not reading yet
    /// @param onReset the cause told to the stream when the socket breaks: a target's is
    ///   [StreamEnd#TARGET_RESET], a user's [StreamEnd#CANCELLED]
    /// @param closed told once how it ended, on the event loop
    public Splice(SocketChannel socket, StreamEnd onReset, BiConsumer<StreamEnd, String> closed) {
        this.socket = socket;
        this.onReset = onReset;
        this.closed = closed;
    }

    /// Sets what a spliced socket needs; before it is connected, or when it was accepted.
    public static void configure(SocketChannel socket) {
        socket.config()
                .setAutoRead(false)
                .setAllowHalfClosure(true)
                .setTcpNoDelay(true)
                .setKeepAlive(true)
                .setRecvByteBufAllocator(new ReadBuffers());
    }

    /// Begins to read the socket. Called on the event loop; does nothing where the stream is over.
    public void start(LinkStream spliced) {
        stream = spliced;
        if (over) {
            return;
        }
        socket.pipeline().addLast("splice", this);
        if (!socket.isActive()) {
            broken("the connection was closed");
        } else if (spliced.isWritable()) {
            socket.config().setAutoRead(true);
        }
    }

    // From the socket.

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        var bytes = (ByteBuf) message;
        if (stream == null || over) {
            bytes.release();
            return;
        }
        stream.write(bytes);
        if (!stream.isWritable()) {
            socket.config().setAutoRead(false);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent && !inputEnded) {
            inputEnded = true;
            socket.config().setAutoRead(false);
            if (stream != null) {
                stream.end();
            }
            closeAfterBothEnds();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        // After both ends the stream may still have bytes to send, and ends as DONE after them.
        if (!inputEnded || !outputEnded) {
            broken("the connection was closed");
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        String message = cause.getMessage();
        broken(message == null ? cause.toString() : message);
    }

    private void broken(String message) {
        if (!over) {
            if (stream != null) {
                // This may come back as `closed` at once.
                stream.reset(onReset, message);
            }
            over(onReset, message);
        }
    }

    // From the stream.

    @Override
    public void data(ByteBuf bytes) {
        int length = bytes.readableBytes();
        unreported += length;
        if (over || outputEnds) {
            bytes.release();
            report(length);
            return;
        }
        socket.write(bytes, socket.voidPromise());
        if (unreported >= FLUSH_AT) {
            flush();
        } else {
            flushSoon();
        }
    }

    @Override
    public void writable() {
        if (!inputEnded && !over && stream != null) {
            socket.config().setAutoRead(true);
        }
    }

    @Override
    public void ended() {
        outputEnds = true;
        flush();
    }

    @Override
    public void closed(StreamEnd cause, String message) {
        if (over) {
            return;
        }
        if (cause == StreamEnd.DONE) {
            closesWhenDrained = true;
            flush();
        } else {
            over(cause, message);
        }
    }

    // To the socket.

    private void flushSoon() {
        if (!flushPlanned) {
            flushPlanned = true;
            socket.eventLoop().execute(flush);
        }
    }

    private void flush() {
        flushPlanned = false;
        if (over) {
            return;
        }
        socket.flush();
        var waiting = socket.unsafe().outboundBuffer();
        if (over || waiting == null || waiting.isEmpty()) {
            report(unreported);
            finishOutput();
        } else if (beforeMarker < 0) {
            // The socket is full. An empty write tells when all in front of it has gone out; a
            // promise for each write would be an allocation for each.
            beforeMarker = unreported;
            socket.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(drained);
        }
    }

    private void drained(ChannelFuture marker) {
        int bytes = Math.min(beforeMarker, unreported);
        beforeMarker = -1;
        if (marker.isSuccess() && !over) {
            report(bytes);
            // Not from here: this is called from inside a flush.
            flushSoon();
        } else {
            report(unreported);
        }
    }

    private void report(int bytes) {
        if (bytes > 0 && stream != null) {
            unreported -= bytes;
            stream.consumed(bytes);
        }
    }

    private void finishOutput() {
        if (over) {
            return;
        }
        if (closesWhenDrained) {
            over(StreamEnd.DONE, "");
        } else if (outputEnds && !outputEnded) {
            outputEnded = true;
            if (inputEnded) {
                // All was read, so this sends FIN too, and takes a system call and a promise less.
                socket.close();
            } else {
                shutdownOutput();
            }
        }
    }

    /// By the system call alone where that can be reached: the channel's own method makes an
    /// exception each time, with its stack trace, for what might still wait to be written.
    private void shutdownOutput() {
        if (socket instanceof UnixChannel unix && unix.fd() instanceof Socket open) {
            try {
                open.shutdown(false, true);
            } catch (IOException | NotYetConnectedException e) {
                // It broke just now, which the next read says.
            }
        } else {
            socket.shutdownOutput();
        }
    }

    private void closeAfterBothEnds() {
        if (inputEnded && outputEnded) {
            socket.close();
        }
    }

    private void over(StreamEnd cause, String message) {
        if (over) {
            return;
        }
        over = true;
        if (cause != StreamEnd.DONE && socket.isActive()) {
            socket.config().setOption(ChannelOption.SO_LINGER, 0);
        }
        socket.close();
        if (beforeMarker < 0) {
            report(unreported);
        }
        closed.accept(cause, message);
    }
}
