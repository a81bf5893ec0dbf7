package dev.fairlead.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What the README's section "A machine that cannot be dialled" does: a machine behind a firewall
/// that gets nothing but the line of `fairlead token create`.
@Timeout(300)
class SecondMachineTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String INSTALLED = "/opt/fairlead/install.sh";
    private static final String KEY = "/var/lib/fairlead/agent/agent.key";

    @TempDir static Path folder;
    private static FarMachine machine;
    private static LabQuickstart hub;
    private static LabCli admin;

    @BeforeAll
    static void start() throws Exception {
        FarMachine.assumePossible();
        // First, for the hub's name is the address at this end of the cable.
        machine = FarMachine.start(folder.resolve("far"), FarMachine.NOBODY_GETS_IN);
        hub =
                LabQuickstart.start(
                        folder, List.of("--name", machine.near(), "--port", "0", "--no-agent"));
        admin = hub.cli();
    }

    @AfterAll
    static void stop() throws Exception {
        if (hub != null) {
            hub.close();
        }
        if (machine != null) {
            machine.close();
        }
    }

    /// Pastes the line as it was printed into a shell there.
    private static Programs.Ran paste(String line, Map<String, String> with) throws Exception {
        return Programs.run(
                machine.builder(with, "sh"), line.getBytes(StandardCharsets.UTF_8), PATIENCE);
    }

    private static boolean online(String node) throws Exception {
        return admin.ok("nodes")
                .lines()
                .anyMatch(line -> line.startsWith(node + " ") && line.contains(" online"));
    }

    private static void awaitOnline(String node) {
        await().atMost(Duration.ofSeconds(30)).until(() -> online(node));
    }

    private static long agentsPid() throws Exception {
        return Long.parseLong(machine.run("", "cat", "/run/fairlead-agent.pid").ok().strip());
    }

    @Test
    void onePastedLineMakesItANode() throws Exception {
        String line = admin.ok("token", "create");
        assertThat(line).contains("https://" + machine.near() + ":").contains("sha256sum -c");

        installs(line);
        String node = machine.name();
        awaitOnline(node);
        opensAShell(node);
        cannotBeDialled(node);
        isUpgraded(node, line);
        keepsItsNodeWhenATokenIsRefused(node);
        isUninstalled(node);
    }

    private static void installs(String line) throws Exception {
        String token = line.replaceFirst("(?s).* (flt_[A-Za-z0-9_-]+) .*", "$1");
        assertThat(token).startsWith("flt_").hasSizeGreaterThan(50);
        var installed = new CountDownLatch(1);
        var seen = CompletableFuture.supplyAsync(() -> seenInProcesses(token, installed));
        var ran = paste(line, Map.of());
        installed.countDown();
        ran.ok();

        assertThat(ran.out())
                .contains("agent.sh: OK")
                .contains("this machine is the node " + machine.name())
                .contains("installed and started");
        assertThat(seen.join()).as("the token stood in a list of processes").isFalse();
        machine.run("", "test", "-s", "/opt/fairlead/aot/agent.aot").ok();
        assertThat(machine.run("", "stat", "-c", "%a %U", KEY).ok()).isEqualTo("600 root\n");
        // Nothing of this machine's Java is used there.
        assertThat(machine.run("", "readlink", "/proc/" + agentsPid() + "/exe").ok())
                .isEqualTo("/opt/fairlead/runtime/bin/java\n");
    }

    private static boolean seenInProcesses(String text, CountDownLatch end) {
        try {
            while (!end.await(20, TimeUnit.MILLISECONDS)) {
                if (ProcessHandle.allProcesses()
                        .anyMatch(p -> p.info().commandLine().orElse("").contains(text))) {
                    return true;
                }
            }
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void opensAShell(String node) throws Exception {
        assertThat(admin.run("hostname; ip -brief address\n", "ssh", node).ok())
                .startsWith(machine.name() + "\n")
                .contains(machine.far() + "/30");
        // The same with a terminal, as a person has one.
        var terminal =
                admin.program(
                        "unset HISTFILE; tty; exit 3\n",
                        "script",
                        "-qec",
                        Programs.LAUNCHER + " ssh " + node,
                        "/dev/null");
        assertThat(terminal.out()).contains("/dev/pts/");
        assertThat(terminal.exit()).isEqualTo(3);
    }

    private static void cannotBeDialled(String node) throws Exception {
        // The agent itself never listens.
        assertThat(machine.run("", "ss", "-Hlntu").ok()).isEmpty();
        // Even what does listen there can be reached from within only.
        var listener =
                machine.builder(Map.of(), "openssl", "s_server", "-nocert", "-accept", "7777");
        var listening = listener.start();
        try {
            await().until(() ->
                    admin.run("", "exec", node, "--", "bash", "-c", "</dev/tcp/127.0.0.1/7777")
                                    .exit()
                            == 0);
            assertThatThrownBy(
                            () -> {
                                try (var socket = new Socket()) {
                                    socket.connect(
                                            new InetSocketAddress(machine.far(), 7777), 1_000);
                                }
                            })
                    .isInstanceOf(SocketTimeoutException.class);
        } finally {
            listening.descendants().forEach(ProcessHandle::destroy);
            listening.destroy();
        }
    }

    /// The line again: the old agent has ended before its files are replaced.
    private static void isUpgraded(String node, String line) throws Exception {
        long before = agentsPid();
        machine.run("", "kill", "-STOP", Long.toString(before)).ok();
        var running = CompletableFuture.supplyAsync(() -> pasted(line));
        // It has been told to end, and cannot yet.
        await().atMost(PATIENCE).until(() -> hasSignalPending(before));
        assertThat(running).isNotDone();
        machine.run("", "kill", "-CONT", Long.toString(before)).ok();
        running.get(2, TimeUnit.MINUTES).ok();

        assertThat(agentsPid()).isNotEqualTo(before);
        assertThat(machine.run("", "cat", "/var/log/fairlead-agent.log").ok())
                .doesNotContain("Another agent");
        awaitOnline(node);
        assertThat(admin.ok("nodes").lines().filter(l -> l.startsWith("far-"))).hasSize(1);
    }

    private static Programs.Ran pasted(String line) {
        try {
            return paste(line, Map.of());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean hasSignalPending(long pid) throws Exception {
        return machine.run("", "grep", "-E", "^ShdPnd:.*[1-9a-f]", "/proc/" + pid + "/status")
                        .exit()
                == 0;
    }

    /// Its own copy installs as well, and replaces itself.
    private static void keepsItsNodeWhenATokenIsRefused(String node) throws Exception {
        long before = agentsPid();
        var ran = machine.run("no-token\n", "sh", INSTALLED);
        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.err()).contains("enrolled nothing").contains("fairlead token create");
        assertThat(agentsPid()).isNotEqualTo(before);
        awaitOnline(node);
    }

    private static void isUninstalled(String node) throws Exception {
        machine.run("", "sh", INSTALLED, "--uninstall", "--purge").ok();
        assertThat(machine.changed()).isEmpty();
        assertThat(
                        machine.run(
                                        "",
                                        "find",
                                        "/proc",
                                        "-maxdepth",
                                        "2",
                                        "-name",
                                        "exe",
                                        "-lname",
                                        "/opt/fairlead/*")
                                .out())
                .isEmpty();
        assertThat(admin.ok("nodes")).doesNotContain(node);
    }
}
