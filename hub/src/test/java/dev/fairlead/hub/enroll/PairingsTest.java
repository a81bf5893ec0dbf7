package dev.fairlead.hub.enroll;

import static dev.fairlead.hub.enroll.Door.welcome;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.audit.Actor;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.db.TestDatabase;
import dev.fairlead.hub.fleet.Ground;
import dev.fairlead.hub.fleet.Node;
import dev.fairlead.hub.rbac.Labels;
import dev.fairlead.link.handshake.Approved;
import dev.fairlead.link.handshake.Pairing;
import dev.fairlead.link.handshake.PairingAnswer;
import dev.fairlead.link.handshake.Refusal;
import dev.fairlead.link.handshake.Refused;
import dev.fairlead.link.handshake.Role;
import dev.fairlead.link.handshake.Verdict;
import dev.fairlead.link.handshake.VerifyingKey;
import dev.fairlead.link.handshake.Welcome;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@NullUnmarked
class PairingsTest {

    @RegisterExtension static final TestDatabase DB = new TestDatabase();

    private static final String PRINT = "abcd-efgh-1234";

    private Door door;
    private Ground ground;
    private TenantId acme;
    private final VerifyingKey key = Ground.key();

    @BeforeEach
    void setUp() {
        door = new Door(DB.get());
        ground = door.ground;
        acme = ground.tenant("acme-" + System.nanoTime());
    }

    @AfterEach
    void tearDown() throws Exception {
        door.close();
        try (var connection = DB.superuser();
                var statement = connection.createStatement()) {
            statement.execute("delete from pairing");
        }
    }

    @Test
    void aCodeThatIsApprovedAndConfirmedMakesANode() throws Exception {
        Pairing pairing = open("ws-7.lab");
        assertThat(pairing.code()).matches("[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}");
        assertThat(pairing.expires()).isEqualTo(Duration.ofMinutes(10));
        assertThat(pairing.approval().toCompletableFuture()).isNotDone();
        assertThat(door.pairings.waiting(null, 10))
                .singleElement()
                .satisfies(one -> {
                    assertThat(one.facts().hostname()).isEqualTo("ws-7.lab");
                    assertThat(one.address()).isEqualTo(Door.ADDRESS);
                    assertThat(door.pairings.waiting(one.id(), 10)).isEmpty();
                });

        var seen = door.pairings.lookUp(Ground.ADMIN, acme, pairing.code());
        assertThat(seen.fingerprint()).isEqualTo(PRINT);
        assertThat(seen.name().text()).isEqualTo("ws-7");
        assertThat(seen.facts().hostname()).isEqualTo("ws-7.lab");
        assertThat(seen.address()).isEqualTo(Door.ADDRESS);
        assertThat(seen.approved()).isFalse();

        var done = approve(pairing, null, Map.of("site", "lab"));
        assertThat(done.approved()).isTrue();
        assertThat(door.pairings.waiting(null, 10)).isEmpty();
        assertThat(pairing.approval().toCompletableFuture().get(30, TimeUnit.SECONDS))
                .isEqualTo(new Approved("hub.example.com", "Acme", "ada@system"));
        assertThat(ground.nodes.find(acme, "ws-7")).isEmpty();

        Welcome welcome = welcome(confirm(pairing));
        Node node = ground.nodes.need(acme, "ws-7");
        assertThat(welcome.id()).isEqualTo(node.id().text());
        assertThat(node.labels()).isEqualTo(Labels.of(Map.of("site", "lab")));
        assertThat(ground.acts(acme)).containsExactly("pairing.approve ws-7", "node.enrol ws-7");
        assertThat(ground.records(acme).getLast().entry().details().get("approver"))
                .isEqualTo("ada@system");
        assertThat(welcome(door.come(key)).id()).isEqualTo(welcome.id());
    }

