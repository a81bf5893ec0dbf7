package dev.fairlead.agent;

import dev.fairlead.link.EventLoops;
import dev.fairlead.link.Headers;
import dev.fairlead.link.Link;
import dev.fairlead.link.LinkEnd;
import dev.fairlead.link.LinkLimits;
import dev.fairlead.link.LinkStream;
import dev.fairlead.link.StreamListener;
import dev.fairlead.link.StreamServer;
import dev.fairlead.link.ws.WebSocketFrames;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// A hub's and an agent's link over a real loopback connection on the transport of production
/// (epoll), without TLS and handshake.
public final class NativeLinks implements AutoCloseable {

    private final MultiThreadIoEventLoopGroup group = EventLoops.create(2, "pair");
    private final CompletableFuture<LinkEnd> agentEnd = new CompletableFuture<>();
    private final CompletableFuture<LinkEnd> hubEnd = new CompletableFuture<>();
    public final Link agent;
    public final Link hub;

    /// @param agentServes the streams that the hub opens
    public NativeLinks(StreamServer agentServes) throws Exception {
        this(agentServes, stream -> stream.refuse(dev.fairlead.link.StreamEnd.UNSUPPORTED, ""));
    }

    public NativeLinks(StreamServer agentServes, StreamServer hubServes) throws Exception {
        var accepted = new CompletableFuture<Link>();
        var listener =
                new ServerBootstrap()
                        .group(group)
                        .channel(EventLoops.serverSocket(group.next()))
                        .childHandler(
                                initializer(
                                        WebSocketFrames.Role.SERVER,
                                        Link.Side.ACCEPTOR,
                                        hubServes,
                                        hubEnd,
                                        accepted))
                        .bind("127.0.0.1", 0)
                        .sync()
                        .channel();
        var dialed = new CompletableFuture<Link>();
        new Bootstrap()
                .group(group)
                .channel(EventLoops.socket(group.next()))
                .handler(
                        initializer(
                                WebSocketFrames.Role.CLIENT,
                                Link.Side.DIALER,
                                agentServes,
                                agentEnd,
                                dialed))
                .connect(listener.localAddress())
                .sync();
        agent = dialed.get(30, TimeUnit.SECONDS);
        hub = accepted.get(30, TimeUnit.SECONDS);
        listener.close().sync();
    }

    private static ChannelInitializer<Channel> initializer(
            WebSocketFrames.Role role,
            Link.Side side,
            StreamServer server,
            CompletableFuture<LinkEnd> end,
            CompletableFuture<Link> started) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline().addLast(new WebSocketFrames(role));
                started.complete(
                        Link.start(
                                channel,
                                side,
                                LinkLimits.DEFAULT,
                                server,
                                (cause, message) -> end.complete(cause)));
            }
        };
    }

    /// Opens a stream as the hub does.
    public LinkStream open(Headers headers, StreamListener listener) {
        return hub.open(headers, listener);
    }

    @Override
    public void close() throws Exception {
        hub.close(LinkEnd.CLOSED, "test is over");
        agent.close(LinkEnd.CLOSED, "test is over");
        hubEnd.get(30, TimeUnit.SECONDS);
        agentEnd.get(30, TimeUnit.SECONDS);
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }
}
