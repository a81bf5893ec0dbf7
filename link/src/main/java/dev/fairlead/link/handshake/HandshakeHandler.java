package dev.fairlead.link.handshake;

import dev.fairlead.link.Headers;
import dev.fairlead.link.ProtocolException;
import dev.fairlead.link.handshake.HandshakeException.End;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What both sides of a handshake share: messages out of a byte stream, the transcript, the clock,
/// one outcome, and the hand-over to the link without losing a byte.
///
/// It sits behind the WebSocket codec, takes [ByteBuf]s of payload and writes one per message. When
/// it has succeeded it stays in the pipeline, reads nothing more and keeps what came too early,
/// until the hand-over.
abstract sealed class HandshakeHandler<T> extends ChannelInboundHandlerAdapter
        permits HubHandshake, DialerHandshake {

    private static final Logger LOG = LoggerFactory.getLogger(HandshakeHandler.class);

    /// Bytes of the longest header of a WebSocket frame.
    private static final int ROOM = 14;

    private static final String INNER_TLS = "inner-tls";
    private static final String INNER_BROKE = "the TLS inside the connection did not come about";

    final HandshakeSettings settings;
    Transcript transcript = new Transcript();

    private final CompletableFuture<Handshaken<T>> outcome = new CompletableFuture<>();
    private ByteBuf received = Unpooled.EMPTY_BUFFER;
    private boolean over;
    private boolean handedOver;
    private @Nullable ChannelHandlerContext context;
    private @Nullable ScheduledFuture<?> deadline;

    HandshakeHandler(HandshakeSettings settings) {
        this.settings = settings;
    }

    /// Completes on the event loop: with the proved other side, or with a [HandshakeException]
    /// after which the connection is closed.
    public CompletionStage<Handshaken<T>> outcome() {
        return outcome;
    }

    /// How long this side waits for the other.
    abstract Duration patience();

    /// The connection is open.
    abstract void started();

    /// The next message; `transcript` does not have it yet.
    abstract void received(Wire.Message message) throws HandshakeException;

    /// Whether this goes on inside inner TLS.
    boolean inside() {
        return context().pipeline().get(INNER_TLS) != null;
    }

    /// Puts TLS between this handshake and what carries it, and begins with a fresh transcript.
    /// What came behind the message that asked for it is TLS already.
    final void goInside(SslHandler tls) throws HandshakeException {
        var ctx = context();
        tls.setHandshakeTimeoutMillis(patience().toMillis());
        transcript = new Transcript();
        var early = received;
        received = Unpooled.EMPTY_BUFFER;
        ctx.pipeline().addBefore(ctx.name(), INNER_TLS, tls);
        ctx.pipeline().addBefore(ctx.name(), "inner-writes", new InnerWrites());
        if (!early.isReadable()) {
            early.release();
            return;
        }
        var below = ctx.pipeline().context(tls);
        try {
            tls.channelRead(below, early);
            tls.channelReadComplete(below);
        } catch (Exception e) {
            throw new HandshakeException(End.CLOSED, INNER_BROKE + ": " + e.getMessage());
        }
    }

    /// The deadline passed.
    abstract void late();

    /// The handshake failed or was cut off; whatever waits for it is to be told.
    void abandoned() {}

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        if (ctx.channel().isActive()) {
            start();
        } else if (!ctx.channel().isOpen()) {
            fail(new HandshakeException(End.CLOSED, "the connection had ended already"));
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        start();
    }

    /// Once: a handler that is added while its channel is registered hears of both.
    private void start() {
        if (deadline != null || over) {
            return;
        }
        within(patience());
        started();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof ByteBuf bytes)) {
            ctx.fireChannelRead(message);
            return;
        }
        if (outcome.isCompletedExceptionally()) {
            bytes.release();
            return;
        }
        received = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), received, bytes);
        try {
            while (!over) {
                var next = Wire.decode(received);
                if (next == null) {
                    return;
                }
                received(next);
            }
        } catch (ProtocolException e) {
            broken(e);
        } catch (HandshakeException e) {
            fail(e);
        } catch (RuntimeException e) {
            LOG.warn("handshake with {} failed", ctx.channel().remoteAddress(), e);
            failed(e);
        }
    }

    /// The other side broke a rule.
    void broken(ProtocolException e) {
        fail(
                new HandshakeException(
                        End.PROTOCOL, "the other side broke the protocol: " + e.getMessage()));
    }

    /// This side failed.
    void failed(Throwable e) {
        fail(new HandshakeException(End.CLOSED, "the handshake failed here: " + e));
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (!over) {
            fail(
                    new HandshakeException(
                            End.CLOSED,
                            "the connection ended before both sides had proved who they are"));
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (over) {
            ctx.close();
        } else if (cause instanceof ProtocolException e) {
            broken(e);
        } else if (inside() && cause instanceof DecoderException) {
            // What TLS says may have what came in full.
            fail(new HandshakeException(End.CLOSED, INNER_BROKE));
        } else {
            fail(new HandshakeException(End.CLOSED, "the connection broke: " + cause.getMessage()));
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (!over) {
            fail(new HandshakeException(End.CLOSED, "the handshake was taken off its connection"));
        }
        received.release();
        received = Unpooled.EMPTY_BUFFER;
    }

    final ChannelHandlerContext context() {
        if (context == null) {
            throw new IllegalStateException("the handshake has no connection yet");
        }
        return context;
    }

    final boolean isOver() {
        return over;
    }

    final void send(MessageType type, Headers headers) {
        send(Wire.encode(type, headers));
    }

    final void send(Wire.Framed message) {
        transcript.add(message);
        context().writeAndFlush(buffer(message));
    }

    /// A copy with room in front for the header of a WebSocket frame; the codec masks it in place.
    private ByteBuf buffer(Wire.Framed message) {
        byte[] bytes = message.bytes();
        return context()
                .alloc()
                .ioBuffer(ROOM + bytes.length)
                .setIndex(ROOM, ROOM)
                .writeBytes(bytes);
    }

    /// Sets when [#late()] is called, in the place of the deadline before.
    final void within(Duration time) {
        if (deadline != null) {
            deadline.cancel(false);
        }
        deadline =
                context()
                        .executor()
                        .schedule(
                                () -> {
                                    if (!over) {
                                        late();
                                    }
                                },
                                time.toMillis(),
                                TimeUnit.MILLISECONDS);
    }

    final void fail(HandshakeException e) {
        fail(e, null);
    }

    /// Ends it, closing after the last message where there is one.
    final void fail(HandshakeException e, Wire.@Nullable Framed last) {
        if (over) {
            return;
        }
        finish();
        var ctx = context();
        if (last != null && ctx.channel().isActive()) {
            ctx.writeAndFlush(buffer(last)).addListener(ChannelFutureListener.CLOSE);
        } else {
            ctx.close();
        }
        abandoned();
        outcome.completeExceptionally(e);
    }

    final void succeed(T other, Welcome welcome) {
        finish();
        var ctx = context();
        ctx.channel().config().setAutoRead(false);
        outcome.complete(new Handshaken<>(this, other, welcome));
    }

    private void finish() {
        over = true;
        if (deadline != null) {
            deadline.cancel(false);
        }
    }

    <L> CompletionStage<L> handOver(Function<Channel, L> start) {
        return CompletableFuture.supplyAsync(() -> handOverNow(start), this::onLoop);
    }

    final void onLoop(Runnable work) {
        var loop = context().executor();
        if (loop.inEventLoop()) {
            work.run();
        } else {
            loop.execute(work);
        }
    }

    private <L> L handOverNow(Function<Channel, L> start) {
        if (handedOver) {
            throw new IllegalStateException("the connection was handed over before");
        }
        handedOver = true;
        var ctx = context();
        var channel = ctx.channel();
        if (ctx.isRemoved()) {
            // The channel is closed and its pipeline was taken down.
            var link = start.apply(channel);
            channel.pipeline().fireChannelInactive();
            return link;
        }
        boolean active = channel.isActive();
        var link = start.apply(channel);
        var early = received;
        received = Unpooled.EMPTY_BUFFER;
        if (early.isReadable()) {
            ctx.fireChannelRead(early);
            ctx.fireChannelReadComplete();
        } else {
            early.release();
        }
        if (!active) {
            ctx.fireChannelInactive();
        }
        ctx.pipeline().remove(this);
        channel.config().setAutoRead(true);
        return link;
    }
}
