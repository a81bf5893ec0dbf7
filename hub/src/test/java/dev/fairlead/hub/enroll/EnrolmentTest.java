package dev.fairlead.hub.enroll;

import static dev.fairlead.hub.enroll.Door.refused;
import static dev.fairlead.hub.enroll.Door.welcome;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.db.EnrolmentTokenId;
import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.db.TestDatabase;
import dev.fairlead.hub.enroll.EnrolmentTokens.Created;
import dev.fairlead.hub.fleet.Ground;
import dev.fairlead.hub.fleet.LinkFacts;
import dev.fairlead.hub.fleet.Node;
import dev.fairlead.hub.rbac.Labels;
import dev.fairlead.link.LinkEnd;
import dev.fairlead.link.handshake.EnrolmentToken;
import dev.fairlead.link.handshake.Refusal;
import dev.fairlead.link.handshake.Refused;
import dev.fairlead.link.handshake.Role;
import dev.fairlead.link.handshake.Secret;
import dev.fairlead.link.handshake.Verdict;
import dev.fairlead.link.handshake.VerifyingKey;
import dev.fairlead.link.handshake.Welcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@NullUnmarked
class EnrolmentTest {

    @RegisterExtension static final TestDatabase DB = new TestDatabase();

    private Door door;
    private Ground ground;
    private TenantId acme;
    private String acmeName;

    @BeforeEach
    void setUp() {
        door = new Door(DB.get());
        ground = door.ground;
        acmeName = "acme-" + System.nanoTime();
        acme = ground.tenant(acmeName);
    }

    @AfterEach
    void tearDown() {
        door.close();
    }

    @Test
    void aTokenMakesANodeThatIsThenKnownByItsKey() {
        Created token = door.token(acme, 1, Map.of("site", "a"), null);
        VerifyingKey key = Ground.key();

        Welcome welcome = welcome(door.enrol(token, key, "WEB-1.example.com"));

        assertThat(welcome.tenant()).isEqualTo(acme.text());
        assertThat(welcome.tenantName()).isEqualTo(acmeName);
        assertThat(welcome.name()).isEqualTo("web-1");
        assertThat(welcome.hubs()).containsExactly("https://hub.example.com");
        Node node = ground.nodes.need(acme, welcome.id());
        assertThat(node.labels()).isEqualTo(Labels.of(Map.of("site", "a")));
        assertThat(node.key()).isEqualTo(key);
        assertThat(node.facts().hostname()).isEqualTo("WEB-1.example.com");
        assertThat(node.facts().capabilities()).containsEntry("ssh", 1);
        assertThat(ground.acts(acme))
                .containsExactly(
                        "enrolment-token.create " + token.token().id(), "node.enrol web-1");
        assertThat(ground.records(acme).getLast().entry().actor().credential())
                .isEqualTo(token.token().id().text());

        Welcome again = welcome(door.come(key));
        assertThat(again.id()).isEqualTo(welcome.id());
        assertThat(again.epoch()).isGreaterThan(welcome.epoch());
    }

    @Test
    void aRepeatGivesTheSameNodeAndCostsNoUse() {
        Created token = door.token(acme, 2);
        VerifyingKey key = Ground.key();
        Welcome first = welcome(door.enrol(token, key, "a"));
        Welcome repeat = welcome(door.enrol(token, key, "a"));
        assertThat(repeat.id()).isEqualTo(first.id());
        assertThat(repeat.epoch()).isGreaterThan(first.epoch());
        assertThat(door.tokens.list(acme, null, 10).getFirst().used()).isEqualTo(1);
        assertThat(welcome(door.enrol(token, Ground.key(), "b")).name()).isEqualTo("b");
        // Used up for others, still the same for who had it.
        assertThat(refused(door.enrol(token, Ground.key(), "c")).code())
                .isEqualTo(Refusal.USED_TOKEN);
        assertThat(welcome(door.enrol(token, key, "a")).id()).isEqualTo(first.id());
    }

