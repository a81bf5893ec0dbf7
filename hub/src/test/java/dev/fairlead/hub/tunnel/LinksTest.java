package dev.fairlead.hub.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.link.Link;
import dev.fairlead.link.LinkLimits;
import dev.fairlead.link.handshake.Between;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LinksTest {

    private static final Duration LONG = Duration.ofMinutes(2);

    private final Links links = new Links();
    private final TenantId tenant = TenantId.fresh();
    private final NodeId node = NodeId.fresh();
    private final EmbeddedChannel channel = new EmbeddedChannel();

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    private LiveLink link() {
        var link =
                Link.start(
                        channel,
                        Link.Side.ACCEPTOR,
                        LinkLimits.DEFAULT,
                        stream -> {},
                        (cause, message) -> {});
        return new LiveLink(tenant, node, 1, "127.0.0.1", Between.NOBODY, link);
    }

    @Test
    void whoeverAwaitsANodeIsToldWhenItIsThere() throws Exception {
        var waiting = new ArrayList<CompletableFuture<Optional<LiveLink>>>();
        for (int i = 0; i < 3; i++) {
            waiting.add(
                    CompletableFuture.supplyAsync(
                            () -> links.await(tenant, node, LONG), Thread::startVirtualThread));
        }
        var link = link();
        links.add(link);
        for (var one : waiting) {
            assertThat(one.get(60, TimeUnit.SECONDS)).contains(link);
        }
        assertThat(links.await(tenant, node, LONG)).contains(link);
    }

    @Test
    void aNodeThatDoesNotComeIsNotAwaitedForEver() {
        assertThat(links.await(tenant, node, Duration.ofMillis(20))).isEmpty();
    }

    @Test
    void aNodeOfAnotherTenantIsNotThere() {
        links.add(link());
        assertThat(links.await(TenantId.fresh(), node, Duration.ofMillis(20))).isEmpty();
    }

    @Test
    void nobodyWaitsWhileTheHubIsDrained() {
        links.drain(Duration.ZERO);
        assertThat(links.await(tenant, node, LONG)).isEmpty();
    }
}
