package dev.fairlead.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fairlead.hub.access.Session;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Each party is killed or frozen in the midst of what it does. What others see of it is never a
/// part that looks like the whole, what is recorded is what happened, and the next start goes on.
@Timeout(150)
class KilledPartiesTest {

    private static final Duration AT_ONCE = Duration.ofSeconds(40);

    /// The second, where the pool's connections wait for an answer.
    private static final String[] DATABASE_AWAY = {
        "cannot reach its database", "No connection to the hub's database"
    };

    @TempDir static Path folder;
    private static Lab lab;
    private static LabSessions sessions;
    private static FaultProxy network;
    private static LabAgent node;
    private static LabCli person;
    private static LabCli behindNetwork;

    @BeforeAll
    static void start() throws Exception {
        lab = new Lab(folder);
        sessions = new LabSessions(lab);
        network = lab.proxy();
        node = lab.agent(Lab.TENANT, "node");
        person = lab.cli("admin").withoutResume();
        behindNetwork = lab.cli("admin", network).withoutResume();
    }

    @AfterAll
    static void stop() throws Exception {
        lab.close();
    }

    @Test
    void theAgentIsKilled() throws Exception {
        long before = node.epoch();
        // A transfer that never ends: what came of it must not look whole.
        try (var transfer = person.start("exec", node.name(), "--", "cat", "/dev/zero")) {
            await().atMost(AT_ONCE).until(() -> transfer.out().length() > 1_000_000);
            node.signal("KILL");
            assertThat(transfer.exit(AT_ONCE)).isEqualTo(255);
            assertThat(transfer.err()).contains("link was lost");
        }
        await().atMost(AT_ONCE).until(() -> !node.node().isOnline());
        assertThat(sessions.endOf("exec")).isEqualTo("link-lost");
        var offline = person.fails("exec", node.name(), "--", "true");
        assertThat(offline.exit()).isEqualTo(6);
        assertThat(offline.err()).contains("offline since");

        node.run();
        assertThat(node.epoch()).isGreaterThan(before);
        worksAgain();
    }

    @Test
    void theAgentIsKilledAndFrozenDuringTheHandshake() throws Exception {
        var road = lab.proxy();
        var other = lab.agent(Lab.TENANT, "other", road);

        handshakes(other, road);
        other.signal("KILL");
        road.resume(FaultProxy.Way.DOWN);
        await().atMost(AT_ONCE).until(() -> road.connections() == 0);
        other.run();

        handshakes(other, road);
        other.signal("STOP");
        road.resume(FaultProxy.Way.DOWN);
        // The hub waits for no stranger for long.
        await().atMost(AT_ONCE).until(() -> road.halfEnded() == 1);
        assertThat(other.node().isOnline()).isFalse();
        other.signal("CONT");
        other.awaitOnline();
    }

    /// Starts an agent anew, which dials and hears nothing from the hub.
    private static void handshakes(LabAgent agent, FaultProxy road) throws Exception {
        agent.close();
        agent.awaitOffline();
        await().atMost(AT_ONCE).until(() -> road.connections() == 0);
        road.stall(FaultProxy.Way.DOWN);
        agent.start();
        await().atMost(AT_ONCE).until(() -> road.connections() == 1);
    }

    @Test
    void theCommandLineIsKilledWhileItSends() throws Exception {
        var file = node.folder().resolve("upload");
        var whole = node.folder().resolve("whole");
        var pid = node.folder().resolve("upload.pid");
        try (var upload =
                person.start(
                        "exec",
                        node.name(),
                        "--",
                        "sh",
                        "-c",
                        "echo $$ > " + pid + "; cat > " + file + " && mv " + file + " " + whole)) {
            upload.type("the first half".repeat(10_000));
            await().atMost(AT_ONCE).until(() -> Files.exists(file) && Files.size(file) > 0);
            upload.signal("KILL");
            upload.exit(AT_ONCE);
        }
        long program = Long.parseLong(Files.readString(pid).strip());
        await().atMost(AT_ONCE).until(() -> ProcessHandle.of(program).isEmpty());
        assertThat(whole).doesNotExist();
        assertThat(sessions.endOf("exec")).isEqualTo("link-lost");
        assertThat(node.node().isOnline()).isTrue();
    }

    @Test
    void theCommandLineIsKilledDuringTheHandshake() throws Exception {
        await().atMost(AT_ONCE).until(() -> network.connections() == 0);
        // TLS hears nothing from the hub: the dialler waits, and is killed as it does.
        network.stall(FaultProxy.Way.DOWN);
        try (var dialling = behindNetwork.start("exec", node.name(), "--", "true")) {
            await().atMost(AT_ONCE).until(() -> network.connections() == 1);
            assertThat(dialling.process().waitFor(1, TimeUnit.SECONDS)).isFalse();
            dialling.signal("KILL");
        } finally {
            network.resume(FaultProxy.Way.DOWN);
        }
        // Nothing of it is left at the hub.
        await().atMost(AT_ONCE).until(() -> network.connections() == 0);
        assertThat(behindNetwork.ok("exec", node.name(), "--", "echo", "again"))
                .isEqualTo("again\n");
    }

