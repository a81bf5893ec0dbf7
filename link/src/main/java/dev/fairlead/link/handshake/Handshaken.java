package dev.fairlead.link.handshake;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;

/// A connection on which both sides have proved themselves and which waits for its link. Nothing is
/// read from it until [#handOver].
///
/// @param other who is at the other end: [HubIdentity] or [PeerIdentity]
public record Handshaken<T>(Channel channel, T other, Welcome welcome, HandOver handOver) {

    /// Puts the handler of the link in the place of the handshake; may be called from any thread,
    /// once. It gets every byte that followed the handshake, as payload of binary messages whose
    /// boundaries mean nothing, and `channelInactive` where the connection has ended meanwhile.
    @FunctionalInterface
    public interface HandOver {
        void to(ChannelHandler link);
    }
}
