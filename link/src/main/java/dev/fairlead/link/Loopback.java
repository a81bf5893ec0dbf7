package dev.fairlead.link;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.RawUnixChannelOption;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// The settings of TCP connections within one machine: a person's programs at `fairlead forward`,
/// targets at the node itself, and a link to a hub on the same machine.
///
/// Nothing between their two ends can be congested. A congestion control that paces what it sends
/// (BBR, the default of many servers) measures the reader's turns on the processor there, and sends
/// in small portions by a timer: a third of the processors' time for as many bytes, measured. Reno,
/// which every Linux has and lets every user choose, does not pace.
public final class Loopback {

    // linux/tcp.h
    private static final int IPPROTO_TCP = 6;
    private static final int TCP_CONGESTION = 13;

    private static final byte[] RENO = "reno".getBytes(StandardCharsets.US_ASCII);

    private static final RawUnixChannelOption CONGESTION_CONTROL =
            new RawUnixChannelOption("TCP_CONGESTION", IPPROTO_TCP, TCP_CONGESTION, RENO.length);

    private Loopback() {}

    /// Sets up a socket, best before it is connected, or a listening one for all that it accepts.
    ///
    /// @param address its other end, or where it listens; where that is not this machine nothing is
    ///   changed. Without native transport nothing is either.
    public static void configure(Channel socket, InetSocketAddress address) {
        if (address.getAddress() == null
                || !address.getAddress().isLoopbackAddress()
                || !(socket instanceof EpollSocketChannel
                        || socket instanceof EpollServerSocketChannel)) {
            return;
        }
        try {
            socket.config().setOption(CONGESTION_CONTROL, ByteBuffer.wrap(RENO));
        } catch (ChannelException e) {
            // It works without, and one that was closed meanwhile is somebody else's to notice.
        }
    }
}
