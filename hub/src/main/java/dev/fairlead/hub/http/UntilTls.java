package dev.fairlead.hub.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The first handler of a connection, until its TLS begins: keeps the hello until it is its turn,
/// and reads nothing beyond it. Whoever connects has so long to say hello, and from its turn on as
/// long again for TLS; the hub may let them wait longer in between.
final class UntilTls extends ChannelInboundHandlerAdapter implements Turns.Waiting {

    private static final AttributeKey<Runnable> PROVES =
            AttributeKey.valueOf(UntilTls.class, "PROVES");

    /// For its turn. A dialer hangs up before.
    static final int LONGEST_WAIT_SECONDS = 60;

    private final Turns turns;
    private final int handshakeSeconds;
    private final Runnable spoke;
    private final Runnable waits;
    private @Nullable Future<?> deadline;
    private @Nullable ByteBuf hello;
    private boolean silent = true;
    private boolean over;
    private boolean link;
    private volatile @Nullable ChannelHandlerContext context;

    /// @param handshakeSeconds for the hello, and for TLS
    /// @param spoke called once, when it is not silent any more: it has said hello, or is gone
    /// @param waits called when it has to wait for its turn
    UntilTls(Turns turns, int handshakeSeconds, Runnable spoke, Runnable waits) {
        this.turns = turns;
        this.handshakeSeconds = handshakeSeconds;
        this.spoke = spoke;
        this.waits = waits;
    }

    /// Whoever came for a link has proved who they are.
    static void proved(Channel channel) {
        var proves = channel.attr(PROVES).getAndSet(null);
        if (proves != null) {
            proves.run();
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        closeAfter(ctx, handshakeSeconds);
    }

    private void closeAfter(ChannelHandlerContext ctx, int seconds) {
        inTime();
        var channel = ctx.channel();
        deadline = ctx.executor().schedule(() -> channel.close(), seconds, TimeUnit.SECONDS);
    }

    private void inTime() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        var bytes = (ByteBuf) message;
        if (hello != null) {
            hello = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), hello, bytes);
            return;
        }
        hello = bytes;
        ctx.channel().config().setAutoRead(false);
        speaks();
        closeAfter(ctx, LONGEST_WAIT_SECONDS);
        link = ClientHello.isForLink(bytes);
        if (turns.comes(this, link)) {
            waits.run();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (over) {
            ctx.fireChannelReadComplete();
        }
    }

    private void speaks() {
        if (silent) {
            silent = false;
            spoke.run();
        }
    }

    @Override
    public boolean isThere() {
        return SlowAccept.isThere(channel());
    }

    private Channel channel() {
        var ctx = context;
        if (ctx == null) {
            throw new IllegalStateException("it has no connection yet");
        }
        return ctx.channel();
    }

    /// Never at once: a row of those that are over as soon as they begin is no recursion.
    @Override
    public void begin() {
        try {
            long now = System.nanoTime();
            channel().eventLoop().execute(() -> beginNow(now));
        } catch (RejectedExecutionException e) {
            // The hub has stopped, and the connection with it.
            turns.finished(link);
        }
    }

    private void beginNow(long since) {
        turns.began(System.nanoTime() - since);
        var ctx = context;
        var bytes = hello;
        if (ctx == null || bytes == null || ctx.isRemoved()) {
            turns.finished(link);
            return;
        }
        hello = null;
        over = true;
        var tls = ctx.pipeline().get(SslHandler.class);
        if (tls == null) {
            inTime();
            turns.finished(link);
        } else {
            closeAfter(ctx, handshakeSeconds);
            tls.handshakeFuture().addListener(_ -> inTime());
            finishes(ctx.channel(), tls);
        }
        ctx.fireChannelRead(bytes);
        ctx.fireChannelReadComplete();
        ctx.channel().config().setAutoRead(true);
        if (!ctx.isRemoved()) {
            ctx.pipeline().remove(this);
        }
    }

    private void finishes(Channel channel, SslHandler tls) {
        if (link) {
            channel.attr(PROVES).set(() -> turns.finished(true));
            channel.closeFuture().addListener(_ -> proved(channel));
        } else {
            // Fails when the connection ends before.
            tls.handshakeFuture().addListener(_ -> turns.finished(false));
        }
    }

    @Override
    public void turnAway() {
        channel().close();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        speaks();
        if (!over) {
            inTime();
        }
        if (hello != null) {
            hello.release();
            hello = null;
        }
    }
}
