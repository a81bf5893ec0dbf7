package dev.fairlead.link;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import java.net.InetSocketAddress;

/// The settings of a connection that carries a link, the same on both sides.
final class LinkSocket {

    /// A sender's streams wait for their turn while more than the second is in this process.
    private static final WriteBufferWaterMark WAITING =
            new WriteBufferWaterMark(128 * 1024, 256 * 1024);

    /// Bytes that the kernel takes beyond what it has sent: what is in there, no keystroke passes.
    private static final int UNSENT = 256 * 1024;

    private LinkSocket() {}

    static void configure(Channel channel) {
        channel.config().setOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WAITING);
        if (channel.remoteAddress() instanceof InetSocketAddress address) {
            Loopback.configure(channel, address);
        }
        if (channel instanceof EpollSocketChannel) {
            try {
                channel.config().setOption(EpollChannelOption.TCP_NOTSENT_LOWAT, (long) UNSENT);
            } catch (ChannelException e) {
                // The other side has closed it meanwhile, of which the link hears next.
            }
        }
    }
}