    @Test
    void theOperatorMayNameIt() throws Exception {
        ground.node(acme, "taken", Map.of());
        Pairing pairing = open("h");
        assertThatThrownBy(() -> approve(pairing, "taken", Map.of()))
                .isInstanceOfSatisfying(
                        Rejected.class,
                        e -> assertThat(e.code()).isEqualTo(Rejected.Code.CONFLICT));
        approve(pairing, "mine", Map.of());
        // Taken between approval and confirmation.
        ground.node(acme, "mine", Map.of());
        assertThat(welcome(confirm(pairing)).name()).isEqualTo("mine-2");
    }

    @Test
    void theFingerprintMustBeTheSame() {
        Pairing pairing = open("h");
        assertThatThrownBy(() ->
                        door.pairings.approve(
                                Ground.ADMIN,
                                acme,
                                "Acme",
                                pairing.code(),
                                "abcd-efgh-1235",
                                null,
                                Labels.NONE))
                .hasMessageContaining("not the fingerprint");
        assertThat(pairing.approval().toCompletableFuture()).isNotDone();
        assertThat(
                        door.pairings
                                .approve(
                                        Ground.ADMIN,
                                        acme,
                                        "Acme",
                                        pairing.code().toLowerCase(Locale.ROOT).replace("-", " "),
                                        "abcdefgh 1234",
                                        null,
                                        Labels.NONE)
                                .approved())
                .isTrue();
    }

    @Test
    void isFoundOnlyWhenTypedWholeAndFiveWrongTriesAMinute() {
        Pairing pairing = open("h");
        String code = pairing.code();
        for (String wrong : List.of(code.substring(0, 7), code + "0", "%", "", "0000-0000")) {
            notFound(Ground.ADMIN, wrong);
        }
        assertThatThrownBy(() -> door.pairings.lookUp(Ground.ADMIN, acme, code))
                .isInstanceOfSatisfying(
                        Rejected.class,
                        e -> {
                            assertThat(e.code()).isEqualTo(Rejected.Code.TOO_MANY_ATTEMPTS);
                            assertThat(e.retryAfter()).isEqualTo(Duration.ofMinutes(1));
                        });
        // Another user's tries are their own; right ones cost nothing.
        Actor eve = new Actor("eve@acme", "user_1", null, "::1");
        for (int i = 0; i < 20; i++) {
            door.pairings.lookUp(eve, acme, code);
        }
        ground.now.set(ground.now.get().plusSeconds(60));
        assertThat(door.pairings.lookUp(Ground.ADMIN, acme, code).fingerprint()).isEqualTo(PRINT);
    }

