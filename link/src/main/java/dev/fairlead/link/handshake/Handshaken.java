package dev.fairlead.link.handshake;

import io.netty.channel.Channel;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/// A connection on which both sides have proved themselves and which waits for its link. Nothing is
/// read from it until [#handOver].
///
/// @param <T> what is known of the other end: [HubIdentity] or [PeerIdentity]
public final class Handshaken<T> {

    private final HandshakeHandler<T> handler;
    private final T other;
    private final Welcome welcome;

    Handshaken(HandshakeHandler<T> handler, T other, Welcome welcome) {
        this.handler = handler;
        this.other = other;
        this.welcome = welcome;
    }

    public Channel channel() {
        return handler.context().channel();
    }

    /// Who is at the other end.
    public T other() {
        return other;
    }

    public Welcome welcome() {
        return welcome;
    }

    /// Starts the link in the place of the handshake; may be called from any thread, once.
    ///
    /// @param start called on the event loop; adds the link's handler at the end of the pipeline.
    ///   The handler gets every byte that followed the handshake, and `channelInactive` where the
    ///   connection has ended meanwhile
    public <L> CompletionStage<L> handOver(Function<Channel, L> start) {
        return handler.handOver(start);
    }

    @Override
    public String toString() {
        return "Handshaken[" + channel() + ", " + other + "]";
    }
}
