package dev.fairlead.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LinkSocketTest {

    /// A hub may end a link in the milliseconds before the other side has taken it over.
    @Test
    void aConnectionThatIsClosedAlreadyIsNoError() throws Exception {
        var loops = EventLoops.create(1, "test");
        try {
            var loop = loops.next();
            var server =
                    new ServerBootstrap()
                            .group(loops)
                            .channel(EventLoops.serverSocket(loop))
                            .childHandler(new ChannelInboundHandlerAdapter())
                            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                            .sync()
                            .channel();
            var channel =
                    new Bootstrap()
                            .group(loops)
                            .channel(EventLoops.socket(loop))
                            .handler(new ChannelInboundHandlerAdapter())
                            .connect(server.localAddress())
                            .sync()
                            .channel();
            channel.close().sync();
            assertThat(
                            loop.submit(
                                            () -> {
                                                LinkSocket.configure(channel);
                                                return true;
                                            })
                                    .get())
                    .isTrue();
        } finally {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
        }
    }
}