    @Test
    void theHubIsFrozenAndKilled() throws Exception {
        long linked = node.linked();
        try (var hub = lab.hubAsProgram()) {
            await().atMost(Duration.ofSeconds(60)).until(() -> node.linked() > linked);
            try (var exec = person.start("exec", node.name(), "--", "cat")) {
                exec.type("before\n");
                exec.awaitOut("before");

                hub.signal("STOP");
                try (var dialling = person.start("exec", node.name(), "--", "echo", "late")) {
                    assertThat(dialling.process().waitFor(3, TimeUnit.SECONDS)).isFalse();
                    exec.type("meanwhile\n");
                    hub.signal("CONT");
                    // A pause shorter than the peers' patience costs nothing but time.
                    assertThat(dialling.exit(AT_ONCE)).isZero();
                    assertThat(dialling.out()).isEqualTo("late\n");
                }
                exec.awaitOut("meanwhile");

                hub.signal("KILL");
                assertThat(exec.exit(AT_ONCE)).isEqualTo(255);
                assertThat(exec.err()).contains("link was lost");
            }
        } finally {
            // It finds the PostgreSQL that the killed hub left behind.
            lab.startHub();
        }
        assertThat(sessions.live("exec")).isEmpty();
        assertThat(sessions.all("exec"))
                .filteredOn(session -> String.valueOf(session.target()).contains("cat"))
                .first()
                .extracting(Session::cause)
                .isEqualTo("link-lost");
        node.awaitOnline();
        worksAgain();
    }

    @Test
    void theDatabaseIsFrozenAndKilled() throws Exception {
        var began = Instant.now();
        node.awaitOnline();
        long epoch = node.epoch();
        try (var finishing = person.start("exec", node.name(), "--", "cat");
                var lasting = person.start("exec", node.name(), "--", "cat")) {
            echoes(finishing, "one");
            echoes(lasting, "two");

            var frozen = postgres();
            frozen.signal("STOP");
            try {
                var api = person.fails("nodes");
                assertThat(api.exit()).isNotZero();
                assertThat(api.err()).containsAnyOf(DATABASE_AWAY);
                var link = person.fails("exec", node.name(), "--", "true");
                assertThat(link.exit()).isNotZero();
                assertThat(link.err()).containsAnyOf(DATABASE_AWAY);
                // What runs goes on, and ends as if nothing were.
                echoes(lasting, "three");
                finishing.process().outputWriter().close();
                assertThat(finishing.exit(AT_ONCE)).isZero();
            } finally {
                frozen.signal("CONT");
            }
            await().atMost(AT_ONCE).until(() -> lab.hub().services().database().answers());
            await().atMost(AT_ONCE).until(() -> sessions.live("exec").size() == 1);

            Programs.signal("KILL", postmaster());
            echoes(lasting, "four");
            await().atMost(AT_ONCE)
                    .ignoreExceptions()
                    .until(() -> !sessions.live("exec").isEmpty());
            assertThat(person.ok("nodes")).contains("online");
            lasting.process().outputWriter().close();
            assertThat(lasting.exit(AT_ONCE)).isZero();
        }
        await().atMost(AT_ONCE).until(() -> sessions.live("exec").isEmpty());
        assertThat(sessions.all("exec"))
                .filteredOn(session -> session.started().isAfter(began))
                .hasSize(2)
                .allSatisfy(session -> assertThat(session.cause()).isEqualTo("done"));
        assertThat(node.epoch()).as("the agent never lost its link").isEqualTo(epoch);
        worksAgain();
    }

    private static void echoes(Programs.Running cat, String word) throws Exception {
        cat.type(word + "\n");
        cat.awaitOut(word);
    }

    private static long postmaster() throws Exception {
        var file = lab.folder().resolve("hub/postgres/data/postmaster.pid");
        return Long.parseLong(Files.readAllLines(file).getFirst().strip());
    }

    /// All processes of the database.
    private record Processes(List<Long> pids) {
        void signal(String name) throws Exception {
            for (long pid : pids) {
                Programs.signal(name, pid);
            }
        }
    }

    private static Processes postgres() throws Exception {
        var first = ProcessHandle.of(postmaster()).orElseThrow();
        return new Processes(
                Stream.concat(Stream.of(first), first.children()).map(ProcessHandle::pid).toList());
    }

    private static void worksAgain() throws Exception {
        assertThat(person.ok("exec", node.name(), "--", "echo", "again")).isEqualTo("again\n");
    }
}
