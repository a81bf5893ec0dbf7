package dev.fairlead.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Parties that fall silent without a word, by a network that swallows everything or because they
/// are frozen: the others know within 30 s, and all comes back when they do. All at the same time,
/// since each takes those seconds.
@Tag("long")
@Timeout(180)
class SilentPartiesTest {

    /// 30 s of `docs/protocol.md`, and what a busy machine adds: more where others have it too.
    private static final Duration KNOWN =
            Duration.ofSeconds(Boolean.getBoolean("fairlead.long") ? 33 : 60);

    private static final Duration BACK = Duration.ofSeconds(60);

    @TempDir static Path folder;
    private static Lab lab;
    private static LabSessions sessions;
    private static FaultProxy agentsNetwork;
    private static FaultProxy clientsNetwork;
    private static LabAgent unreachable;
    private static LabAgent frozen;
    private static LabAgent fine;
    private static LabCli near;
    private static LabCli far;

    @BeforeAll
    static void start() throws Exception {
        lab = new Lab(folder);
        sessions = new LabSessions(lab);
        agentsNetwork = lab.proxy();
        clientsNetwork = lab.proxy();
        unreachable = lab.agent(Lab.TENANT, "unreachable", agentsNetwork);
        frozen = lab.agent(Lab.TENANT, "frozen");
        fine = lab.agent(Lab.TENANT, "fine");
        near = lab.cli("admin").withoutResume();
        far = lab.cli("admin", clientsNetwork).withoutResume();
    }

    @AfterAll
    static void stop() throws Exception {
        lab.close();
    }

    @Test
    void silenceIsKnownOnBothSidesAndOver() throws Exception {
        var pid = folder.resolve("node-of-frozen-person.pid");
        long unreachableBefore = unreachable.epoch();
        long frozenBefore = frozen.epoch();
        int dialled = agentsNetwork.accepted();
        try (var throughHole = lasting(near, unreachable);
                var throughFrozen = lasting(near, frozen);
                var inHole = lasting(far, fine);
                var frozenPerson = near.start("exec", fine.name(), "--", "sh", "-c", marked(pid));
                var forward = new Forwarded(far, fine);
                var connection = forward.connect()) {
            for (var each :
                    new Programs.Running[] {throughHole, throughFrozen, inHole, frozenPerson}) {
                each.awaitOut("started");
            }

            long began = System.nanoTime();
            agentsNetwork.blackHole();
            clientsNetwork.blackHole();
            frozen.signal("STOP");
            frozenPerson.signal("STOP");
            var dialling = far.start("exec", fine.name(), "--", "true");

            // The hub knows of its agents, and tells people.
            for (var node : new LabAgent[] {unreachable, frozen}) {
                await().atMost(left(began)).until(() -> !node.node().isOnline());
                assertThat(node.node().link())
                        .extracting(link -> link == null ? "" : link.reason())
                        .isEqualTo("dead-peer");
            }
            assertThat(throughHole.exit(left(began))).isEqualTo(255);
            assertThat(throughFrozen.exit(left(began))).isEqualTo(255);
            assertThat(throughFrozen.err()).contains("link was lost");
            // The agent knows of its hub.
            await().atMost(left(began)).until(() -> agentsNetwork.accepted() > dialled);
            // The person behind the hole knows, and nothing looks complete.
            assertThat(inHole.exit(left(began))).isEqualTo(255);
            assertThat(inHole.err()).contains("nothing came for 25 s");
            Forwarded.mustBreak(connection);
            forward.program().awaitErr("dead-peer");
            // The hub knows of its clients, and ends what they left at the node.
            await().atMost(left(began)).until(() -> sessions.live("exec").isEmpty());
            assertThat(sessions.all("exec"))
                    .extracting(session -> session.cause())
                    .containsOnly("link-lost");
            long left = Long.parseLong(Files.readString(pid).strip());
            await().atMost(Duration.ofSeconds(30)).until(() -> ProcessHandle.of(left).isEmpty());

            var offline = near.fails("exec", unreachable.name(), "--", "true");
            assertThat(offline.exit()).isEqualTo(6);
            assertThat(offline.err()).contains("offline since");

            // Who began while nothing came through was told so.
            assertThat(dialling.exit(left(began))).isEqualTo(7);
            assertThat(dialling.err()).contains("TLS handshake within 10 s").contains("Try again");
            dialling.close();

            agentsNetwork.lift();
            clientsNetwork.lift();
            // A network that is back breaks off what it does not know; an agent that dialled into
            // the hole need not wait for its patience to end.
            agentsNetwork.reset();
            frozen.signal("CONT");
            frozenPerson.signal("CONT");

            assertThat(frozenPerson.exit(BACK)).isEqualTo(255);
            assertThat(frozenPerson.err()).contains("link was lost");
            frozen.awaitLinkAfter(frozenBefore);
            unreachable.awaitLinkAfter(unreachableBefore);
            forward.awaitWorks();
        }
        for (var node : new LabAgent[] {unreachable, frozen}) {
            assertThat(near.ok("exec", node.name(), "--", "echo", "again")).isEqualTo("again\n");
        }
    }

    private static Duration left(long began) {
        var left = KNOWN.minusNanos(System.nanoTime() - began);
        return left.isPositive() ? left : Duration.ofMillis(100);
    }

    private static Programs.Running lasting(LabCli person, LabAgent node) throws Exception {
        return person.start("exec", node.name(), "--", "sh", "-c", "echo started; sleep 300");
    }

    private static String marked(Path pid) {
        return "echo $$ > " + pid + "; echo started; exec sleep 300";
    }
}
