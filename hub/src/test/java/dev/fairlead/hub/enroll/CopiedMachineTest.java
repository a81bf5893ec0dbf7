package dev.fairlead.hub.enroll;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.db.TestDatabase;
import dev.fairlead.hub.fleet.Ground;
import dev.fairlead.hub.fleet.LinkFacts;
import dev.fairlead.hub.fleet.NodeCopy;
import dev.fairlead.link.LinkEnd;
import dev.fairlead.link.handshake.Between;
import dev.fairlead.link.handshake.Fingerprint;
import dev.fairlead.link.handshake.PeerIdentity;
import dev.fairlead.link.handshake.Refusal;
import dev.fairlead.link.handshake.Refused;
import dev.fairlead.link.handshake.Role;
import dev.fairlead.link.handshake.Verdict;
import dev.fairlead.link.handshake.VerifyingKey;
import dev.fairlead.link.handshake.Welcome;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Two machines come with one key.
@NullUnmarked
class CopiedMachineTest {

    @RegisterExtension static final TestDatabase DB = new TestDatabase();

    private final VerifyingKey key = Ground.key();
    private Door door;
    private TenantId acme;
    private NodeId node;

    @BeforeEach
    void setUp() {
        door = new Door(DB.get());
        acme = door.ground.tenant("acme-" + System.nanoTime());
        node = door.ground.node(acme, "original", key, Map.of()).node();
    }

    @AfterEach
    void close() {
        door.close();
    }

    private Verdict come(String instance, String hostname, String address) {
        var info =
                instance == null
                        ? Map.of("hostname", hostname)
                        : Map.of("hostname", hostname, "instance", instance);
        return door.admission.decide(
                new PeerIdentity(
                        Role.NODE, key, null, Fingerprint.ofHash(new byte[32]), Map.of(), info),
                address);
    }

    /// Comes and has the link.
    private long link(String instance, String hostname, String address) {
        var verdict = come(instance, hostname, address);
        assertThat(verdict).isInstanceOf(Welcome.class);
        long epoch = ((Welcome) verdict).epoch();
        var facts = new LinkFacts(false, null, instance, List.of(), true);
        assertThat(door.ground.links.begin(acme, node, key, epoch, address, facts)).isTrue();
        return epoch;
    }

    private List<NodeCopy> copies() {
        return door.ground.show(acme, node).copies();
    }

    @Test
    void aRestartedAgentTakesItsOwnLinkOver() {
        link("aa", "original", "192.0.2.1");
        link("bb", "original", "192.0.2.1");
        link("cc", "original", "192.0.2.1");
        link("cc", "original", "192.0.2.7");
        assertThat(copies()).isEmpty();
    }

    @Test
    void whoHasTheLinkKeepsItAndTheOtherIsRefusedAndSeen() {
        link("aa", "original", "192.0.2.1");
        long copys = link("bb", "copy", "192.0.2.2");
        for (int i = 0; i < 3; i++) {
            assertThat(come("aa", "original", "192.0.2.1"))
                    .isInstanceOfSatisfying(
                            Refused.class,
                            refused -> {
                                assertThat(refused.code()).isEqualTo(Refusal.CLONED);
                                assertThat(refused.message())
                                        .contains("copy, linked from 192.0.2.2")
                                        .contains("--new-identity");
                                assertThat(refused.retryAfter()).hasSeconds(60);
                            });
        }
        assertThat(door.ground.show(acme, node).link().epoch()).isEqualTo(copys);
        assertThat(copies())
                .singleElement()
                .satisfies(copy -> {
                    assertThat(copy.hostname()).isEqualTo("original");
                    assertThat(copy.address()).isEqualTo("192.0.2.1");
                });
        assertThat(door.ground.told(acme)).containsOnlyOnce("node.copied");
        assertThat(door.ground.acts(acme)).containsOnlyOnce("node.copied original");

        // The copy goes: the other may come. When it is back, it is the one to wait.
        door.ground.links.end(acme, node, copys, LinkEnd.CLOSED);
        link("aa", "original", "192.0.2.1");
        assertThat(come("bb", "copy", "192.0.2.2")).isInstanceOf(Refused.class);
        assertThat(copies()).extracting(NodeCopy::hostname).contains("copy");
    }

    @Test
    void twoThatAreNeverThereTogetherAreSeenToo() {
        long first = link("aa", "original", "192.0.2.1");
        door.ground.links.end(acme, node, first, LinkEnd.CLOSED);
        long second = link("bb", "copy", "192.0.2.2");
        door.ground.links.end(acme, node, second, LinkEnd.CLOSED);
        link("aa", "original", "192.0.2.1");
        assertThat(copies()).singleElement().extracting(NodeCopy::address).isEqualTo("192.0.2.2");
    }

    @Test
    void whoSaysNotWhichProcessItIsIsTakenAsBefore() {
        link("aa", "original", "192.0.2.1");
        link(null, "original", "192.0.2.1");
        link("aa", "original", "192.0.2.1");
        assertThat(copies()).isEmpty();
    }

    @Test
    void whatAnAgentSaysOfItsLinkIsCleaned() {
        var info =
                Map.of(
                        "instance",
                        "x; drop table",
                        "dials",
                        "https://a:1 javascript:x https://b",
                        "between",
                        "CN=in\u202e\nbetween");
        var peer =
                new PeerIdentity(
                        Role.NODE,
                        key,
                        null,
                        Fingerprint.ofHash(new byte[32]),
                        Map.of(),
                        info,
                        new Between(true, "CN=in\u202e\nbetween" + "x".repeat(999)));
        var facts = LinkFacts.of(peer, List.of("https://hub"));
        assertThat(facts.instance()).isNull();
        assertThat(facts.between()).startsWith("CN=inbetween").hasSize(256);
        assertThat(facts.follows()).isFalse();
        assertThat(facts.dials()).containsExactly("https://a:1", "https://b");
        long epoch = ((Welcome) come(null, "original", "::1")).epoch();
        assertThat(door.ground.links.begin(acme, node, key, epoch, "::1", facts)).isTrue();
        var shown = door.ground.show(acme, node).link();
        assertThat(shown.innerTls()).isTrue();
        assertThat(shown.between()).isEqualTo(facts.between());
    }
}
