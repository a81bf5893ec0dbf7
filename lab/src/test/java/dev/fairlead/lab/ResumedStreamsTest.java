package dev.fairlead.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fairlead.cli.api.HubApi;
import dev.fairlead.hub.rbac.Logins;
import dev.fairlead.hub.rbac.Role;
import dev.fairlead.hub.rbac.Selector;
import dev.fairlead.link.LongRun;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Links are cut while a program, a shell, a copy of a large file and a connection run on them, and
/// all of it goes on as if nothing had been: the real programs, and every byte compared.
@Timeout(300)
class ResumedStreamsTest {

    private static final long LARGE = 32L << 20;

    /// What is copied over a hub that is restarted: 10 GiB with `-Dfairlead.long=true`.
    private static final long LARGEST = LongRun.isAsked() ? 10L << 30 : LARGE;

    private static final int THROUGH_PORT = 12 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration LONGEST = Duration.ofMinutes(20);
    private static final String VERA = "vera";

    @TempDir(factory = ShortFolder.class)
    static Path folder;

    private static Lab lab;
    private static FaultProxy agentsNetwork;
    private static FaultProxy clientsNetwork;
    private static LabAgent node;
    private static LabCli person;
    private static LabSessions sessions;

    @BeforeAll
    static void start() throws Exception {
        lab = new Lab(folder);
        sessions = new LabSessions(lab);
        agentsNetwork = lab.proxy();
        clientsNetwork = lab.proxy();
        node = lab.agent(Lab.TENANT, "node", agentsNetwork);
        person = lab.cli("admin", clientsNetwork);
        person.ok("ssh-config");
    }

    /// A file of so many bytes, made once.
    private static Path large(long size) throws IOException {
        var file = folder.resolve("large-" + size);
        if (!Files.exists(file)) {
            var random = new Random(4);
            byte[] chunk = new byte[1 << 20];
            try (var out = Files.newOutputStream(file)) {
                for (long written = 0; written < size; written += chunk.length) {
                    random.nextBytes(chunk);
                    out.write(chunk);
                }
            }
        }
        return file;
    }

    @AfterAll
    static void stop() throws Exception {
        lab.close();
    }

    private interface Cut {
        void now() throws Exception;
    }

    @Test
    void theClientsLinksAreCut() throws Exception {
        node.awaitOnline();
        allGoesOn(LARGE, clientsNetwork::reset, clientsNetwork::reset);
        endsAs("tcp", "done");
    }

    @Test
    void theAgentsLinkIsCut() throws Exception {
        node.awaitOnline();
        allGoesOn(LARGE, agentsNetwork::reset, agentsNetwork::finish);
        endsAs("tcp", "done");
    }

    @Test
    @Tag("long")
    @Timeout(2_400)
    void theHubIsRestartedAndThenDrained() throws Exception {
        LongRun.prove(
                "copy by scp while the hub is restarted, and drained",
                () -> {
                    node.awaitOnline();
                    long begun = System.nanoTime();
                    allGoesOn(LARGEST, lab::restartHub, ResumedStreamsTest::drainAndStart);
                    endsAs("tcp", "done");
                    return "%,d MiB in %d s, every byte the same"
                            .formatted(
                                    LARGEST >> 20,
                                    Duration.ofNanos(System.nanoTime() - begun).toSeconds());
                });
    }

    /// As its owner does it: the hub stops when that breaks nothing.
    private static void drainAndStart() throws Exception {
        var hub = lab.hub();
        var closed = hub.drained().thenRunAsync(hub::close);
        var drained =
                Programs.run(
                        Programs.builder(
                                Map.of("HOME", lab.folder().toString()),
                                List.of(
                                        Programs.LAUNCHER.toString(),
                                        "hub",
                                        "drain",
                                        "--data",
                                        lab.folder().resolve("hub").toString())),
                        new byte[0],
                        PATIENCE);
        assertThat(drained.ok())
                .contains("Draining: ")
                .contains(" 0 sessions would be cut")
                .contains("The hub has stopped");
        closed.get(60, TimeUnit.SECONDS);
        lab.startHub();
    }

