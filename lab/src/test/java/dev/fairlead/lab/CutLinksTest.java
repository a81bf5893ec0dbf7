package dev.fairlead.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A link is cut while a command, an SSH session and a forward run on it: the person is told, no
/// part is passed off as the whole, nothing is left running at the node, and all of it works again
/// without anybody's help. Resumption is switched off: what it makes of a cut is
/// [ResumedStreamsTest]'s.
@Timeout(120)
class CutLinksTest {

    private static final Duration AT_ONCE = Duration.ofSeconds(40);

    @TempDir static Path folder;
    private static Lab lab;
    private static FaultProxy agentsNetwork;
    private static FaultProxy clientsNetwork;
    private static LabAgent node;
    private static LabCli person;
    private static Forwarded forward;
    private static LabSessions sessions;

    @BeforeAll
    static void start() throws Exception {
        lab = new Lab(folder);
        sessions = new LabSessions(lab);
        agentsNetwork = lab.proxy();
        clientsNetwork = lab.proxy();
        node = lab.agent(Lab.TENANT, "node", agentsNetwork);
        person = lab.cli("admin", clientsNetwork).withoutResume();
        person.ok("ssh-config");
        forward = new Forwarded(person, node);
    }

    @AfterAll
    static void stop() throws Exception {
        try {
            forward.close();
        } finally {
            // Also where the start failed: nothing is left to run on without its folder.
            lab.close();
        }
    }

    @Test
    void theAgentsConnectionBreaks() throws Exception {
        long before = node.epoch();
        cutWhileAllRuns(agentsNetwork::reset);
        node.awaitLinkAfter(before);
        worksAgain();
    }

    @Test
    void theAgentsConnectionEnds() throws Exception {
        long before = node.epoch();
        cutWhileSomeRuns(agentsNetwork::finish);
        node.awaitLinkAfter(before);
        forward.awaitWorks();
    }

    @Test
    void theClientsConnectionsBreak() throws Exception {
        cutWhileAllRuns(clientsNetwork::reset);
        assertThat(sessions.endOf("tcp")).isEqualTo("link-lost");
        forward.program().awaitErr("The link is there again.");
        worksAgain();
    }

    @Test
    void theClientsConnectionsEnd() throws Exception {
        cutWhileSomeRuns(clientsNetwork::finish);
        forward.awaitWorks();
    }

    @Test
    void theHubStopsInOrderAndComesBack() throws Exception {
        long before = node.epoch();
        forward.awaitWorks();
        try (var exec = person.start("exec", node.name(), "--", "sh", "-c", "echo started; cat");
                var ssh = person.startSsh(node.host(), "echo started; cat");
                var connection = forward.connect()) {
            exec.awaitOut("started");
            ssh.awaitOut("started");

            lab.restartHub();

            assertThat(exec.exit(AT_ONCE)).isEqualTo(255);
            assertThat(exec.err()).contains("the hub is stopping").contains("Try again");
            assertThat(ssh.exit(AT_ONCE)).isEqualTo(255);
            assertThat(ssh.err()).contains("the hub is stopping");
            Forwarded.mustBreak(connection);
        }
        assertThat(sessions.endOf("exec")).isEqualTo("going-away");
        assertThat(sessions.endOf("ssh")).isEqualTo("going-away");
        node.awaitLinkAfter(before);
        worksAgain();
    }

    @Test
    void whatEndsInOrderIsRecordedSo() throws Exception {
        forward.awaitWorks();
        var started = Instant.now();
        assertThat(person.fails("exec", node.name(), "--", "sh", "-c", "exit 3").exit())
                .isEqualTo(3);
        try (var ssh = person.startSsh(node.host(), "exit 4")) {
            assertThat(ssh.exit(AT_ONCE)).isEqualTo(4);
        }
        try (var another = new Forwarded(person, node);
                var connection = another.connect()) {
            connection.shutdownOutput();
            assertThat(connection.getInputStream().read()).isEqualTo(-1);
            another.program().signal("INT");
            assertThat(another.program().exit(AT_ONCE)).isEqualTo(130);
        }
        for (String kind : new String[] {"exec", "ssh", "tcp"}) {
            await().atMost(AT_ONCE).until(() -> !sessions.newest(kind).isLive());
            assertThat(sessions.newest(kind).cause()).as(kind).isEqualTo("done");
            assertThat(sessions.newest(kind).started()).isAfter(started);
        }
    }

    /// The agent's link is up again before the cut, whatever test came before.
    private void cutWhileAllRuns(Runnable cut) throws Exception {
        forward.awaitWorks();
        var execPid = node.folder().resolve("exec.pid");
        var sshPid = node.folder().resolve("ssh.pid");
        try (var exec = person.start("exec", node.name(), "--", "sh", "-c", lasting(execPid));
                var ssh = person.startSsh(node.host(), lasting(sshPid));
                var connection = forward.connect()) {
            exec.awaitOut("started");
            ssh.awaitOut("started");

            cut.run();

            assertThat(exec.exit(AT_ONCE)).isEqualTo(255);
            assertThat(exec.err()).contains("link was lost").contains("Try again");
            assertThat(ssh.exit(AT_ONCE)).isEqualTo(255);
            assertThat(ssh.err()).contains("link was lost");
            Forwarded.mustBreak(connection);
            assertThat(forward.program().process().isAlive()).isTrue();
        }
        ended(execPid);
        ended(sshPid);
        assertThat(sessions.endOf("exec")).isEqualTo("link-lost");
        assertThat(sessions.endOf("ssh")).isEqualTo("link-lost");
    }

    /// The same without SSH, which takes its time.
    private void cutWhileSomeRuns(Runnable cut) throws Exception {
        forward.awaitWorks();
        var pid = node.folder().resolve("exec.pid");
        try (var exec = person.start("exec", node.name(), "--", "sh", "-c", lasting(pid));
                var connection = forward.connect()) {
            exec.awaitOut("started");
            cut.run();
            assertThat(exec.exit(AT_ONCE)).isEqualTo(255);
            assertThat(exec.err()).contains("link was lost");
            Forwarded.mustBreak(connection);
        }
        ended(pid);
        assertThat(sessions.endOf("exec")).isEqualTo("link-lost");
    }

    /// A shell that writes its process id to a file, and then lines without end.
    private static String lasting(Path pid) {
        return "echo $$ > " + pid + "; echo started; while echo more; do sleep 0.1; done";
    }

    private static void ended(Path pid) throws Exception {
        long id = Long.parseLong(Files.readString(pid).strip());
        await().atMost(AT_ONCE).until(() -> ProcessHandle.of(id).isEmpty());
    }

    private static void worksAgain() throws Exception {
        assertThat(person.ok("exec", node.name(), "--", "echo", "again")).isEqualTo("again\n");
        forward.awaitWorks();
    }
}
