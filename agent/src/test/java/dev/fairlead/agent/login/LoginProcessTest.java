package dev.fairlead.agent.login;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoginProcessTest {

    private final List<LoginProcess> started = new ArrayList<>();

    @AfterEach
    void end() {
        started.forEach(p -> p.end(Duration.ZERO));
    }

    private LoginProcess start(Login login, String... argv) throws IOException {
        var process = LoginProcess.start(login, List.of(argv), Map.of("LC_ALL", "C.UTF-8"));
        started.add(process);
        return process;
    }

    private String output(Login login, String... argv) throws Exception {
        var process = start(login, argv);
        process.input().close();
        String out = new String(process.output().readAllBytes(), UTF_8);
        process.exit().get(30, TimeUnit.SECONDS);
        return out.strip();
    }

    @Test
    void hasAnEnvironmentOfItsOwn() throws Exception {
        var login = Login.ofAgent();
        assertThat(output(login, "env").lines().map(l -> l.replaceFirst("=.*", "")))
                .containsExactlyInAnyOrder(
                        "HOME", "USER", "LOGNAME", "SHELL", "PATH", "LANG", "LC_ALL");
        assertThat(output(login, "pwd")).isEqualTo(login.home().toRealPath().toString());
    }

    @Test
    void keepsStreamsApartAndTellsTheCode() throws Exception {
        var process = start(Login.ofAgent(), "sh", "-c", "cat; echo wrong >&2; exit 7");
        process.input().write("right".getBytes(UTF_8));
        process.input().close();
        assertThat(new String(process.output().readAllBytes(), UTF_8)).isEqualTo("right");
        assertThat(new String(process.errors().readAllBytes(), UTF_8)).isEqualTo("wrong\n");
        assertThat(process.exit().get(30, TimeUnit.SECONDS)).isEqualTo(7);
    }

    @Test
    void aMissingProgramIsSaid() throws Exception {
        var process = start(Login.ofAgent(), "no-such-program");
        assertThat(new String(process.errors().readAllBytes(), UTF_8)).contains("no-such-program");
        assertThat(process.exit().get(30, TimeUnit.SECONDS)).isEqualTo(127);
    }

    @Test
    void signalsReachTheProgram() throws Exception {
        var process = start(Login.ofAgent(), "sleep", "600");
        assertThat(process.signal("TERM")).isTrue();
        assertThat(process.exit().get(30, TimeUnit.SECONDS)).isEqualTo(128 + 15);
        assertThat(process.signal("NONSENSE")).isFalse();
    }

    /// Children in process groups of their own, or that ignore SIGHUP.
    @Test
    void endsTheWholeTree(@TempDir Path dir) throws Exception {
        var pids = dir.resolve("pids");
        var process =
                start(
                        Login.ofAgent(),
                        "bash",
                        "-c",
                        "set -m; nohup sleep 600 & p=$!; (trap '' HUP TERM; sleep 600; sleep 600) &"
                                + " q=$!; echo $p $q > "
                                + pids
                                + "; exit 3");
        assertThat(process.exit().get(30, TimeUnit.SECONDS)).isEqualTo(3);
        var children = Files.readString(pids).strip().split(" ");
        assertThat(children).hasSize(2).allMatch(LoginProcessTest::alive);
        process.end(Duration.ofMillis(200));
        assertThat(children).noneMatch(LoginProcessTest::alive);
    }

    /// While its leader lives: when that ends, the kernel itself ends the stopped ones.
    @Test
    void endsWhatIsStopped(@TempDir Path dir) throws Exception {
        var pids = dir.resolve("pids");
        var process =
                start(
                        Login.ofAgent(),
                        "bash",
                        "-c",
                        "sleep 600 & r=$!; kill -STOP $r; echo $r > " + pids + "; wait");
        await().until(() -> Files.exists(pids) && !Files.readString(pids).isBlank());
        String stopped = Files.readString(pids).strip();
        await().until(() -> Files.readString(Path.of("/proc", stopped, "stat")).contains(") T"));
        process.end(Duration.ofMillis(200));
        assertThat(alive(stopped)).isFalse();
    }

    private static boolean alive(String pid) {
        try {
            String stat = Files.readString(Path.of("/proc", pid, "stat"));
            return !stat.substring(stat.lastIndexOf(')')).startsWith(") Z");
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void aTerminalHasItsSizeModesAndType() throws Exception {
        var process =
                LoginProcess.start(
                        Login.ofAgent(),
                        List.of(
                                "/bin/sh",
                                "-c",
                                "stty size; stty -a; tty; echo $TERM; ls /proc/self/fd | tr '\\n' '"
                                        + " '; read x; stty size; exit 5"),
                        Map.of(),
                        new Terminal("vt220", 101, 37, Map.of(53, 0, 1, 24, 2, 255)));
        started.add(process);
        var reader = process.output();
        var text = new StringBuilder();
        var buffer = new byte[4096];
        while (!text.toString().contains("0 1 2 3 ")) {
            int n = reader.read(buffer);
            assertThat(n).as(text.toString()).isPositive();
            text.append(new String(buffer, 0, n, UTF_8));
        }
        // 3 is the folder that ls reads: nothing of the agent's was left open.
        assertThat(text.toString())
                .contains(
                        "37 101",
                        "-echo ",
                        "intr = ^X",
                        "quit = <undef>",
                        "/dev/pts/",
                        "vt220\r\n0 1 2 3 ");
        process.resize(80, 25);
        process.input().write('\n');
        process.input().flush();
        assertThat(new String(reader.readAllBytes(), UTF_8)).contains("25 80");
        assertThat(process.exit().get(30, TimeUnit.SECONDS)).isEqualTo(5);
    }

    @Test
    void endHangsATerminalUp() throws Exception {
        var process =
                LoginProcess.start(
                        Login.ofAgent(),
                        List.of("/bin/bash", "-i"),
                        Map.of(),
                        new Terminal("dumb", 80, 24, Map.of()));
        process.end();
        assertThat(process.exit().get(30, TimeUnit.SECONDS)).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-u", "0", "a b", "a:b", "a/../b", "no-such-login-here", "x;id"})
    void namesThatAreNoLoginAreRefused(String name) {
        assertThatThrownBy(() -> Login.lookUp(name)).isInstanceOf(LoginException.class);
    }

    @Test
    void runsWithTheRightsOfAnotherLogin() throws Exception {
        try (var users = new TemporaryUsers()) {
            var login = users.add();
            assertThat(login.own()).isFalse();
            assertThat(login.limits()).anyMatch(l -> l.startsWith("--nofile="));
            assertThat(output(login, "id", "-u")).isEqualTo("" + login.uid());
            assertThat(output(login, "id", "-G")).isEqualTo("" + login.gid());
            assertThat(output(login, "pwd")).isEqualTo(login.home().toString());
            assertThat(output(login, "cat", "/etc/shadow")).isEmpty();
            assertThat(
                            output(
                                            login,
                                            "grep",
                                            "-E",
                                            "^(Uid|Gid|Groups|Cap(Inh|Prm|Eff|Amb))",
                                            "/proc/self/status")
                                    .replaceAll("\\s+", " "))
                    .isEqualTo(
                            ("Uid: U U U U Gid: G G G G Groups: G CapInh: 0 CapPrm: 0 CapEff: 0"
                                            + " CapAmb: 0")
                                    .replaceAll("\\bU\\b", "" + login.uid())
                                    .replaceAll("\\bG\\b", "" + login.gid())
                                    .replace(": 0", ": 0000000000000000"));
            assertThat(output(login, "env").lines())
                    .contains("USER=" + login.name(), "HOME=" + login.home(), "LC_ALL=C.UTF-8")
                    .noneMatch(l -> l.startsWith("JAVA_HOME"));

            var terminal =
                    LoginProcess.start(
                            login,
                            List.of("/bin/sh", "-c", "test -O $(tty) && echo mine; id -u"),
                            Map.of(),
                            new Terminal("xterm", 80, 24, Map.of()));
            started.add(terminal);
            assertThat(new String(terminal.output().readAllBytes(), UTF_8))
                    .isEqualTo("mine\r\n" + login.uid() + "\r\n");
        }
    }

    @Test
    void aLoginWithoutHomeStartsInTheRootFolder() throws Exception {
        try (var users = new TemporaryUsers()) {
            var login = users.add();
            Files.setPosixFilePermissions(
                    login.home(), PosixFilePermissions.fromString("---------"));
            assertThat(output(login, "pwd")).isEqualTo("/");
        }
    }
}
