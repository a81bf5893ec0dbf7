package dev.fairlead.agent.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fairlead.agent.login.Login;
import dev.fairlead.link.LinkEnd;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Commands without a terminal, by the real OpenSSH client.
@Timeout(120)
@SuppressWarnings("NullAway.Init")
class SshExecTest {

    private SshLab lab;

    @BeforeEach
    void start(@TempDir Path dir) throws Exception {
        lab = new SshLab(dir);
    }

    @AfterEach
    void stop() throws Exception {
        lab.close();
    }

    @Test
    void runsACommandAsTheLogin() throws Exception {
        var outcome = lab.ssh("node", "id -un; pwd; echo wrong >&2; exit 7");
        var own = Login.ofAgent();
        assertThat(outcome.err()).isEqualTo("wrong\n");
        assertThat(outcome.text()).isEqualTo(own.name() + "\n" + own.home().toRealPath() + "\n");
        assertThat(outcome.code()).isEqualTo(7);
    }

    @Test
    void carriesBytesAsTheyAre() throws Exception {
        var bytes = new byte[8 << 20];
        new Random(3).nextBytes(bytes);
        var outcome = lab.run(bytes, lab.client("ssh", "node", "cat"));
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out()).isEqualTo(bytes);
    }

    @Test
    void aProgramThatReadsNothingDoesNotHoldTheSessionUp() throws Exception {
        var outcome =
                lab.run(new byte[16 << 20], lab.client("ssh", "node", "sleep 0.3; echo done"));
        assertThat(outcome.text()).isEqualTo("done\n");
    }

    /// A program that outlives the SIGHUP for a moment must not see an end of its input either.
    @Test
    void aCutLinkIsNoEndOfInput() throws Exception {
        var pid = lab.dir.resolve("pid");
        var whole = lab.dir.resolve("whole");
        var client =
                lab.start(
                        lab.client(
                                "ssh",
                                "node",
                                "trap '' HUP; echo $$ > "
                                        + pid
                                        + "; cat > /dev/null; echo > "
                                        + whole),
                        Map.of());
        try {
            client.getOutputStream().write(new byte[60_000]);
            client.getOutputStream().flush();
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> Files.exists(pid) && Files.size(pid) > 1);
            var program =
                    ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).orElseThrow();
            lab.pair.acceptor.close(LinkEnd.CLOSED, "cut");
            await().until(() -> !program.isAlive());
            assertThat(whole).doesNotExist();
            assertThat(client.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(client.exitValue()).isEqualTo(255);
        } finally {
            client.destroyForcibly();
        }
    }

    @Test
    void aProgramEndedByASignalIsTold() throws Exception {
        assertThat(lab.ssh("node", "kill -TERM $$").code()).isEqualTo(128 + 15);
    }

    /// A client that has ended its input closes the channel when it sees the end of the output, and
    /// would lose the code if that came later.
    @Test
    void theExitCodeComesBeforeTheEndOfTheOutput() throws Exception {
        var outcome = lab.ssh("-o", "LogLevel=DEBUG2", "node", "exit 3");
        assertThat(outcome.code()).isEqualTo(3);
        assertThat(outcome.err()).containsSubsequence("rtype exit-status", "rcvd eof");
    }

    @Test
    void acceptsTheUsualEnvironmentOnly() throws Exception {
        var outcome =
                lab.run(
                        new byte[0],
                        lab.client("ssh", "-o", "SendEnv=*", "node", "env"),
                        Map.of(
                                "LC_ALL", "C.UTF-8",
                                "LC_TIME", "../../tmp/evil",
                                "LD_PRELOAD_X", "x",
                                "BASH_ENV", "/tmp/evil",
                                "COLORTERM", "truecolor"));
        assertThat(outcome.text().lines())
                .contains("LC_ALL=C.UTF-8", "COLORTERM=truecolor", "FAIRLEAD_USER=user_test")
                .noneMatch(line -> line.matches("(LC_TIME|LD_PRELOAD_X|BASH_ENV)=.*"));
    }

    @Test
    void aNameThatTheStreamIsNotForIsRefusedClearly() throws Exception {
        lab.user = "other";
        var outcome = lab.ssh("-o", "LogLevel=INFO", "node", "id");
        assertThat(outcome.code()).isEqualTo(255);
        assertThat(outcome.err()).contains("this session is for the login", "not for other");
        lab.user = Login.ofAgent().name();
        assertThat(lab.ssh("node", "echo in").text()).isEqualTo("in\n");
    }

    @Test
    void aLoginThatTheNodeDoesNotListIsRefused() throws Exception {
        lab.login("nobody");
        assertThat(lab.ssh("node", "id").code()).isEqualTo(255);
        assertThat(lab.ends).singleElement().asString().contains("denied-by-node", "nobody");
    }

    @Test
    void manyCommandsAtOnce() throws Exception {
        var outcomes =
                IntStream.range(0, 8)
                        .mapToObj(i ->
                                CompletableFuture.supplyAsync(() -> {
                                    try {
                                        return lab.ssh("node", "echo " + i).text();
                                    } catch (Exception e) {
                                        return e.toString();
                                    }
                                }))
                        .toList();
        for (int i = 0; i < 8; i++) {
            assertThat(outcomes.get(i).get()).isEqualTo(i + "\n");
        }
    }
}
