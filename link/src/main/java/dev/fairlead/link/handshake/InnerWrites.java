package dev.fairlead.link.handshake;

import dev.fairlead.link.ws.Gathered;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;

/// Between a link and the TLS inside its connection: TLS takes plain buffers, and what the codec of
/// the WebSocket would have sent as one message means nothing to a stream of bytes.
final class InnerWrites extends ChannelOutboundHandlerAdapter {

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (message instanceof Gathered gathered) {
            ctx.write(gathered.head());
            ctx.write(gathered.body(), promise);
        } else {
            ctx.write(message, promise);
        }
    }
}
