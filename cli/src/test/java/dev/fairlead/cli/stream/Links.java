package dev.fairlead.cli.stream;

import dev.fairlead.link.EventLoops;
import dev.fairlead.link.Link;
import dev.fairlead.link.LinkEnd;
import dev.fairlead.link.LinkLimits;
import dev.fairlead.link.LinkListener;
import dev.fairlead.link.StreamEnd;
import dev.fairlead.link.StreamServer;
import dev.fairlead.link.ws.WebSocketFrames;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Pairs of links over loopback, without TLS and handshake: the far side is what a test makes of a
/// hub and a node.
final class Links implements AutoCloseable {

    private final MultiThreadIoEventLoopGroup near = EventLoops.create(1, "near");
    private final MultiThreadIoEventLoopGroup far = EventLoops.create(1, "far");

    /// A link and its other side.
    record Pair(Link near, Link far) {}

    EventLoop loop() {
        return near.next();
    }

    Pair connect(StreamServer farServes, LinkListener nearHears) throws Exception {
        var accepted = new CompletableFuture<Link>();
        var dialed = new CompletableFuture<Link>();
        var listener =
                new ServerBootstrap()
                        .group(far)
                        .channel(EventLoops.serverSocket(far.next()))
                        .childHandler(
                                new ChannelInitializer<>() {
                                    @Override
                                    protected void initChannel(Channel channel) {
                                        channel.pipeline()
                                                .addLast(
                                                        new WebSocketFrames(
                                                                WebSocketFrames.Role.SERVER));
                                        accepted.complete(
                                                Link.start(
                                                        channel,
                                                        Link.Side.ACCEPTOR,
                                                        LinkLimits.DEFAULT,
                                                        farServes,
                                                        (end, message) -> {}));
                                    }
                                })
                        .bind("127.0.0.1", 0)
                        .sync()
                        .channel();
        new Bootstrap()
                .group(near)
                .channel(EventLoops.socket(near.next()))
                .handler(
                        new ChannelInitializer<>() {
                            @Override
                            protected void initChannel(Channel channel) {
                                channel.pipeline()
                                        .addLast(new WebSocketFrames(WebSocketFrames.Role.CLIENT));
                                dialed.complete(
                                        Link.start(
                                                channel,
                                                Link.Side.DIALER,
                                                LinkLimits.DEFAULT,
                                                s -> s.refuse(StreamEnd.UNSUPPORTED, ""),
                                                nearHears));
                            }
                        })
                .connect(listener.localAddress())
                .sync();
        var pair = new Pair(dialed.get(30, TimeUnit.SECONDS), accepted.get(30, TimeUnit.SECONDS));
        listener.close().sync();
        return pair;
    }

    Pair connect(StreamServer farServes) throws Exception {
        return connect(farServes, (LinkEnd end, String message) -> {});
    }

    @Override
    public void close() throws Exception {
        near.shutdownGracefully(0, 2, TimeUnit.SECONDS).sync();
        far.shutdownGracefully(0, 2, TimeUnit.SECONDS).sync();
    }
}