    @Test
    void theHubIsKilled() throws Exception {
        long linked = node.linked();
        var inThisProcess = new AtomicBoolean();
        try (var hub = lab.hubAsProgram()) {
            await().atMost(PATIENCE).until(() -> node.linked() > linked);
            allGoesOn(
                    LARGE,
                    () -> {
                        hub.signal("KILL");
                        hub.exit(PATIENCE);
                        lab.startHub();
                        inThisProcess.set(true);
                    },
                    () -> {});
            endsAs("tcp", "done");
        } finally {
            if (!inThisProcess.get()) {
                lab.startHub();
            }
        }
    }

    /// A program, a shell, a copy and a connection, all of which are under way at the first cut.
    ///
    /// @param size of the copy; in the midst of a larger one both cuts strike
    private static void allGoesOn(long size, Cut first, Cut second) throws Exception {
        var copied = large(size);
        var copy = node.folder().resolve("copy");
        Files.deleteIfExists(copy);
        try (var exec = person.start("exec", node.name(), "--", "cat");
                var ssh = person.startSsh(node.host(), "cat");
                var forward = new Forwarded(person, node);
                var connection = forward.connect();
                var scp = copy(copied, copy)) {
            echoes(exec, "one");
            echoes(ssh, "one");
            var through = CompletableFuture.supplyAsync(() -> pump(connection));
            awaitSize(copy, size == LARGE ? 1 << 20 : size / 3);

            first.now();
            exec.type("two\n");
            ssh.type("two\n");
            exec.awaitErr("Resumed after");
            forward.program().awaitErr("Resumed after");
            exec.awaitOut("two");
            ssh.awaitOut("two");
            if (size != LARGE) {
                awaitSize(copy, size / 3 * 2);
            }
            second.now();
            echoes(exec, "three");
            echoes(ssh, "three");

            assertThat(through.get()).as("bytes that came back unchanged").isEqualTo(THROUGH_PORT);
            connection.shutdownOutput();
            assertThat(connection.getInputStream().read()).isEqualTo(-1);
            exec.process().outputWriter().close();
            ssh.process().outputWriter().close();
            assertThat(exec.exit(PATIENCE)).as(exec.err()).isZero();
            assertThat(ssh.exit(PATIENCE)).as(ssh.err()).isZero();
            assertThat(exec.out()).isEqualTo("one\ntwo\nthree\n");
            assertThat(ssh.out()).isEqualTo("one\ntwo\nthree\n");
            assertThat(scp.exit(size == LARGE ? Duration.ofMinutes(2) : LONGEST))
                    .as(scp.err())
                    .isZero();
            forward.program().signal("INT");
            assertThat(forward.program().exit(PATIENCE)).isEqualTo(130);
        }
        assertThat(sum(copy)).isEqualTo(sum(copied));
        endsAs("exec", "done");
        endsAs("ssh", "done");
    }

    /// The newest one: of a client that was killed in another test, the hub keeps a session for a
    /// while.
    private static void endsAs(String kind, String cause) {
        await().alias(kind).atMost(PATIENCE).until(() -> !sessions.newest(kind).isLive());
        assertThat(sessions.newest(kind).cause()).as(kind).isEqualTo(cause);
    }

    private static void echoes(Programs.Running cat, String word) throws Exception {
        cat.type(word + "\n");
        cat.awaitOut(word);
    }

    private static void awaitSize(Path copy, long size) {
        await().atMost(size > LARGE ? LONGEST : PATIENCE)
                .until(() -> Files.exists(copy) && Files.size(copy) > size);
    }

    /// Slow enough to be under way for a while.
    private static Programs.Running copy(Path from, Path to) throws Exception {
        return Programs.start(
                Programs.builder(
                        person.environment(),
                        List.of(
                                "scp",
                                "-F",
                                person.sshConfig().toString(),
                                "-o",
                                "ControlPath=none",
                                "-l",
                                Files.size(from) > LARGE ? "4000000" : "60000",
                                from.toString(),
                                node.host() + ":" + to)));
    }

