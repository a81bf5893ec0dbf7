package dev.fairlead.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fairlead.lab.Programs.Ran;
import dev.fairlead.link.handshake.EnrolmentToken;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Somebody sits between the hub and everybody else and ends TLS, with certificates of a CA that
/// their machines trust. Everyone notices, before they have said anything that is worth hearing,
/// and goes on in a second TLS inside, or not at all.
@Timeout(180)
class InterceptedTest {

    /// A name of the hub that only proxies can resolve.
    private static final String NAME = "hub.fairlead.test";

    @TempDir static Path folder;
    private static Lab lab;
    private static LabCa ca;
    private TlsRelay relay;

    @BeforeAll
    static void start() throws Exception {
        lab = new Lab(folder, local -> local.withNames(List.of("localhost", "127.0.0.1", NAME)));
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
    void withoutInnerTlsAMachineDoesNotJoinAndItsTokenStaysSecret() throws Exception {
        var token = EnrolmentToken.parse(lab.enrolmentToken(Lab.TENANT));
        String through =
                new EnrolmentToken(token.root(), token.secret(), List.of(relay.url())).text();
        try (var machine = new LabMachine(folder.resolve("joiner"), ca.trusted())) {
            Files.writeString(machine.config(), "profile: node\ninner-tls: never\n");
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
    void withoutInnerTlsANodeDoesNotServe() throws Exception {
        var node = LabAgent.join(lab, Lab.TENANT, folder.resolve("node"), "");
        Files.writeString(
                folder.resolve("node/agent.yaml"),
                "profile: node\ninner-tls: never\nhub: " + relay.url() + "\n");
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
    void withoutInnerTlsACommandIsNotSentAndTheSignInStaysSecret() throws Exception {
        var environment = new HashMap<>(ca.trusted());
        environment.put("FAIRLEAD_INNER_TLS", "never");
        var person = lab.cli("admin", environment);
        String bearer = throughRelay(person);

        var ran = person.fails("exec", "some-node", "--", "id");

        assertThat(ran.exit()).as(ran.err()).isEqualTo(7);
        assertIntercepted(ran.err());
        assertOnlyHello(1);
        assertThat(heard(bearer)).isFalse();
    }

    /// Makes the relay the hub of a person who is signed in.
    ///
    /// @return the sign-in
    private String throughRelay(LabCli person) throws Exception {
        var profiles = person.home().resolve("fairlead/profiles.yaml");
        String text = Files.readString(profiles);
        String bearer = text.replaceAll("(?s).*token: '([^']+)'.*", "$1");
        assertThat(bearer).startsWith("fls_");
        // The hub's own CA counts no more, but those of the system do.
        Files.writeString(
                profiles,
                text.replace(lab.hub().url().toString(), relay.url().toString())
                        .replaceAll("(?m)^ *ca: .*\n", ""));
        return bearer;
    }

    private boolean heard(String secret) {
        return relay.heard().stream()
                .anyMatch(said -> said.holds(secret.getBytes(StandardCharsets.US_ASCII)));
    }

    /// Machine, node and person all go through the relay, which hears nothing of it.
    @Test
    void insideASecondTlsEverythingGoesOnUnheard() throws Exception {
        var token = EnrolmentToken.parse(lab.enrolmentToken(Lab.TENANT));
        String through =
                new EnrolmentToken(token.root(), token.secret(), List.of(relay.url())).text();
        var person = lab.cli("admin@" + "system", ca.trusted());
        String bearer = throughRelay(person);
        var direct = lab.cli("admin");
        try (var machine = new LabMachine(folder.resolve("inside"), ca.trusted())) {
            Files.writeString(
                    machine.config(), "profile: node\nhub: " + relay.url() + "\nlogins: [root]\n");
            String joined = machine.agent(through + "\n", "join", "-").ok();
            String name = joined.replaceFirst("(?s).*is the node (\\S+) of.*", "$1");
            machine.run();
            awaitLine(machine, "Linked to " + relay.url());
            assertThat(Files.readString(machine.log()))
                    .contains("with inner TLS, through a certificate issued by CN=Fairlead CA of");

            var status = machine.agent("", "status");
            assertThat(status.ok())
                    .contains("linked since")
                    .contains("between  a certificate issued by CN=Fairlead CA of localhost")
                    .contains("inner TLS: nobody in between can read the link");
            assertThat(machine.agent("", "status", "--json").ok())
                    .contains("\"innerTls\":true")
                    .contains("\"between\":\"CN=Fairlead CA of localhost");
            assertThat(direct.ok("node", "show", name))
                    .contains("between    a certificate issued by CN=Fairlead CA of localhost")
                    .contains("inner TLS");
            assertThat(metrics())
                    .contains("fairlead_links_inner_tls{role=\"node\"} 1.0")
                    .contains("fairlead_links_inner_tls{role=\"client\"} 0.0");

            assertThat(person.run("typed in secret", "exec", name, "--", "cat").ok())
                    .isEqualTo("typed in secret");
            String large =
                    person.ok(
                            "exec", "--no-stdin", name, "--", "seq", "-f", "unread %.0f", "200000");
            assertThat(large).hasLineCount(200_000).endsWith("unread 200000\n");
        }
        assertThat(relay.heard()).hasSizeGreaterThanOrEqualTo(4);
        assertThat(relay.heard()).noneMatch(said -> said.holds(token.secret().bytes()));
        for (String secret : List.of(bearer, "typed in secret", "unread 1", "credential")) {
            assertThat(heard(secret)).as(secret).isFalse();
        }
    }

    /// A real proxy that inspects TLS, with a CA that it signs every name with.
    @Test
    void squidThatInspectsTlsReadsNoLink() throws Exception {
        var hosts =
                Files.writeString(
                        folder.resolve("hosts"), "127.0.0.1 localhost\n127.0.0.1 " + NAME + "\n");
        int port = lab.hub().bound().listen();
        var given = EnrolmentToken.parse(lab.enrolmentToken(Lab.TENANT));
        var hub = URI.create("https://" + NAME + ":" + port);
        String token = new EnrolmentToken(given.root(), given.secret(), List.of(hub)).text();
        assertThat(folder.toFile().setExecutable(true, false)).isTrue();
        try (var squid = LabProxy.inspectingSquid(folder.resolve("squid"), hosts);
                var machine = new LabMachine(folder.resolve("inspected"), Map.of())) {
            Files.writeString(
                    machine.config(),
                    "profile: node\nhub: %s\nproxy: {url: \"%s\"}\n".formatted(hub, squid.url("")));
            String joined = machine.agent(token + "\n", "join", "-").ok();
            String name = joined.replaceFirst("(?s).*is the node (\\S+) of.*", "$1");
            machine.run();
            awaitLine(machine, "Linked to " + hub);

            assertThat(machine.agent("", "status").ok())
                    .contains("a certificate issued by CN=Inspection of this house; inner TLS");
            var admin = lab.cli("admin");
            assertThat(admin.ok("node", "show", name))
                    .contains("a certificate issued by CN=Inspection of this house, inner TLS");
            assertThat(admin.run("through squid", "exec", name, "--", "cat").ok())
                    .isEqualTo("through squid");
            // It looked into the TLS outside.
            assertThat(squid.log())
                    .contains("CONNECT " + NAME + ":" + port)
                    .contains("GET https://" + NAME + ":" + port + "/link");
        }
    }

    private static void awaitLine(LabMachine machine, String line) {
        await().atMost(Duration.ofSeconds(30))
                .until(() ->
                        Files.exists(machine.log())
                                && Files.readString(machine.log()).contains(line));
    }

    private static String metrics() throws Exception {
        try (var http = HttpClient.newHttpClient()) {
            var request =
                    HttpRequest.newBuilder(
                                    URI.create(
                                            "http://127.0.0.1:"
                                                    + lab.hub().bound().observe()
                                                    + "/metrics"))
                            .build();
            return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
        }
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
                    if (!messages.hasRemaining()) {
                        return; // An agent that was ended while it dialled once more.
                    }
                    int typeAndLength = messages.getInt();
                    assertThat(typeAndLength >>> 24).isEqualTo(1);
                    assertThat(messages.remaining()).isEqualTo(typeAndLength & 0xffffff);
                    assertThat(said.holds(Lab.PASSWORD.getBytes(StandardCharsets.US_ASCII)))
                            .isFalse();
                });
    }
}
