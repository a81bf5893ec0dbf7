package dev.fairlead.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The disk of a node is copied, and both machines run.
@Timeout(240)
class CopiedMachineTest {

    @TempDir static Path folder;
    private static Lab lab;

    @BeforeAll
    static void start() throws Exception {
        lab = new Lab(folder);
    }

    @AfterAll
    static void stop() throws Exception {
        lab.close();
    }

    @Test
    void neitherKnocksTheOtherOffAndTheOperatorSeesAndSettlesIt() throws Exception {
        var original = lab.agent(Lab.TENANT, "original");
        var admin = lab.cli("admin");
        long first = original.epoch();
        try (var copy = new LabMachine(folder.resolve("copy"), Map.of())) {
            copyDisk(original.folder(), folder.resolve("copy"));
            var running = copy.run();
            original.awaitLinkAfter(first);
            long copys = original.epoch();

            // The original comes again, and is told why it may not.
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> Files.readString(original.log()).contains("cloned"));
            assertThat(original.command("", "status").out())
                    .contains("not linked")
                    .contains("the hub refused (cloned)")
                    .contains("agent join --new-identity");
            assertThat(original.epoch()).as("nobody was knocked off again").isEqualTo(copys);

            assertThat(admin.ok("node", "show", original.name()))
                    .contains("online")
                    .contains("another machine with this node's key");
            assertThat(admin.ok("audit", "--act", "node.copied")).contains(original.name());
            assertThat(admin.run("typed", "exec", original.name(), "--", "cat").ok())
                    .isEqualTo("typed");

            // The copy becomes a node of its own, and the original is back.
            assertThat(join(copy).exit()).as("while its agent runs").isNotZero();
            running.destroy();
            copy.ended(running);
            assertThat(join(copy).ok()).contains("Joined").doesNotContain(original.name() + " ");
            copy.run();
            await().atMost(Duration.ofSeconds(30))
                    .until(() ->
                            admin.ok("nodes").lines().filter(l -> l.contains("online")).count()
                                    >= 1);
            original.close();
            original.run();
            await().atMost(Duration.ofSeconds(60))
                    .until(() ->
                            admin.ok("nodes").lines().filter(l -> l.contains("online")).count()
                                    == 2);
        }
    }

    private static Programs.Ran join(LabMachine copy) throws Exception {
        return copy.agent(lab.enrolmentToken(Lab.TENANT) + "\n", "join", "--new-identity", "-");
    }

    private static void copyDisk(Path from, Path to) throws Exception {
        Programs.run(
                        new ProcessBuilder(
                                "cp", "-a", from + "/state", from + "/agent.yaml", to + "/"),
                        new byte[0],
                        Duration.ofSeconds(30))
                .ok();
        Files.deleteIfExists(to.resolve("state/lock"));
    }
}
