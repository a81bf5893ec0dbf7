package dev.fairlead.hub.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.db.TestDatabase;
import dev.fairlead.hub.rbac.Labels;
import dev.fairlead.hub.rbac.Selector;
import dev.fairlead.link.LinkEnd;
import dev.fairlead.link.handshake.VerifyingKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@NullUnmarked
class NodesTest {

    @RegisterExtension static final TestDatabase DB = new TestDatabase();

    private Ground ground;
    private TenantId acme;
    private TenantId other;

    @BeforeEach
    void setUp() {
        ground = new Ground(DB.get());
        acme = ground.tenant("acme-" + System.nanoTime());
        other = ground.tenant("other-" + System.nanoTime());
    }

    @Test
    void listsByNameInPagesOnlyWhatIsWantedAndVisible() {
        for (int i = 0; i < 7; i++) {
            ground.node(acme, "node" + i, Map.of("site", i % 2 == 0 ? "a" : "b", "n", "" + i));
        }
        ground.node(other, "foreign", Map.of("site", "a"));

        assertThat(names(list(NodeFilter.ALL, null, 3))).containsExactly("node0", "node1", "node2");
        assertThat(names(list(NodeFilter.ALL, "node2", 10)))
                .containsExactly("node3", "node4", "node5", "node6");
        assertThat(names(list(new NodeFilter(Selector.parse("site=a"), null), null, 10)))
                .containsExactly("node0", "node2", "node4", "node6");
        assertThat(names(list(new NodeFilter(Selector.parse("site=a,n=4"), null), null, 10)))
                .containsExactly("node4");
        assertThat(
                        names(
                                ground.nodes.list(
                                        acme,
                                        NodeFilter.ALL,
                                        labels -> "b".equals(labels.map().get("site")),
                                        null,
                                        2)))
                .containsExactly("node1", "node3");
        assertThatThrownBy(() -> list(NodeFilter.ALL, "No Name", 3)).isInstanceOf(Rejected.class);
    }

    @Test
    void tellsWhoIsThereAndSinceWhen() {
        VerifyingKey key = Ground.key();
        Enrolled on = ground.node(acme, "on", key, Map.of());
        Enrolled never = ground.node(acme, "never", Map.of());
        assertThat(
                        ground.links.begin(
                                acme, on.node(), key, on.epoch(), "192.0.2.7", LinkFacts.NONE))
                .isTrue();

        Node node = ground.show(acme, on.node());
        assertThat(node.isOnline()).isTrue();
        assertThat(node.link()).isNotNull();
        assertThat(node.since()).isEqualTo(node.link().connected());
        assertThat(node.link().address()).isEqualTo("192.0.2.7");
        assertThat(node.lastSeen()).isEqualTo(ground.now.get());
        assertThat(ground.show(acme, never.node()).since()).isNull();
        assertThat(ground.show(acme, never.node()).isOnline()).isFalse();
        assertThat(names(list(new NodeFilter(Selector.ALL, true), null, 9))).containsExactly("on");
        assertThat(names(list(new NodeFilter(Selector.ALL, false), null, 9)))
                .containsExactly("never");

        ground.links.end(acme, on.node(), on.epoch(), LinkEnd.DEAD_PEER);
        node = ground.show(acme, on.node());
        assertThat(node.isOnline()).isFalse();
        assertThat(node.link().reason()).isEqualTo("dead-peer");
        assertThat(node.since()).isEqualTo(node.link().ended());
        assertThat(ground.told(acme))
                .containsExactly("node.enrolled", "node.enrolled", "node.online", "node.offline");
    }

