package dev.fairlead.link.dial;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/// One step of dialling: a handler at the end of the pipeline that completes once, and fails where
/// the connection ends or breaks before.
abstract class Step<T> extends ChannelInboundHandlerAdapter {

    final CompletableFuture<T> done = new CompletableFuture<>();

    /// What a connection that ends during this step means.
    abstract DialException lost(String how);

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        if (!ctx.channel().isActive()) {
            done.completeExceptionally(lost("it had ended already"));
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        done.completeExceptionally(lost("the other side closed the connection"));
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        done.completeExceptionally(lost(String.valueOf(cause.getMessage())));
        ctx.close();
    }

    /// Waits on a virtual thread.
    ///
    /// @param late what it means that it takes longer
    T await(Duration time, Supplier<DialException> late)
            throws DialException, InterruptedException {
        return await(done, time, late);
    }

    static <T> T await(CompletableFuture<T> future, Duration time, Supplier<DialException> late)
            throws DialException, InterruptedException {
        try {
            return future.get(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw late.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof DialException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        }
    }
}
