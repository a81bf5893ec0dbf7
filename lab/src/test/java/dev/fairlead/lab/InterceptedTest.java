package dev.fairlead.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fairlead.lab.Programs.Ran;
import dev.fairlead.link.handshake.EnrolmentToken;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Somebody sits between the hub and everybody else and ends TLS, with certificates of a CA that
/// their machines trust. Everyone notices, before they have said anything that is worth hearing.
@Timeout(180)
class InterceptedTest {

    @TempDir static Path folder;
    private static Lab lab;
    private static LabCa ca;
    private TlsRelay relay;

    @BeforeAll
    static void start() throws Exception {
        lab = new Lab(folder);
        ca = new LabCa(folder.resolve("inspection"));
    }

    @AfterAll
    static void stop() throws Exception {
        lab.close();
    }

    @BeforeEach
    void listen() throws Exception {
        relay = new TlsRelay(ca, lab.hub().bound().listen());
    }

    @AfterEach
    void close() throws Exception {
        relay.close();
    }

    @Test
    void aMachineDoesNotJoinAndItsTokenStaysSecret() throws Exception {
        var token = EnrolmentToken.parse(lab.enrolmentToken(Lab.TENANT));
        String through =
                new EnrolmentToken(token.root(), token.secret(), List.of(relay.url())).text();
        try (var machine = new LabMachine(folder.resolve("joiner"), ca.trusted())) {
            var ran = machine.agent(through + "\n", "join", "-");

            assertThat(ran.exit()).isEqualTo(69);
            assertIntercepted(ran.err());
            assertThat(machine.state().resolve("state.json")).doesNotExist();
            assertOnlyHello(1);
            assertThat(relay.heard().getFirst().holds(token.secret().bytes())).isFalse();

            // The token is as good as before, where nobody is in between.
            assertThat(machine.agent(token.text() + "\n", "join", "-").ok()).contains("Joined");
        }
    }

    @Test
    void aNodeDoesNotServe() throws Exception {
        var node = LabAgent.join(lab, Lab.TENANT, folder.resolve("node"), "");
        Files.writeString(
                folder.resolve("node/agent.yaml"), "profile: node\nhub: " + relay.url() + "\n");
        try (var machine = new LabMachine(folder.resolve("node"), ca.trusted())) {
            machine.run();
            await().atMost(Duration.ofSeconds(30))
                    .until(() ->
                            Files.exists(machine.log())
                                    && Files.readString(machine.log()).contains("No link"));

            assertIntercepted(Files.readString(machine.log()));
            var status = machine.agent("", "status");
            assertThat(status.exit()).isEqualTo(1);
            assertThat(status.out()).contains("not linked").contains("intercepted");
            machine.close();
            assertThat(relay.heard()).isNotEmpty();
            assertOnlyHello(relay.heard().size());
            assertThat(node.node().isOnline()).isFalse();
        }
    }

    @Test
    void aPersonSignsInNowhereAndThePasswordStaysSecret() throws Exception {
        try (var person = new LabCli(folder.resolve("home-eve"), ca.trusted())) {
            for (String address :
                    List.of(relay.url() + "#" + lab.hub().fingerprint(), relay.url().toString())) {
                Ran ran =
                        person.run(
                                Lab.PASSWORD + "\n",
                                "login",
                                address,
                                "--user",
                                "admin",
                                "--password-stdin");
                assertThat(ran.exit()).as(ran.err()).isEqualTo(7);
                assertIntercepted(ran.err());
            }
            assertOnlyHello(2);
            assertThat(person.fails("status").err()).contains("login");
        }
    }

    @Test
    void aCommandIsNotSentAndTheSignInStaysSecret() throws Exception {
        var person = lab.cli("admin", ca.trusted());
        var profiles = person.home().resolve("fairlead/profiles.yaml");
        String text = Files.readString(profiles);
        String bearer = text.replaceAll("(?s).*token: '([^']+)'.*", "$1");
        assertThat(bearer).startsWith("fls_");
        // The hub's own CA counts no more, but those of the system do.
        Files.writeString(
                profiles,
                text.replace(lab.hub().url().toString(), relay.url().toString())
                        .replaceAll("(?m)^ *ca: .*\n", ""));

        var ran = person.fails("exec", "some-node", "--", "id");

        assertThat(ran.exit()).as(ran.err()).isEqualTo(7);
        assertIntercepted(ran.err());
        assertOnlyHello(1);
        assertThat(relay.heard().getFirst().holds(bearer.getBytes(StandardCharsets.US_ASCII)))
                .isFalse();
    }

    private static void assertIntercepted(String said) {
        assertThat(said)
                .contains("the connection is intercepted")
                .contains("issued by CN=Fairlead CA of localhost")
                .contains("a TLS-inspecting proxy must let this hub pass")
                .doesNotContain("Exception");
    }

    /// The first message of a handshake, which holds a nonce and versions, and nothing behind it.
    private void assertOnlyHello(int dialers) {
        assertThat(relay.heard()).hasSize(dialers);
        assertThat(relay.heard())
                .allSatisfy(said -> {
                    var messages = ByteBuffer.wrap(said.messages());
                    int typeAndLength = messages.getInt();
                    assertThat(typeAndLength >>> 24).isEqualTo(1);
                    assertThat(messages.remaining()).isEqualTo(typeAndLength & 0xffffff);
                    assertThat(said.holds(Lab.PASSWORD.getBytes(StandardCharsets.US_ASCII)))
                            .isFalse();
                });
    }
}