    @Test
    void renamesAndMergesLabels() {
        Enrolled node = ground.node(acme, "db1", Map.of("site", "a", "rack", "7"));
        ground.node(acme, "db2", Map.of());
        Map<String, String> change = new HashMap<>();
        change.put("rack", null);
        change.put("role", "db");

        Node after =
                ground.nodes.change(Ground.ADMIN, acme, node.node(), Ground.name("main"), change);

        assertThat(after.name().text()).isEqualTo("main");
        assertThat(after.labels()).isEqualTo(Labels.of(Map.of("site", "a", "role", "db")));
        assertThat(ground.nodes.find(acme, "db1")).isEmpty();
        assertThat(ground.nodes.find(acme, "main")).isPresent();
        assertThat(ground.changes).containsExactly("the labels of main were changed");
        assertThat(ground.acts(acme)).contains("node.change main");
        assertThatThrownBy(() ->
                        ground.nodes.change(
                                Ground.ADMIN, acme, node.node(), Ground.name("db2"), Map.of()))
                .isInstanceOfSatisfying(
                        Rejected.class,
                        e -> assertThat(e.code()).isEqualTo(Rejected.Code.CONFLICT));
        assertThatThrownBy(() ->
                        ground.nodes.change(
                                Ground.ADMIN, acme, node.node(), null, Map.of("Bad Key", "x")))
                .isInstanceOf(Rejected.class);

        // Nothing changed: nothing is told.
        int told = ground.told(acme).size();
        ground.nodes.change(Ground.ADMIN, acme, node.node(), Ground.name("main"), Map.of());
        assertThat(ground.told(acme)).hasSize(told);
        assertThat(ground.renames).as("one rename was committed").containsExactly(node.node());
    }

    @Test
    void aRemovedNodeIsCutItsKeyRevokedAndItsNameFree() {
        VerifyingKey key = Ground.key();
        Enrolled node = ground.node(acme, "gone", key, Map.of());
        ground.links.begin(acme, node.node(), key, node.epoch(), "::1", LinkFacts.NONE);

        ground.nodes.remove(Ground.ADMIN, acme, node.node());

        assertThat(ground.cuts).containsExactly(new Ground.Cut(acme, node.node(), LinkEnd.REVOKED));
        assertThat(ground.changes).containsExactly("the node gone was removed");
        assertThat(ground.nodes.find(acme, "gone")).isEmpty();
        assertThat(ground.nodes.find(acme, node.node().text())).isEmpty();
        assertThat(ground.acts(acme)).contains("node.remove gone");
        assertThat(ground.told(acme)).endsWith("node.removed");
        assertThat(ground.links.history(acme, node.node(), Long.MAX_VALUE, 5))
                .singleElement()
                .extracting(NodeLink::reason)
                .isEqualTo("revoked");
        // The link that lost the race does not begin any more.
        assertThat(
                        ground.links.begin(
                                acme, node.node(), key, node.epoch() + 1, "::1", LinkFacts.NONE))
                .isFalse();
        assertThat(ground.node(acme, "gone", Map.of()).name().text()).isEqualTo("gone");
        assertThatThrownBy(() -> ground.nodes.remove(Ground.ADMIN, acme, node.node()))
                .hasMessage("There is no such node.");
    }

    @Test
    void aNodeThatLeavesIsRemovedInItsOwnName() {
        Enrolled node = ground.node(acme, "leaver", Map.of());
        ground.nodes.leave(acme, node.node());
        assertThat(ground.nodes.find(acme, "leaver")).isEmpty();
        assertThat(ground.acts(acme)).contains("node.remove leaver");
        assertThat(ground.cuts).containsExactly(new Ground.Cut(acme, node.node(), LinkEnd.REVOKED));
        // Again, after a lost answer.
        ground.nodes.leave(acme, node.node());
    }

    @Test
    void aNodeOfAnotherTenantIsNoneAtAll() {
        Enrolled foreign = ground.node(other, "foreign", Map.of());
        String id = foreign.node().text();
        for (String wanted : List.of(id, "foreign", NodeId.fresh().text(), "none", "no\nname")) {
            assertThat(ground.nodes.find(acme, wanted)).isEmpty();
            assertThatThrownBy(() -> ground.nodes.need(acme, wanted))
                    .hasMessage("There is no such node.");
        }
        assertThatThrownBy(() -> ground.nodes.remove(Ground.ADMIN, acme, foreign.node()))
                .hasMessage("There is no such node.");
        assertThatThrownBy(() ->
                        ground.nodes.change(
                                Ground.ADMIN, acme, foreign.node(), null, Map.of("a", "b")))
                .hasMessage("There is no such node.");
        assertThat(ground.links.begin(acme, foreign.node(), Ground.key(), 1, "::1", LinkFacts.NONE))
                .isFalse();
        assertThat(ground.links.history(acme, foreign.node(), Long.MAX_VALUE, 5)).isEmpty();
        ground.policies.keep(acme, foreign.node(), policy("node"));
        assertThat(ground.show(other, foreign.node()).policy()).isNull();
        assertThat(ground.cuts).isEmpty();
    }

