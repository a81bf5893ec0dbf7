package dev.fairlead.agent.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fairlead.link.StreamEnd;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A person at a terminal, by the real OpenSSH client.
@Timeout(120)
@SuppressWarnings("NullAway.Init")
class SshShellTest {

    @TempDir private Path dir;
    private SshLab lab;

    @BeforeEach
    void start() throws Exception {
        lab = new SshLab(dir);
    }

    @AfterEach
    void stop() throws Exception {
        lab.close();
    }

    private Typist shell(String... more) throws Exception {
        return new Typist(lab.client("ssh", more), 100, 30);
    }

    @Test
    void aShellOnATerminal() throws Exception {
        try (var person = shell("node")) {
            person.type("echo sum-$((20+3)) $TERM; shopt -q login_shell && echo log''in\n");
            person.sees("sum-23 xterm");
            person.sees("login");
            person.type("stty size; test $SSH_TTY = $(tty) && echo sa''me\n");
            person.sees("30 100");
            person.sees("same");
            person.resize(81, 24);
            await().atMost(30, TimeUnit.SECONDS)
                    .untilAsserted(() -> {
                        person.type("stty size\n");
                        person.sees("24 81");
                    });
            person.type("echo no''w; sleep 600\n");
            person.sees("now");
            person.type("\u0003");
            person.sees("^C");
            person.type("echo code-$?\n");
            person.sees("code-130");
            person.type("exit 5\n");
            assertThat(person.code()).isEqualTo(5);
        }
    }

    @Test
    void aCommandOnATerminal() throws Exception {
        try (var person = shell("-tt", "node", "test -t 0 && test -t 2 && echo tty; exit 4")) {
            person.sees("tty");
            assertThat(person.code()).isEqualTo(4);
        }
    }

    /// Input that ends at once must not cost the output of a program on a terminal.
    @Test
    void terminalsAreClosedButNotTooEarly() throws Exception {
        for (int i = 0; i < 5; i++) {
            var outcome = lab.ssh("-tt", "node", "seq 1 20000");
            assertThat(outcome.text().lines()).hasSize(20_000).last().isEqualTo("20000");
        }
        await().atMost(30, TimeUnit.SECONDS).until(() -> terminals() == 0);
    }

    private static long terminals() throws IOException {
        try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors
                    .filter(descriptor -> {
                        try {
                            return Files.readSymbolicLink(descriptor).endsWith("ptmx");
                        } catch (IOException e) {
                            return false;
                        }
                    })
                    .count();
        }
    }

    @Test
    void anEndIsToldOnTheTerminalWithinASecond() throws Exception {
        var pid = dir.resolve("pid");
        try (var person = shell("node")) {
            person.type("echo $$ > " + pid + "; sleep 601 & nohup sleep 602 & echo rea''dy\n");
            person.sees("ready");
            String shell = Files.readString(pid).strip();
            long before = System.nanoTime();
            lab.service
                    .sessions("sess_test")
                    .getFirst()
                    .end(StreamEnd.RIGHT_ENDED, "the right was withdrawn");
            assertThat(Duration.ofNanos(System.nanoTime() - before))
                    .isLessThan(Duration.ofSeconds(5));
            person.sees("fairlead: session ended: the right was withdrawn");
            assertThat(person.code()).isEqualTo(255);
            await().atMost(30, TimeUnit.SECONDS)
                    .until(() ->
                            Files.notExists(Path.of("/proc", shell)) && processes(shell).isEmpty());
        }
    }

    @Test
    void anEndIsToldToAClientWithoutTerminal() throws Exception {
        var client =
                lab.start(
                        lab.client("ssh", "-o", "LogLevel=INFO", "node", "echo up; sleep 600"),
                        Map.of());
        try {
            assertThat(client.inputReader().readLine()).isEqualTo("up");
            lab.service
                    .sessions("sess_test")
                    .getFirst()
                    .end(StreamEnd.ENDED_BY_OPERATOR, "an operator ended it");
            assertThat(client.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(new String(client.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
                    .contains("session ended: an operator ended it");
        } finally {
            client.destroyForcibly();
        }
    }

    @Test
    void aClientThatGoesAwayLeavesNoProcesses() throws Exception {
        var client =
                lab.start(
                        lab.client(
                                "ssh",
                                "node",
                                "trap '' HUP TERM; sleep 603 & echo $$; while :; do sleep 1; done"),
                        Map.of());
        try {
            String shell = client.inputReader().readLine();
            assertThat(processes(shell)).hasSizeGreaterThan(1);
            client.destroyForcibly();
            await().atMost(30, TimeUnit.SECONDS).until(() -> processes(shell).isEmpty());
        } finally {
            client.destroyForcibly();
        }
    }

    /// What lives in the Linux session of this leader.
    private static List<String> processes(String leader) throws IOException {
        try (var entries = Files.list(Path.of("/proc"))) {
            return entries.map(entry -> entry.getFileName().toString())
                    .filter(name -> name.matches("[0-9]+"))
                    .filter(name -> {
                        try {
                            String stat = Files.readString(Path.of("/proc", name, "stat"));
                            var rest = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
                            return rest[3].equals(leader) && !rest[0].equals("Z");
                        } catch (IOException e) {
                            return false;
                        }
                    })
                    .toList();
        }
    }
}
