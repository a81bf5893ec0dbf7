package dev.fairlead.agent;

import dev.fairlead.agent.dial.DialHub;
import dev.fairlead.link.EventLoops;
import dev.fairlead.link.dial.Dialer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.util.concurrent.TimeUnit;

/// What a command needs to dial a hub once.
final class Dialing implements AutoCloseable {

    private final MultiThreadIoEventLoopGroup loops = EventLoops.create(1, "dial");
    private final DialHub hub;

    Dialing(AgentConfig config, AgentParts parts) {
        this.hub =
                new DialHub(
                        new Dialer(loops, parts.clock()),
                        config.proxies(parts.environment()),
                        config.innerTls(),
                        parts.step(),
                        parts.handshake());
    }

    DialHub hub() {
        return hub;
    }

    /// Lets what is being said go out.
    @Override
    public void close() throws InterruptedException {
        loops.shutdownGracefully(50, 2_000, TimeUnit.MILLISECONDS).sync();
    }
}
