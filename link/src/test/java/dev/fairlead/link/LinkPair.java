package dev.fairlead.link;

import dev.fairlead.link.ws.WebSocketFrames;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Two links over a real loopback connection with WebSocket frames, without TLS or handshake.
public final class LinkPair implements AutoCloseable {

    /// Remembers how a link ended.
    public static final class Ending implements LinkListener {
        final CompletableFuture<LinkEnd> end = new CompletableFuture<>();
        final CompletableFuture<LinkEnd> goingAway = new CompletableFuture<>();
        final CompletableFuture<String> message = new CompletableFuture<>();

        @Override
        public void goingAway(LinkEnd cause, String text, java.time.Duration wait) {
            goingAway.complete(cause);
        }

        @Override
        public void ended(LinkEnd cause, String text) {
            message.complete(text);
            end.complete(cause);
        }
    }

    public final MultiThreadIoEventLoopGroup group =
            new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    final Ending dialerEnding = new Ending();
    final Ending acceptorEnding = new Ending();
    public final Link dialer;
    public final Link acceptor;

    public LinkPair(StreamServer dialerServes, StreamServer acceptorServes) throws Exception {
        this(LinkLimits.DEFAULT, dialerServes, LinkLimits.DEFAULT, acceptorServes);
    }

    LinkPair(
            LinkLimits dialerLimits,
            StreamServer dialerServes,
            LinkLimits acceptorLimits,
            StreamServer acceptorServes)
            throws Exception {
        var accepted = new CompletableFuture<Link>();
        var server =
                new ServerBootstrap()
                        .group(group)
                        .channel(NioServerSocketChannel.class)
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
                                                        acceptorLimits,
                                                        acceptorServes,
                                                        acceptorEnding));
                                    }
                                })
                        .bind("127.0.0.1", 0)
                        .sync()
                        .channel();
        var dialed = new CompletableFuture<Link>();
        new Bootstrap()
                .group(group)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
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
                                                dialerLimits,
                                                dialerServes,
                                                dialerEnding));
                            }
                        })
                .connect((InetSocketAddress) server.localAddress())
                .sync();
        dialer = dialed.get(30, TimeUnit.SECONDS);
        acceptor = accepted.get(30, TimeUnit.SECONDS);
        server.close().sync();
    }

    @Override
    public void close() throws Exception {
        dialer.close(LinkEnd.CLOSED, "test is over");
        acceptor.close(LinkEnd.CLOSED, "test is over");
        dialerEnding.end.get(30, TimeUnit.SECONDS);
        acceptorEnding.end.get(30, TimeUnit.SECONDS);
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }
}