    /// Sends pseudo-random bytes through a connection whose far end gives them back.
    ///
    /// @return how many came back as they were
    private static int pump(Socket connection) {
        byte[] sent = new byte[THROUGH_PORT];
        new Random(7).nextBytes(sent);
        Thread.startVirtualThread(() -> {
            try {
                for (int at = 0; at < sent.length; at += 64 * 1024) {
                    connection.getOutputStream().write(sent, at, 64 * 1024);
                    Thread.sleep(20);
                }
            } catch (IOException | InterruptedException e) {
                // The reader sees it.
            }
        });
        try {
            byte[] back = connection.getInputStream().readNBytes(sent.length);
            int same = java.util.Arrays.mismatch(sent, back);
            return same < 0 ? sent.length : same;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String sum(Path file) throws Exception {
        var digest = MessageDigest.getInstance("SHA-256");
        byte[] chunk = new byte[1 << 20];
        try (var in = Files.newInputStream(file)) {
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                digest.update(chunk, 0, n);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /// Nobody can tell a client that is gone for good from one that comes back, before the time is
    /// over.
    @Test
    void whatAKilledClientLeavesEndsAfterItsTime() throws Exception {
        var config = "profile: node\nresume: {within: 3s}\n";
        try (var hasty = LabAgent.join(lab, Lab.TENANT, folder.resolve("hasty"), config)) {
            hasty.run();
            var pid = hasty.folder().resolve("exec.pid");
            long program;
            try (var exec =
                    person.start(
                            "exec", hasty.name(), "--", "sh", "-c", "echo $$ > " + pid + "; cat")) {
                echoes(exec, "one");
                program = Long.parseLong(Files.readString(pid).strip());
                exec.signal("KILL");
                exec.exit(PATIENCE);
            }
            await().during(Duration.ofSeconds(1))
                    .atMost(PATIENCE)
                    .until(() -> ProcessHandle.of(program).isPresent());
            await().atMost(PATIENCE).until(() -> ProcessHandle.of(program).isEmpty());
        }
    }

    @Test
    void aRightThatIsWithdrawnMeanwhileEndsIt() throws Exception {
        node.awaitOnline();
        lab.user(Lab.TENANT, VERA, Role.OPERATOR, Selector.ALL, Logins.ANY);
        var network = lab.proxy();
        var vera = lab.cli(VERA + "@" + Lab.TENANT, network);
        var pid = node.folder().resolve("vera.pid");
        try (var exec =
                        vera.start(
                                "exec",
                                node.name(),
                                "--",
                                "sh",
                                "-c",
                                "echo $$ > " + pid + "; cat");
                var impatient = vera.start("exec", node.name(), "--", "cat");
                var admin = lab.api(lab.signIn("admin"))) {
            echoes(exec, "one");
            echoes(impatient, "one");
            network.blackHole();
            network.reset();
            exec.awaitErr("reconnecting");
            impatient.awaitErr("reconnecting");
            // Nothing can be told to the node now; the person need not wait until it can.
            impatient.signal("TERM");
            assertThat(impatient.exit(PATIENCE)).isEqualTo(255);
            assertThat(impatient.err()).contains("Broken off by the user while the link was lost");
            for (var grant :
                    admin.list(
                            HubApi.path("tenants", Lab.TENANT, "grants"),
                            dev.fairlead.cli.api.Query.of("user", VERA))) {
                admin.delete(
                        HubApi.path(
                                "tenants", Lab.TENANT, "grants", grant.path("id").asString("")));
            }
            long program = Long.parseLong(Files.readString(pid).strip());
            await().atMost(PATIENCE).until(() -> ProcessHandle.of(program).isEmpty());
            network.lift();
            // What was dialled into the hole meanwhile.
            network.reset();
            assertThat(exec.exit(PATIENCE)).isEqualTo(255);
            assertThat(exec.err()).contains("right");
            assertThat(exec.err()).doesNotContain("Resumed");
        }
        endsAs("exec", "right-ended");
    }
}
