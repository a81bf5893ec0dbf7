package dev.fairlead.agent;

import dev.fairlead.agent.dial.DialHub;
import dev.fairlead.agent.enroll.Join;
import dev.fairlead.agent.state.StateFolder;
import dev.fairlead.link.Backoff;
import dev.fairlead.link.EventLoops;
import dev.fairlead.link.dial.Dialer;
import dev.fairlead.link.dial.ProxySettings;
import dev.fairlead.link.handshake.HandshakeSettings;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// What several tests of whole agents need.
public final class TestAgents implements AutoCloseable {

    private final MultiThreadIoEventLoopGroup loops = EventLoops.create(1, "test-dial");

    /// Targets and hub are in this process, and no test waits for long.
    public static AgentParts parts() {
        return AgentParts.standard()
                .withListeners(List::of)
                .withEnvironment(Map.of())
                .withBackoff(() ->
                        new Backoff(
                                Duration.ofMillis(10),
                                Duration.ofMillis(100),
                                new SecureRandom(),
                                System::nanoTime));
    }

    public DialHub dial() {
        return new DialHub(
                new Dialer(loops, Clock.systemUTC()),
                ProxySettings.none(),
                dev.fairlead.link.handshake.InnerTls.AUTO,
                Duration.ofSeconds(5),
                HandshakeSettings.standard());
    }

    public Join join(StateFolder folder) {
        return new Join(folder, dial(), Map.of(), Map.of(), new SecureRandom(), Clock.systemUTC());
    }

    /// A folder of a machine that has joined.
    public StateFolder joined(Path path, FakeHub hub) throws Exception {
        var folder = StateFolder.open(path);
        join(folder).withToken(hub.token());
        return folder;
    }

    @Override
    public void close() throws Exception {
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).sync();
    }
}
