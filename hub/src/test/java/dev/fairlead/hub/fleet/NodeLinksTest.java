package dev.fairlead.hub.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.db.TestDatabase;
import dev.fairlead.link.LinkEnd;
import dev.fairlead.link.handshake.VerifyingKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@NullUnmarked
class NodeLinksTest {

    @RegisterExtension static final TestDatabase DB = new TestDatabase();

    private final VerifyingKey key = Ground.key();
    private Ground ground;
    private TenantId acme;
    private Enrolled node;

    @BeforeEach
    void setUp() {
        ground = new Ground(DB.get());
        acme = ground.tenant("acme-" + System.nanoTime());
        node = ground.node(acme, "n", key, Map.of());
    }

    @Test
    void theNewerLinkTakesOverAndTheOlderCannotComeBack() {
        long first = epoch();
        long second = epoch();
        assertThat(second).isGreaterThan(first);
        assertThat(begin(first)).isTrue();
        assertThat(begin(second)).isTrue();
        assertThat(begin(first)).isFalse();
        assertThat(begin(second)).isFalse();

        // The end of the older says nothing about the node.
        ground.links.end(acme, node.node(), first, LinkEnd.CONNECTION_LOST);
        assertThat(ground.show(acme, node.node()).isOnline()).isTrue();
        assertThat(ground.links.history(acme, node.node(), Long.MAX_VALUE, 9))
                .extracting(NodeLink::epoch, NodeLink::reason)
                .containsExactly(
                        org.assertj.core.api.Assertions.tuple(second, null),
                        org.assertj.core.api.Assertions.tuple(first, "taken-over"));
        assertThat(ground.told(acme)).containsExactly("node.enrolled", "node.online");
    }

    @Test
    void aLinkThatWasOvertakenBeforeItBeganNeverBegins() {
        long late = epoch();
        assertThat(begin(epoch())).isTrue();
        assertThat(begin(late)).isFalse();
    }

    @Test
    void ofManyAtOnceTheHighestStays() throws Exception {
        int many = 40;
        var epochs = new ConcurrentSkipListSet<Long>();
        List<Future<?>> all = new ArrayList<>();
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < many; i++) {
                all.add(
                        executor.submit(() -> {
                            long epoch = epoch();
                            epochs.add(epoch);
                            begin(epoch);
                        }));
            }
        }
        for (Future<?> one : all) {
            one.get();
        }
        assertThat(epochs).hasSize(many);
        var open =
                ground.links.history(acme, node.node(), Long.MAX_VALUE, 100).stream()
                        .filter(NodeLink::isOpen)
                        .toList();
        assertThat(open).singleElement().extracting(NodeLink::epoch).isEqualTo(epochs.last());
    }

    @Test
    void theHistoryIsBounded() {
        for (int i = 0; i < 110; i++) {
            long epoch = epoch();
            begin(epoch);
            ground.links.end(acme, node.node(), epoch, LinkEnd.CLOSED);
        }
        assertThat(ground.links.history(acme, node.node(), Long.MAX_VALUE, 1_000)).hasSize(100);
    }

    @Test
    void whatAKilledHubLeftOpenEndsAtItsNextStart() {
        assertThat(begin(epoch())).isTrue();
        links("hub-2").endLeftovers();
        assertThat(ground.show(acme, node.node()).isOnline()).isTrue();
        links("hub-1").endLeftovers();
        Node after = ground.show(acme, node.node());
        assertThat(after.isOnline()).isFalse();
        assertThat(after.link().reason()).isEqualTo("connection-lost");
        assertThat(begin(epoch())).isTrue();
    }

    @Test
    void aKeyThatWasRevokedSinceItsAdmissionHasNoLink() {
        long epoch = epoch();
        ground.nodes.remove(Ground.ADMIN, acme, node.node());
        assertThat(begin(epoch)).isFalse();
        Optional<Enrolled> again =
                ground.database.inTenant(
                        acme, tx -> ground.enrol.again(tx, node.node(), key, NodeFacts.NONE));
        assertThat(again).isEmpty();
    }

    private long epoch() {
        return ground.database.inTenant(
                acme,
                tx ->
                        ground.enrol
                                .again(tx, node.node(), key, NodeFacts.NONE)
                                .orElseThrow()
                                .epoch());
    }

    private NodeLinks links(String hub) {
        return new NodeLinks(DB.get(), ground.events, ground.seen, hub, Runnable::run);
    }

    private boolean begin(long epoch) {
        return ground.links.begin(acme, node.node(), key, epoch, "192.0.2.9", LinkFacts.NONE);
    }
}
