package dev.fairlead.agent.ssh;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fairlead.agent.login.Login;
import dev.fairlead.agent.login.TemporaryUsers;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// An agent that runs as root, and logins that are not root: what they try and must not reach.
@Timeout(180)
@SuppressWarnings("NullAway.Init")
class SshSecurityTest {

    @TempDir private Path dir;
    private TemporaryUsers users;
    private Login mallory;
    private Login alice;
    private SshLab lab;
    private Path key;

    @BeforeEach
    void start() throws Exception {
        users = new TemporaryUsers();
        mallory = users.add();
        alice = users.add();
        lab = lab(new FileServer());
        key = dir.resolve("ssh_host_key");
        lab.login(mallory.name());
        // The login may pass to the files, whose own permissions are what protects them.
        Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private SshLab lab(FileServer files) throws Exception {
        return new SshLab(
                dir,
                List.of(mallory.name(), alice.name()),
                Optional::empty,
                files,
                List.of("ssh", "loopback"));
    }

    @AfterEach
    void stop() throws Exception {
        if (lab != null) {
            lab.close();
        }
        if (users != null) {
            users.close();
        }
    }

    private void isRefused(SshLab.Outcome outcome, Path secret) throws Exception {
        assertThat(outcome.code()).isNotZero();
        assertThat(outcome.err()).containsIgnoringCase("permission denied");
        String start = Files.readString(secret, UTF_8).substring(0, 20);
        assertThat(outcome.text()).doesNotContain(start);
    }

    @Test
    void theLoginIsWhoActs() throws Exception {
        var outcome =
                lab.ssh("node", "id -u; id -G; pwd; whoami; cat /proc/self/loginuid >/dev/null");
        assertThat(outcome.text())
                .startsWith(
                        mallory.uid()
                                + "\n"
                                + mallory.gid()
                                + "\n"
                                + mallory.home()
                                + "\n"
                                + mallory.name()
                                + "\n");
        lab.login(alice.name());
        assertThat(lab.ssh("node", "whoami").text()).isEqualTo(alice.name() + "\n");
    }

    @Test
    void noSecretByExecOrShell() throws Exception {
        for (var secret : List.of(Path.of("/etc/shadow"), key)) {
            isRefused(lab.ssh("node", "cat " + secret), secret);
            isRefused(lab.ssh("node", "cp " + secret + " copy"), secret);
            try (var person = new Typist(lab.client("ssh", "-tt", "node"), 80, 24)) {
                person.type("cat " + secret + "; echo co''de $?; exit\n");
                person.sees("Permission denied");
                person.sees("code 1");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void noSecretBySftpOrScp(boolean openssh) throws Exception {
        if (!openssh) {
            lab.close();
            lab = lab(new FileServer(List.of(), dir.resolve("stage")));
            lab.login(mallory.name());
        }
        for (var secret : List.of(Path.of("/etc/shadow"), key)) {
            isRefused(sftp("get " + secret + " stolen"), secret);
            isRefused(sftp("ln " + secret + " link"), secret);
            isRefused(sftp("chmod 644 " + secret), secret);
            // A symbolic link may be made; what it leads to stays closed.
            isRefused(
                    sftp(
                            "ln -s " + secret + " " + secret.getFileName(),
                            "get " + secret.getFileName() + " stolen"),
                    secret);
            isRefused(lab.run(new byte[0], lab.client("scp", "node:" + secret, "stolen")), secret);
            isRefused(
                    lab.run(new byte[0], lab.client("scp", "-O", "node:" + secret, "stolen")),
                    secret);
            assertThat(lab.home.resolve("stolen")).doesNotExist();
            Files.writeString(lab.home.resolve("evil"), "evil");
            assertThat(sftp("put evil " + secret).code()).isNotZero();
            assertThat(sftp("rm " + secret).code()).isNotZero();
            assertThat(Files.readString(secret)).isNotEqualTo("evil");
        }
        // What it may do, it does as itself.
        var mine = mallory.home().resolve("mine");
        assertThat(sftp("put evil mine").err()).isEmpty();
        assertThat(Files.getAttribute(mine, "unix:uid", LinkOption.NOFOLLOW_LINKS))
                .isEqualTo(mallory.uid());
        assertThat(sftp("put evil " + alice.home() + "/evil").code()).isNotZero();
    }

    private SshLab.Outcome sftp(String... lines) throws Exception {
        return lab.run(
                (String.join("\n", lines) + "\n").getBytes(UTF_8),
                lab.client("sftp", "-b", "-", "node"));
    }

    @Test
    void noForwardedAgentOfAnotherLogin() throws Exception {
        var socket = dir.resolve("a.sock");
        var agent = lab.start(List.of("ssh-agent", "-D", "-a", socket.toString()), Map.of());
        var environment = Map.of("SSH_AUTH_SOCK", socket.toString());
        Process session = null;
        try {
            await().atMost(30, TimeUnit.SECONDS).until(() -> Files.exists(socket));
            lab.login(alice.name());
            session =
                    lab.start(
                            lab.client(
                                    "ssh",
                                    "-A",
                                    "node",
                                    "ssh-add -l; echo $SSH_AUTH_SOCK; sleep 600"),
                            environment);
            var lines = session.inputReader();
            assertThat(lines.readLine()).contains("no identities");
            String forwarded = lines.readLine();
            assertThat(forwarded).startsWith("/tmp/fairlead-agent-");
            lab.login(mallory.name());
            assertThat(lab.ssh("node", "SSH_AUTH_SOCK=" + forwarded + " ssh-add -l").err())
                    .contains("Permission denied");
            assertThat(lab.ssh("node", "ls " + Path.of(forwarded).getParent()).err())
                    .contains("Permission denied");
            assertThat(sftp("ls " + Path.of(forwarded).getParent()).code()).isNotZero();
            var local = dir.resolve("stolen.sock");
            var tunnel =
                    lab.start(
                            lab.client(
                                    "ssh",
                                    "-o",
                                    "LogLevel=INFO",
                                    "-N",
                                    "-L",
                                    local + ":" + forwarded,
                                    "node"),
                            Map.of());
            try {
                await().atMost(30, TimeUnit.SECONDS).until(() -> Files.exists(local));
                assertThat(
                                lab.run(
                                                new byte[0],
                                                List.of("ssh-add", "-l"),
                                                Map.of("SSH_AUTH_SOCK", local.toString()))
                                        .code())
                        .isNotZero();
            } finally {
                tunnel.destroy();
            }
        } finally {
            if (session != null) {
                session.destroy();
            }
            agent.destroy();
        }
    }

    /// A login that puts something else in the place of its agent's folder makes the agent, which
    /// is root, delete nothing but what is its own.
    @Test
    void theAgentsCleaningCannotBeLedAstray() throws Exception {
        var socket = dir.resolve("a.sock");
        var agent = lab.start(List.of("ssh-agent", "-D", "-a", socket.toString()), Map.of());
        var victim = Files.createDirectory(dir.resolve("victim"));
        Files.writeString(victim.resolve("agent.sock"), "precious");
        try {
            await().atMost(30, TimeUnit.SECONDS).until(() -> Files.exists(socket));
            var outcome =
                    lab.run(
                            new byte[0],
                            lab.client(
                                    "ssh",
                                    "-A",
                                    "node",
                                    "d=$(dirname $SSH_AUTH_SOCK); mv $d $HOME/old && ln -s "
                                            + victim
                                            + " $d && echo $d"),
                            Map.of("SSH_AUTH_SOCK", socket.toString()));
            var link = Path.of(outcome.text().strip());
            await().atMost(30, TimeUnit.SECONDS)
                    .until(() -> lab.service.sessions("sess_test").isEmpty());
            assertThat(victim.resolve("agent.sock")).hasContent("precious");
            Files.deleteIfExists(link);
        } finally {
            agent.destroy();
        }
    }

    @Test
    void noPrivilegedPortAndNoGuardedTarget() throws Exception {
        assertThat(
                        lab.ssh(
                                        "-o",
                                        "ExitOnForwardFailure=yes",
                                        "-R",
                                        "81:127.0.0.1:1",
                                        "node",
                                        "true")
                                .err())
                .contains("remote port forwarding failed");
        assertThat(lab.ssh("-o", "LogLevel=INFO", "-W", "169.254.169.254:80", "node").err())
                .contains("policy does not allow");
    }

    @Test
    void rightsAreNotLeftInTheLimitsGroupsOrDescriptors() throws Exception {
        var outcome =
                lab.ssh(
                        "node",
                        "grep -E '^(Cap(Inh|Prm|Eff|Amb)|Groups)' /proc/self/status; ls -l"
                                + " /proc/self/fd | grep -c -v -E 'total|pipe|/proc/|/dev/null'");
        assertThat(outcome.text().lines().filter(line -> line.startsWith("Cap")))
                .hasSize(4)
                .allMatch(line -> line.endsWith("0000000000000000"));
        assertThat(outcome.text()).endsWith("\n0\n");
    }

    /// As another local user sees it: while sessions run, nothing listens but what was asked for.
    @Test
    void theAgentListensOnNothingButAskedForPorts() throws Exception {
        long pid = ProcessHandle.current().pid();
        var before = Listeners.of(pid);
        assertThat(before).contains("127.0.0.1:" + lab.port);
        var sessions = new ArrayList<Process>();
        try (var target = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            sessions.add(
                    lab.start(lab.client("ssh", "-tt", "node", "echo up; sleep 600"), Map.of()));
            sessions.add(lab.start(lab.client("ssh", "node", "echo up; sleep 600"), Map.of()));
            for (var session : sessions) {
                assertThat(session.inputReader().readLine()).startsWith("up");
            }
            var forward =
                    lab.start(
                            lab.client(
                                    "ssh",
                                    "-o",
                                    "LogLevel=INFO",
                                    "-R",
                                    "0:127.0.0.1:" + target.getLocalPort(),
                                    "node",
                                    "sleep 600"),
                            Map.of());
            sessions.add(forward);
            String port = forward.errorReader().readLine().replaceAll("\\D*(\\d+) .*", "$1");
            var expected = new HashSet<>(before);
            expected.add("127.0.0.1:" + target.getLocalPort());
            expected.add("127.0.0.1:" + port);
            assertThat(Listeners.of(pid)).isEqualTo(expected);
            assertThat(Listeners.unix(pid)).isEmpty();
        } finally {
            sessions.forEach(Process::destroy);
        }
    }
}
