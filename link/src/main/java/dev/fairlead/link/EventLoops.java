package dev.fairlead.link;

import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;

/// Event loops on the best transport of this machine, and the sockets that fit a given loop.
public final class EventLoops {

    private EventLoops() {}

    /// Loops on epoll where its native library is there, else on the JDK's selectors.
    public static MultiThreadIoEventLoopGroup create(int threads, String name) {
        IoHandlerFactory io =
                Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        return new MultiThreadIoEventLoopGroup(
                threads, Thread.ofPlatform().daemon().name(name + "-", 0).factory(), io);
    }

    /// The kind of TCP socket that runs on this loop.
    public static Class<? extends SocketChannel> socket(EventLoop loop) {
        return isEpoll(loop) ? EpollSocketChannel.class : NioSocketChannel.class;
    }

    /// A TCP socket that fits this loop, to be registered there and connected.
    ///
    /// @throws io.netty.channel.ChannelException where the system gives none
    public static SocketChannel newSocket(EventLoop loop) {
        return isEpoll(loop) ? new EpollSocketChannel() : new NioSocketChannel();
    }

    /// The kind of listening TCP socket that runs on this loop.
    public static Class<? extends ServerSocketChannel> serverSocket(EventLoop loop) {
        return isEpoll(loop) ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }

    private static boolean isEpoll(EventLoop loop) {
        return loop instanceof IoEventLoop io && io.isIoType(EpollIoHandler.class);
    }
}