    @Test
    void keepsThePolicyThatTheAgentTells() {
        Enrolled node = ground.node(acme, "p", Map.of());
        ground.policies.keep(acme, node.node(), policy("gateway"));
        ground.policies.keep(acme, node.node(), policy("gateway"));

        NodePolicy policy = ground.show(acme, node.node()).policy();
        assertThat(policy).isNotNull();
        assertThat(policy.profile()).isEqualTo("gateway");
        assertThat(policy.allow()).containsExactly("10.0.0.0/8:22");
        assertThat(policy.defaultLogin()).isEqualTo("ops");
        assertThat(ground.told(acme)).containsExactly("node.enrolled", "node.changed");
        for (String bad :
                List.of("", "null", "[]", "{}", "{\"profile\":3}", "{\"profile\":\"x\"}")) {
            assertThatThrownBy(() ->
                            ground.policies.keep(
                                    acme, node.node(), bad.getBytes(StandardCharsets.UTF_8)))
                    .isInstanceOf(Rejected.class);
        }
    }

    private static byte[] policy(String profile) {
        return """
        {"profile": "%s", "allow": ["10.0.0.0/8:22"], "logins": ["ops", "root"],
         "defaultLogin": "ops", "later": {"x": 1}}\
        """
                .formatted(profile)
                .getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            textBlock =
                    """
                    web-1                      | web-1
                    WEB.Example.COM            | web
                    -                          | node
                    ''                         | node
                    '../../etc/passwd'         | etc-passwd
                    '-rf'                      | rf
                    'a;rm -rf /'               | a-rm-rf
                    '日本'                       | node
                    'x\u001b[31mred\u202e'     | x-31mred
                    '.hidden'                  | hidden
                    """)
    void aHostileHostNameBecomesAHarmlessName(String hostname, String name) {
        assertThat(NodeNames.base(hostname).text()).isEqualTo(name);
    }

    @Test
    void aNameThatIsTakenGetsTheFirstFreeNumber() {
        List<String> made = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            made.add(ground.node(acme, "web.example.com", Map.of()).name().text());
        }
        assertThat(made).containsExactly("web", "web-2", "web-3", "web-4");
        ground.nodes.remove(Ground.ADMIN, acme, ground.nodes.need(acme, "web-2").id());
        assertThat(ground.node(acme, "web", Map.of()).name().text()).isEqualTo("web-2");
        assertThat(ground.node(other, "web", Map.of()).name().text()).isEqualTo("web");
        String longest = "a".repeat(80);
        assertThat(ground.node(acme, longest, Map.of()).name().text()).hasSize(55);
        assertThat(ground.node(acme, longest, Map.of()).name().text()).endsWith("-2").hasSize(57);
    }

    @Test
    void whatAnAgentSaysOfItselfIsCleanedAndCut() {
        NodeFacts facts =
                NodeFacts.of(
                        Map.of(
                                "hostname",
                                "a\u0000b\u001b[2J\u202e" + "c".repeat(400),
                                "os",
                                " \n ",
                                "agent-version",
                                "1".repeat(99)),
                        Map.of("ssh", "1", "x y", "1", "huge", "99999", "word", "one"));
        assertThat(facts.hostname()).startsWith("ab[2Jc").hasSize(253);
        assertThat(facts.os()).isNull();
        assertThat(facts.arch()).isNull();
        assertThat(facts.agentVersion()).hasSize(64);
        assertThat(facts.capabilities()).containsOnlyKeys("ssh");
    }

    private List<Node> list(NodeFilter filter, String after, int limit) {
        return ground.nodes.list(acme, filter, labels -> true, after, limit);
    }

    private static List<String> names(List<Node> nodes) {
        return nodes.stream().map(n -> n.name().text()).toList();
    }
}
