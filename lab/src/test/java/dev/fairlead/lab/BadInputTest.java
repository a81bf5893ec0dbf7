package dev.fairlead.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fairlead.lab.Programs.Ran;
import dev.fairlead.link.handshake.EnrolmentToken;
import dev.fairlead.link.handshake.Fingerprint;
import dev.fairlead.link.handshake.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What is wrong is said: what happened, why, and what to do, with an exit code that scripts can
/// tell apart.
@Timeout(240)
class BadInputTest {

    /// A character by which a text could paint the terminal.
    private static final String ESCAPE = "\u001b";

    @TempDir static Path folder;
    private static Lab lab;
    private static LabCli admin;

    @BeforeAll
    static void start() throws Exception {
        lab = new Lab(folder);
        admin = lab.cli("admin");
    }

    @AfterAll
    static void stop() throws Exception {
        lab.close();
    }

    private static Ran join(LabMachine machine, String token) throws Exception {
        var ran = machine.agent(token + "\n", "join", "-");
        assertThat(machine.state().resolve("state.json")).doesNotExist();
        assertThat(ran.err()).doesNotContain("Exception").doesNotContain("\tat ");
        return ran;
    }

    private static String withHub(String token, URI hub) {
        var parsed = EnrolmentToken.parse(token);
        return new EnrolmentToken(parsed.root(), parsed.secret(), List.of(hub)).text();
    }

    @Test
    void tokensThatDoNotCount() throws Exception {
        String used = lab.enrolmentToken(Lab.TENANT);
        try (var first = new LabMachine(folder.resolve("first"), Map.of())) {
            first.agent(used + "\n", "join", "-").ok();
        }
        try (var machine = new LabMachine(folder.resolve("machine"), Map.of())) {
            var mistyped = join(machine, used.substring(0, used.length() - 3) + "xyz");
            assertThat(mistyped.exit()).isEqualTo(2);
            assertThat(mistyped.err())
                    .contains("the enrolment token is")
                    .contains("copy the whole line that `fairlead token create` printed");

            var again = join(machine, used);
            assertThat(again.exit()).isEqualTo(77);
            assertThat(again.err())
                    .contains("used-token")
                    .contains("admitted as many nodes as it may")
                    .contains("fairlead token create");

            String late = lab.enrolmentToken(Lab.TENANT);
            lab.hub()
                    .services()
                    .database()
                    .useTenant(
                            lab.tenantId(Lab.TENANT),
                            tx ->
                                    tx.handle()
                                            .execute(
                                                    "update enrolment_token set expires_at = now() - interval '1 minute' where uses_left = 1"));
            var expired = join(machine, late);
            assertThat(expired.exit()).isEqualTo(77);
            assertThat(expired.err()).contains("expired-token").contains("past its time");

            var token = EnrolmentToken.parse(lab.enrolmentToken(Lab.TENANT));
            var unknown =
                    new EnrolmentToken(token.root(), Secret.of(new byte[32]), token.hubs()).text();
            assertThat(join(machine, unknown).err()).contains("knows no such enrolment token");

            // Of another deployment, whose hub was at this address before.
            var other = Fingerprint.ofHash(new byte[32]);
            var foreign = new EnrolmentToken(other, token.secret(), token.hubs()).text();
            var refused = join(machine, foreign);
            assertThat(refused.exit()).isEqualTo(69);
            assertThat(refused.err())
                    .contains(other.toString())
                    .contains(lab.hub().fingerprint().toString());
        }
    }

    @Test
    void hubsThatAreNotThere() throws Exception {
        try (var silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                var tries = Executors.newVirtualThreadPerTaskExecutor()) {
            var hubs = new LinkedHashMap<URI, String>();
            hubs.put(URI.create("https://no-such-hub.invalid:8484"), "does not resolve");
            hubs.put(URI.create("https://127.0.0.1:" + Lab.freePort()), "refused the connection");
            hubs.put(
                    URI.create("https://127.0.0.1:" + silent.getLocalPort()),
                    "did not finish the TLS handshake within 10 s");
            List<Callable<Ran>> all = new ArrayList<>();
            for (var hub : hubs.keySet()) {
                all.add(() -> joinAt(hub));
                all.add(() -> loginAt(hub));
            }
            var ran = tries.invokeAll(all);
            int next = 0;
            for (var expected : hubs.values()) {
                var join = ran.get(next++).get();
                assertThat(join.exit()).as(join.err()).isEqualTo(69);
                assertThat(join.err()).contains(expected).doesNotContain("Exception");
                var login = ran.get(next++).get();
                assertThat(login.exit()).as(login.err()).isEqualTo(7);
                assertThat(login.err()).contains(expected).doesNotContain("Exception");
            }
        }
    }

    private static Ran joinAt(URI hub) throws Exception {
        String token = withHub(lab.enrolmentToken(Lab.TENANT), hub);
        try (var machine =
                new LabMachine(folder.resolve("at-" + hub.getHost() + hub.getPort()), Map.of())) {
            return join(machine, token);
        }
    }