    @Test
    void ofAThousandAtOnceAsManyAsTheTokenSaysAreAdmitted() throws Exception {
        int uses = 7;
        Created token = door.token(acme, uses);
        var start = new CountDownLatch(1);
        List<Callable<Verdict>> all = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            VerifyingKey key = Ground.key();
            var peer = Ground.peer(Role.ENROL, key, Door.secret(token), "racer");
            all.add(() -> {
                start.await();
                return untilDecided(() ->
                        door.admission
                                .from(Door.ADDRESS)
                                .admit(peer)
                                .toCompletableFuture()
                                .get(60, TimeUnit.SECONDS));
            });
        }
        var running = all.stream().map(door.executor::submit).toList();
        start.countDown();
        List<Verdict> verdicts = new ArrayList<>();
        for (var one : running) {
            verdicts.add(one.get(120, TimeUnit.SECONDS));
        }

        assertThat(verdicts.stream().filter(Welcome.class::isInstance)).hasSize(uses);
        assertThat(
                        verdicts.stream()
                                .filter(Refused.class::isInstance)
                                .map(v -> ((Refused) v).code())
                                .distinct())
                .containsExactly(Refusal.USED_TOKEN);
        assertThat(
                        ground.nodes.list(
                                acme, dev.fairlead.hub.fleet.NodeFilter.ALL, l -> true, null, 99))
                .extracting(n -> n.name().text())
                .containsExactly(
                        "racer", "racer-2", "racer-3", "racer-4", "racer-5", "racer-6", "racer-7");
        assertThat(ground.acts(acme).stream().filter(a -> a.startsWith("node.enrol")))
                .hasSize(uses);
    }

    /// As an agent does that is told to come again.
    private static Verdict untilDecided(Callable<Verdict> attempt) throws Exception {
        Verdict verdict;
        do {
            verdict = attempt.call();
        } while (verdict instanceof Refused refused && refused.code() == Refusal.BUSY);
        return verdict;
    }

    @Test
    void theSameMachineManyTimesAtOnceIsOneNode() throws Exception {
        Created token = door.token(acme, 5);
        VerifyingKey key = Ground.key();
        List<Callable<Verdict>> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            all.add(() -> door.enrol(token, key, "one"));
        }
        var ids = new java.util.HashSet<String>();
        for (var one : door.executor.invokeAll(all)) {
            ids.add(welcome(one.get()).id());
        }
        assertThat(ids).hasSize(1);
        assertThat(door.tokens.list(acme, null, 10).getFirst().used()).isEqualTo(1);
    }

    @Test
    void wrongUsedExpiredAndRevokedTokensAreToldApart() {
        Secret unknown = Secret.of(new byte[EnrolmentToken.SECRET_LENGTH]);
        assertThat(refused(door.enrol(unknown, Ground.key(), "x")).code())
                .isEqualTo(Refusal.BAD_TOKEN);

        Created revoked = door.token(acme, 1);
        door.tokens.revoke(Ground.ADMIN, acme, revoked.token().id());
        Refused no = refused(door.enrol(revoked, Ground.key(), "x"));
        assertThat(no.code()).isEqualTo(Refusal.BAD_TOKEN);
        assertThat(no.message()).contains("was revoked");
        assertThatThrownBy(() -> door.tokens.revoke(Ground.ADMIN, acme, revoked.token().id()))
                .hasMessage("There is no such enrolment token.");

        // The database's clock decides, so a token of the past.
        ground.now.set(ground.now.get().minus(Duration.ofHours(2)));
        Created expired = door.token(acme, 1);
        assertThat(refused(door.enrol(expired, Ground.key(), "x")).code())
                .isEqualTo(Refusal.EXPIRED_TOKEN);
        assertThat(
                        ground.nodes.list(
                                acme, dev.fairlead.hub.fleet.NodeFilter.ALL, l -> true, null, 9))
                .isEmpty();

        ground.audit.flush();
        assertThat(ground.records(acme))
                .filteredOn(r -> r.entry().act().equals("node.enrol"))
                .extracting(r -> String.valueOf(r.entry().details().get("reason")))
                .containsExactlyInAnyOrder("bad-token", "expired-token");
    }

    @Test
    void aTokenIsForgottenADayAfterItsTimeAndItsNodesStay() {
        ground.now.set(ground.now.get().plus(Duration.ofMinutes(1)));
        Created fresh = door.token(acme, 1);
        String node = welcome(door.enrol(fresh, Ground.key(), "stays")).id();
        ground.now.set(ground.now.get().minus(Duration.ofHours(26)));
        Created old = door.token(acme, 1);
        ground.database.useTenant(
                acme,
                tx ->
                        tx.handle()
                                .execute(
                                        "update enrolment_token set expires_at = now() - interval '25"
                                                + " hours' where token_id = ?",
                                        fresh.token().id().uuid()));
        ground.database.system(tx ->
                tx.handle()
                        .createQuery("select forget_expired() is null")
                        .mapTo(Boolean.class)
                        .one());
        for (Created token : List.of(fresh, old)) {
            assertThat(refused(door.enrol(token, Ground.key(), "x")).code())
                    .isEqualTo(Refusal.BAD_TOKEN);
        }
        assertThat(ground.nodes.find(acme, node)).isPresent();
    }

    @Test
    void refusedHandshakesAreCountedPerSourceNotOneRowEach() {
        for (int i = 0; i < 30; i++) {
            assertThat(refused(door.come(Ground.key())).code()).isEqualTo(Refusal.UNKNOWN_NODE);
        }
        ground.audit.flush();
        assertThat(ground.records(TenantId.SYSTEM))
                .filteredOn(r -> r.entry().act().equals("link.open"))
                .filteredOn(r -> r.entry().count() == 30)
                .singleElement()
                .satisfies(r -> assertThat(r.entry().actor().address()).isEqualTo(Door.ADDRESS));
    }

    @Test
    void aRemovedNodeIsToldSoAndNeedsANewToken() {
        Created token = door.token(acme, 2);
        VerifyingKey key = Ground.key();
        String id = welcome(door.enrol(token, key, "r")).id();
        ground.nodes.remove(Ground.ADMIN, acme, NodeId.parse(id).orElseThrow());

        Refused no = refused(door.come(key));
        assertThat(no.code()).isEqualTo(Refusal.REVOKED);
        assertThat(no.message()).contains("removed");
        assertThat(refused(door.enrol(token, key, "r")).code()).isEqualTo(Refusal.USED_TOKEN);
        String fresh = welcome(door.enrol(door.token(acme, 1), key, "r")).id();
        assertThat(fresh).isNotEqualTo(id);
        assertThat(welcome(door.come(key)).id()).isEqualTo(fresh);
    }

    @Test
    void onlyATokenThatSaysSoTakesANodesPlaceAndThatCutsTheOldKey() {
        VerifyingKey old = Ground.key();
        Welcome before = welcome(door.enrol(door.token(acme, 1, Map.of("a", "1"), null), old, "w"));
        NodeId node = NodeId.parse(before.id()).orElseThrow();
        ground.links.begin(acme, node, old, before.epoch(), "::1", LinkFacts.NONE);

        VerifyingKey fresh = Ground.key();
        Created token = door.token(acme, 1, Map.of("b", "2"), "w");
        Welcome after = welcome(door.enrol(token, fresh, "other-host"));

        assertThat(after.id()).isEqualTo(before.id());
        assertThat(after.name()).isEqualTo("w");
        assertThat(after.epoch()).isGreaterThan(before.epoch());
        assertThat(ground.cuts).containsExactly(new Ground.Cut(acme, node, LinkEnd.REVOKED));
        Refused no = refused(door.come(old));
        assertThat(no.code()).isEqualTo(Refusal.REVOKED);
        assertThat(no.message()).contains("took the place");
        assertThat(ground.links.begin(acme, node, old, before.epoch() + 1, "::1", LinkFacts.NONE))
                .isFalse();
        assertThat(welcome(door.come(fresh)).id()).isEqualTo(before.id());
        assertThat(ground.show(acme, node).labels())
                .isEqualTo(Labels.of(Map.of("a", "1", "b", "2")));
        assertThat(ground.acts(acme)).contains("node.replace w");
        assertThat(ground.told(acme)).contains("node.replaced");
        // The repeat cuts nothing.
        assertThat(welcome(door.enrol(token, fresh, "other-host")).id()).isEqualTo(before.id());
        assertThat(ground.cuts).hasSize(1);
        // The old key never comes back into that place.
        assertThat(refused(door.enrol(door.token(acme, 1, Map.of(), "w"), old, "w")).message())
                .contains("was revoked for that node before");
        assertThat(welcome(door.come(fresh)).id()).isEqualTo(before.id());
    }

    @Test
    void aTokenForTheplaceOfARemovedNodeIsOfNoUse() {
        Welcome node = welcome(door.enrol(door.token(acme, 1), Ground.key(), "w"));
        Created token = door.token(acme, 1, Map.of(), "w");
        ground.nodes.remove(Ground.ADMIN, acme, NodeId.parse(node.id()).orElseThrow());
        assertThat(refused(door.enrol(token, Ground.key(), "w")).message()).contains("removed");
        assertThat(door.tokens.list(acme, null, 1).getFirst().used()).isZero();
    }

    @Test
    void aKeyIsOneNodeOfTheWholeHub() {
        TenantId other = ground.tenant("other-" + System.nanoTime());
        VerifyingKey key = Ground.key();
        welcome(door.enrol(door.token(acme, 1), key, "w"));
        for (TenantId tenant : List.of(acme, other)) {
            Created token = door.token(tenant, 1);
            Refused no = refused(door.enrol(token, key, "w"));
            assertThat(no.message()).contains("enrolled node already");
            assertThat(door.tokens.list(tenant, null, 1).getFirst().used()).isZero();
        }
    }

    @Test
    void inADisabledTenantNobodyIsLetIn() throws Exception {
        Created token = door.token(acme, 2);
        VerifyingKey key = Ground.key();
        welcome(door.enrol(token, key, "w"));
        ground.database.useTenant(
                acme,
                tx ->
                        tx.handle()
                                .execute(
                                        "update tenant set state = 'disabled', disabled_at = now()"));
        assertThat(refused(door.come(key)).code()).isEqualTo(Refusal.RIGHT_ENDED);
        assertThat(refused(door.enrol(token, Ground.key(), "x")).code())
                .isEqualTo(Refusal.RIGHT_ENDED);
    }

    @Test
    void tokensAreListedWithoutTheirSecret() {
        Created first = door.token(acme, 3, Map.of("k", "v"), null);
        Created second = door.token(acme, 1);
        assertThat(door.tokens.list(acme, null, 10)).containsExactly(second.token(), first.token());
        assertThat(door.tokens.list(acme, second.token().id(), 10)).containsExactly(first.token());
        assertThat(first.token().createdBy()).isEqualTo("ada@system");
        assertThat(first.text()).startsWith("flt_");
        assertThat(first.installLine()).isNull();
        assertThat(first.joinLine())
                .isEqualTo(
                        "printf '%s\\n' " + first.text() + " | fairlead agent join --token-stdin");
        assertThat(EnrolmentToken.parse(first.text()).hubs()).containsExactly(Door.HUB);
        assertThat(ground.records(acme).toString()).doesNotContain(first.text());
    }

    @Test
    void aTokenOfAnotherTenantIsNoneAtAll() {
        TenantId other = ground.tenant("other-" + System.nanoTime());
        Created foreign = door.token(other, 1);
        assertThat(door.tokens.list(acme, null, 10)).isEmpty();
        for (EnrolmentTokenId id : List.of(foreign.token().id(), EnrolmentTokenId.fresh())) {
            assertThatThrownBy(() -> door.tokens.revoke(Ground.ADMIN, acme, id))
                    .hasMessage("There is no such enrolment token.");
        }
        Welcome node = welcome(door.enrol(foreign, Ground.key(), "theirs"));
        for (String replace : List.of("theirs", node.id(), NodeId.fresh().text())) {
            assertThatThrownBy(() -> door.token(acme, 1, Map.of(), replace))
                    .hasMessage("There is no such node.");
        }
    }

    @Test
    void whatIsAskedForATokenIsChecked() {
        assertThatThrownBy(() -> door.token(acme, 0)).isInstanceOf(Rejected.class);
        assertThatThrownBy(() -> door.token(acme, 10_001)).isInstanceOf(Rejected.class);
        ground.node(acme, "n", Map.of());
        assertThatThrownBy(() -> door.token(acme, 2, Map.of(), "n")).isInstanceOf(Rejected.class);
        for (Duration time : List.of(Duration.ofSeconds(59), Duration.ofDays(31))) {
            assertThatThrownBy(() ->
                            door.tokens.create(
                                    Ground.ADMIN,
                                    acme,
                                    new EnrolmentTokens.Wanted(1, time, Labels.NONE, null)))
                    .isInstanceOf(Rejected.class);
        }
    }
}
