package dev.fairlead.agent.enroll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.agent.FakeHub;
import dev.fairlead.agent.TestAgents;
import dev.fairlead.agent.state.StateFolder;
import dev.fairlead.link.BlockingStream.StreamException;
import dev.fairlead.link.LinkEnd;
import dev.fairlead.link.StreamEnd;
import dev.fairlead.link.dial.DialException;
import dev.fairlead.link.dial.DialFailure;
import dev.fairlead.link.handshake.EnrolmentToken;
import dev.fairlead.link.handshake.Refusal;
import dev.fairlead.link.handshake.Role;
import java.io.BufferedReader;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
@SuppressWarnings("NullAway.Init")
class JoinTest {

    @TempDir Path dir;
    private FakeHub hub;
    private TestAgents agents;
    private StateFolder folder;
    private final StringWriter shown = new StringWriter();

    @BeforeEach
    void start() throws Exception {
        hub = new FakeHub();
        agents = new TestAgents();
        folder = StateFolder.open(dir.resolve("agent"));
    }

    @AfterEach
    void stop() throws Exception {
        agents.close();
        hub.close();
    }

    private Person person(String answers, boolean canAnswer) {
        return new Person(
                new PrintWriter(shown), new BufferedReader(new StringReader(answers)), canAnswer);
    }