    private static Ran loginAt(URI hub) throws Exception {
        try (var person = new LabCli(folder.resolve("home-" + hub.getHost() + hub.getPort()))) {
            return person.run(
                    Lab.PASSWORD,
                    "login",
                    hub + "#" + lab.hub().fingerprint(),
                    "--user",
                    "admin",
                    "--password-stdin");
        }
    }

    @Test
    void aHubWithAnotherIdentity() throws Exception {
        try (var person = new LabCli(folder.resolve("home-other"))) {
            String expected = "ab".repeat(32);
            var ran =
                    person.run(
                            Lab.PASSWORD,
                            "login",
                            lab.hub().url() + "#" + expected,
                            "--user",
                            "admin",
                            "--password-stdin");
            assertThat(ran.exit()).isEqualTo(7);
            assertThat(ran.err())
                    .contains(expected)
                    .contains(lab.hub().fingerprint().toString())
                    .contains("If the hub was set up anew");
        }
    }

    /// Refused, denied by the node's owner, silent: three causes, three sentences.
    @Test
    void targetsThatCannotBeReached() throws Exception {
        var node = lab.agent(Lab.TENANT, "targets");
        try (var full = new FullBacklog()) {
            int closed = Lab.freePort();
            var process =
                    admin.fairlead(
                                    "forward",
                                    node.name(),
                                    "0:127.0.0.1:" + closed,
                                    "0:192.0.2.7:80",
                                    "0:127.0.0.1:" + full.port())
                            .redirectError(folder.resolve("forward.err").toFile())
                            .start();
            try {
                var lines = process.inputReader();
                for (int i = 0; i < 3; i++) {
                    String line = lines.readLine();
                    int port = Integer.parseInt(line.replaceAll(".*127.0.0.1:(\\d+) for.*", "$1"));
                    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                        await().atMost(Duration.ofSeconds(30)).until(() -> isOver(socket));
                    }
                }
                var said = folder.resolve("forward.err");
                // The sockets may end before the last line is written.
                await().until(() -> Files.readAllLines(said).size() >= 3);
                assertThat(Files.readAllLines(said))
                        .satisfiesExactly(
                                refused ->
                                        assertThat(refused)
                                                .contains("target-refused")
                                                .contains("refused"),
                                denied ->
                                        assertThat(denied)
                                                .contains("denied-by-node")
                                                .contains("192.0.2.7"),
                                silent ->
                                        assertThat(silent)
                                                .contains("target-timeout")
                                                .contains("got no answer"));
            } finally {
                process.destroy();
                assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            }
        }

        node.close();
        node.awaitOffline();
        var offline = admin.fails("exec", node.name(), "--", "true");
        assertThat(offline.exit()).isEqualTo(6);
        assertThat(offline.err())
                .containsPattern(node.name() + " is offline since 20\\d\\d-\\d\\d-\\d\\d \\d\\d:")
                .contains("fairlead nodes --watch");
    }

    private static boolean isOver(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void keysThatTheConfigurationDoesNotKnow() throws Exception {
        try (var machine = new LabMachine(folder.resolve("typo"), Map.of())) {
            Files.writeString(machine.config(), "profile: node\nlogin: [root]\n");
            for (var command : List.of("run", "join")) {
                var ran = machine.agent(lab.enrolmentToken(Lab.TENANT) + "\n", arguments(command));
                assertThat(ran.exit()).as(ran.err()).isEqualTo(78);
                assertThat(ran.err())
                        .contains("agent.yaml line 2: unknown key \"login\"")
                        .contains("did you mean \"logins\"?");
            }
        }
    }

    private static String[] arguments(String command) {
        return command.equals("join") ? new String[] {"join", "-"} : new String[] {command};
    }

    @Test
    void namesThatAreNone() throws Exception {
        for (String name : List.of(ESCAPE + "[31mred\u202e", "../../etc")) {
            for (var ran :
                    List.of(
                            admin.fails("tenant", "create", name),
                            admin.fails("--tenant", name, "nodes"))) {
                assertThat(ran.exit()).as(ran.err()).isEqualTo(2);
                assertThat(ran.err()).doesNotContain(ESCAPE).doesNotContain("\u202e");
            }
        }
    }

    /// Fresh connections to it are neither taken nor refused.
    private static final class FullBacklog implements AutoCloseable {

        private final ServerSocket listener =
                new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        private final List<SocketChannel> waiting = new ArrayList<>();

        FullBacklog() throws IOException {
            for (int i = 0; i < 8; i++) {
                var one = SocketChannel.open();
                one.configureBlocking(false);
                one.connect(new InetSocketAddress(listener.getInetAddress(), port()));
                waiting.add(one);
            }
        }

        int port() {
            return listener.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            for (var one : waiting) {
                one.close();
            }
            listener.close();
        }
    }
}