    @Test
    void manyGuessesAtOnceAreNoMoreThanFive() throws Exception {
        open("h");
        List<java.util.concurrent.Callable<Rejected.Code>> guesses = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            guesses.add(() -> {
                try {
                    door.pairings.lookUp(Ground.ADMIN, acme, "0000-0000");
                    throw new AssertionError("found");
                } catch (Rejected e) {
                    return e.code();
                }
            });
        }
        int tried = 0;
        for (var guess : door.executor.invokeAll(guesses)) {
            tried += guess.get() == Rejected.Code.NOT_FOUND ? 1 : 0;
        }
        assertThat(tried).isEqualTo(5);
    }

    @Test
    void whoGoesAwayIsNotFoundAnyMore() {
        Pairing pairing = open("h");
        pairing.abandoned();
        door.close();
        notFound(Ground.ADMIN, pairing.code());
    }

    @Test
    void anApprovedCodeIsNotFoundAgainAndIsGoodForOneTenant() {
        Pairing pairing = open("h");
        approve(pairing, null, Map.of());
        notFound(Ground.ADMIN, pairing.code());
        TenantId other = ground.tenant("other-" + System.nanoTime());
        assertThatThrownBy(() ->
                        door.pairings.lookUp(
                                new Actor("x@other", "user_2", null, "::1"), other, pairing.code()))
                .hasMessage("No machine waits with this code.");
    }

    @Test
    void whoIsDeniedIsToldAndItsCodeIsNoMore() throws Exception {
        Pairing pairing = open("ws-8");
        assertThatThrownBy(() -> door.pairings.deny(Ground.ADMIN, acme, "0000-0000"))
                .hasMessage("No machine waits with this code.");
        assertThat(pairing.approval().toCompletableFuture()).isNotDone();

        door.pairings.deny(Ground.ADMIN, acme, pairing.code());

        assertThat(pairing.approval().toCompletableFuture().get(30, TimeUnit.SECONDS))
                .isInstanceOfSatisfying(
                        Refused.class, r -> assertThat(r.code()).isEqualTo(Refusal.PAIRING_DENIED));
        assertThat(ground.acts(acme)).containsExactly("pairing.deny ws-8");
        notFound(Ground.ADMIN, pairing.code());
        assertThat(confirm(pairing)).isInstanceOf(Refused.class);
        assertThatThrownBy(() -> door.pairings.deny(Ground.ADMIN, acme, pairing.code()))
                .hasMessage("No machine waits with this code.");
    }

    @Test
    void withoutApprovalNobodyJoins() throws Exception {
        Pairing pairing = open("h");
        Verdict verdict = confirm(pairing);
        assertThat(verdict)
                .isInstanceOfSatisfying(
                        Refused.class,
                        r -> assertThat(r.code()).isEqualTo(Refusal.PAIRING_EXPIRED));
    }

    @Test
    void anExpiredCodeIsNotFound() {
        ground.now.set(ground.now.get().minus(Duration.ofMinutes(11)));
        Pairing pairing = open("h");
        notFound(Ground.ADMIN, pairing.code());
    }

    @Test
    void aHundredWaitAndTenFromOneAddress() {
        for (int i = 0; i < 10; i++) {
            for (int j = 0; j < 10; j++) {
                assertThat(ask("192.0.2." + i)).isInstanceOf(Pairing.class);
            }
        }
        assertThat(ask("192.0.2.0")).isInstanceOf(Refused.class);
        assertThat(ask("198.51.100.1"))
                .isInstanceOfSatisfying(
                        Refused.class, r -> assertThat(r.code()).isEqualTo(Refusal.BUSY));
    }

    @Test
    void theDatabaseDoesNotHoldTheCode() throws Exception {
        Pairing pairing = open("h");
        String letters = pairing.code().replace("-", "");
        try (var connection = DB.superuser();
                var statement = connection.createStatement();
                var row =
                        statement.executeQuery(
                                "select p::text, encode(sha256('"
                                        + letters
                                        + "'), 'hex') from pairing p")) {
            assertThat(row.next()).isTrue();
            assertThat(row.getString(1))
                    .doesNotContain(letters)
                    .doesNotContain(pairing.code())
                    .doesNotContain(row.getString(2));
        }
    }

    @Test
    void codesAreReadAsPeopleTypeThem() {
        var random = new SecureRandom();
        for (int i = 0; i < 200; i++) {
            PairingCode code = PairingCode.fresh(random);
            assertThat(PairingCode.parse(code.text())).contains(code);
        }
        assertThat(PairingCode.parse("o1il-2345")).contains(new PairingCode("01112345"));
        assertThat(PairingCode.parse("U234-5678")).isEmpty();
    }

    private Pairing open(String hostname) {
        var answer =
                door.pairings.open(
                        Ground.peer(Role.PAIR, key, null, hostname), PRINT, Door.ADDRESS);
        if (answer instanceof Pairing pairing) {
            return pairing;
        }
        throw new AssertionError(answer.toString());
    }

    private PairingAnswer ask(String address) {
        return door.pairings.open(Ground.peer(Role.PAIR, Ground.key(), null, "h"), PRINT, address);
    }

    private Pairings.Shown approve(Pairing pairing, String name, Map<String, String> labels) {
        return door.pairings.approve(
                Ground.ADMIN,
                acme,
                "Acme",
                pairing.code(),
                PRINT,
                name == null ? null : Ground.name(name),
                Labels.of(labels));
    }

    private static Verdict confirm(Pairing pairing) throws Exception {
        return pairing.confirmed().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private void notFound(Actor actor, String code) {
        assertThatThrownBy(() -> door.pairings.lookUp(actor, acme, code))
                .isInstanceOfSatisfying(
                        Rejected.class,
                        e -> assertThat(e.code()).isEqualTo(Rejected.Code.NOT_FOUND));
    }
}