    @Test
    void aTokenMakesANodeAndTheKeyStays() throws Exception {
        var state = agents.join(folder).withToken(hub.token());
        assertThat(state.name()).isEqualTo("node7");
        assertThat(state.tenantName()).isEqualTo("default");
        assertThat(state.root()).isEqualTo(hub.fingerprint().toString());
        assertThat(state.bundle()).isEqualTo(3);
        assertThat(state.hubs()).containsExactly(hub.uri());
        assertThat(folder.read()).isEqualTo(state);
        var peer = hub.peers.take();
        assertThat(peer.role()).isEqualTo(Role.ENROL);
        assertThat(peer.key()).isEqualTo(folder.key(new SecureRandom()).verifying());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.path())))
                .isEqualTo("rwx------");
        for (String file : List.of("agent.key", "state.json")) {
            var mode = Files.getPosixFilePermissions(folder.path().resolve(file));
            assertThat(PosixFilePermissions.toString(mode)).isEqualTo("rw-------");
        }
    }

    @Test
    void aRepeatAfterALostAnswerComesWithTheSameKey() throws Exception {
        agents.join(folder).withToken(hub.token());
        Files.delete(folder.path().resolve("state.json"));
        agents.join(folder).withToken(hub.token());
        assertThat(hub.peers.take().key()).isEqualTo(hub.peers.take().key());
        // A machine that has joined does not ask again.
        agents.join(folder).withToken(hub.token());
        assertThat(hub.peers).isEmpty();
    }

    @Test
    void aRefusedTokenChangesNothing() throws Exception {
        hub.refuse(Refusal.USED_TOKEN);
        assertThatThrownBy(() -> agents.join(folder).withToken(hub.token()))
                .isInstanceOf(DialException.class)
                .hasMessageContaining("used-token");
        assertThat(folder.read()).isNull();
    }

    @Test
    void aHubWithAnotherIdentityGetsNoToken() throws Exception {
        try (var other = new FakeHub()) {
            var secret = hub.token().secret();
            var token = new EnrolmentToken(other.fingerprint(), secret, List.of(hub.uri()));
            assertThatThrownBy(() -> agents.join(folder).withToken(token))
                    .isInstanceOfSatisfying(
                            DialException.class,
                            e -> assertThat(e.failure()).isEqualTo(DialFailure.OTHER_IDENTITY));
            assertThat(hub.peers).isEmpty();
        }
    }

    @Test
    void theNextAddressOfATokenIsTried() throws Exception {
        var hubs = List.of(URI.create("https://127.0.0.1:1"), hub.uri());
        var token = new EnrolmentToken(hub.fingerprint(), hub.token().secret(), hubs);
        assertThat(agents.join(folder).withToken(token).hubs()).containsExactly(hub.uri());
    }

    @Test
    void anotherHubNeedsALeaveFirst() throws Exception {
        agents.join(folder).withToken(hub.token());
        try (var other = new FakeHub()) {
            assertThatThrownBy(() -> agents.join(folder).withToken(other.token()))
                    .isInstanceOf(EnrollException.class)
                    .hasMessageContainingAll("node7", "agent leave");
        }
    }

    @Test
    void aPairingShowsCodeAndFingerprintAndAsks() throws Exception {
        hub.approve("default");
        var state = agents.join(folder).byPairing(hub.uri(), null, null, person("y\n", true));
        assertThat(state.name()).isEqualTo("node7");
        assertThat(shown.toString())
                .contains("7Q4M-2XKP", "fingerprint", "ada", "default", "[y/N]")
                .contains(hub.fingerprint().toString());
    }

    private void declines(String tenant, Person person) {
        assertThatThrownBy(() ->
                        agents.join(folder)
                                .byPairing(
                                        hub.uri(),
                                        tenant.isEmpty() ? null : tenant,
                                        tenant.isEmpty() ? null : hub.fingerprint(),
                                        person))
                .isInstanceOfSatisfying(
                        DialException.class,
                        e -> assertThat(e.failure()).isEqualTo(DialFailure.DECLINED));
    }

    @Test
    void withoutAYesItDoesNotJoin() throws Exception {
        hub.approve("default");
        for (String answer : List.of("", "n\n", "\n", "yess\n")) {
            declines("", person(answer, true));
        }
        assertThat(folder.read()).isNull();
    }

    @Test
    void whoNamesTenantAndFingerprintIsNotAsked() throws Exception {
        hub.approve("default");
        agents.join(folder).byPairing(hub.uri(), "default", hub.fingerprint(), person("", false));
        assertThat(folder.read()).isNotNull();
        assertThat(shown.toString()).doesNotContain("[y/N]");
    }

    @Test
    void anotherTenantThanNamedIsDeclined() throws Exception {
        hub.approve("evil");
        declines("default", person("y\n", true));
        assertThat(shown.toString()).contains("not the tenant default");
    }

    @Test
    void withoutATerminalBothMustBeNamed() throws Exception {
        var person = person("y\n", false);
        assertThatThrownBy(() -> agents.join(folder).byPairing(hub.uri(), "default", null, person))
                .isInstanceOf(EnrollException.class)
                .hasMessageContaining("--hub-fingerprint");
        assertThat(hub.peers).isEmpty();
    }

    @Test
    void leaveTellsTheHub() throws Exception {
        var state = agents.join(folder).withToken(hub.token());
        new Leave(folder, agents.dial(), new SecureRandom()).tellHub(state, List.of());
        var call = hub.calls.take();
        assertThat(call.method()).isEqualTo("leave");
        assertThat(call.effects()).isTrue();
    }

    @Test
    void aHubThatCutsTheLeaverBeforeItsAnswerHasRemovedIt() throws Exception {
        var state = agents.join(folder).withToken(hub.token());
        hub.nextLink();
        hub.answers =
                _ -> {
                    try {
                        hub.nextLink().close(LinkEnd.REVOKED, "removed");
                    } catch (InterruptedException e) {
                        throw new StreamException(StreamEnd.INTERNAL, "interrupted");
                    }
                    return new byte[0];
                };
        new Leave(folder, agents.dial(), new SecureRandom()).tellHub(state, List.of());
    }

    @Test
    void aHubThatKnowsTheNodeNoMoreIsLeftInPeaceAndOneThatFailsIsNot() throws Exception {
        var state = agents.join(folder).withToken(hub.token());
        var leave = new Leave(folder, agents.dial(), new SecureRandom());
        hub.answers =
                _ -> {
                    throw new StreamException(StreamEnd.INTERNAL, "its disk is full");
                };
        assertThatThrownBy(() -> leave.tellHub(state, List.of()))
                .isInstanceOf(EnrollException.class)
                .hasMessageContaining("its disk is full");
        hub.refuse(Refusal.REVOKED);
        leave.tellHub(state, List.of());
    }
}
