package dev.fairlead.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.fairlead.lab.Programs.Running;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What OpenSSH carries beside a shell: ports in both directions, a SOCKS proxy, another host
/// behind the node, the person's keys; and an editor, which needs most of that at once.
@Timeout(300)
@SuppressWarnings("NullAway.Init")
class SshPortsTest {

    private static final String PAGE = "a page that only the node reaches";

    @TempDir(factory = ShortFolder.class)
    static Path folder;

    private static Lab lab;
    private static LabAgent node;
    private static LabCli admin;
    private static HttpServer page;

    @BeforeAll
    static void start() throws Exception {
        lab = new Lab(folder);
        node = lab.agent(Lab.TENANT, "node");
        admin = lab.cli("admin");
        admin.ok("ssh-config");
        page = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        page.createContext(
                "/",
                exchange -> {
                    exchange.sendResponseHeaders(200, PAGE.length());
                    exchange.getResponseBody().write(PAGE.getBytes());
                    exchange.close();
                });
        page.start();
    }

    @AfterAll
    static void stop() throws Exception {
        page.stop(0);
        lab.close();
    }

    /// ssh with the person's configuration; the host last.
    private static List<String> ssh(String... options) {
        var argv = new ArrayList<>(List.of("ssh", "-F", admin.sshConfig().toString()));
        argv.addAll(List.of(options));
        return argv;
    }

    private static Running start(String... options) throws Exception {
        return Programs.start(Programs.builder(admin.environment(), ssh(options)));
    }

    private static String curl(String... arguments) throws Exception {
        var argv = new ArrayList<>(List.of("curl", "-sS", "--noproxy", "", "--max-time", "20"));
        argv.addAll(List.of(arguments));
        return admin.program("", argv.toArray(String[]::new)).out();
    }

    private static void servesThePage(String... arguments) {
        await().atMost(40, TimeUnit.SECONDS)
                .untilAsserted(() -> assertThat(curl(arguments)).isEqualTo(PAGE));
    }

    private static int pagePort() {
        return page.getAddress().getPort();
    }

    /// On one connection, as people with a long configuration have it.
    @Test
    void portsHereThereAndASocksProxy() throws Exception {
        int local = Lab.freePort();
        int remote = Lab.freePort();
        int socks = Lab.freePort();
        try (var _ =
                start(
                        "-N",
                        "-o",
                        "ExitOnForwardFailure=yes",
                        "-L",
                        local + ":127.0.0.1:" + pagePort(),
                        "-R",
                        remote + ":127.0.0.1:" + pagePort(),
                        "-D",
                        "" + socks,
                        node.host())) {
            servesThePage("http://127.0.0.1:" + local + "/");
            // The node is this machine: the port is the agent's.
            servesThePage("http://127.0.0.1:" + remote + "/");
            servesThePage(
                    "--proxy",
                    "socks5h://127.0.0.1:" + socks,
                    "http://127.0.0.1:" + pagePort() + "/");
        } finally {
            exitMaster();
        }
        assertThat(curl("http://127.0.0.1:" + local + "/")).isEmpty();
        await().atMost(30, TimeUnit.SECONDS)
                .untilAsserted(
                        () -> assertThat(curl("http://127.0.0.1:" + remote + "/")).isEmpty());
    }

    private static void exitMaster() throws Exception {
        admin.program("", ssh("-O", "exit", node.host()).toArray(String[]::new));
    }

    /// A host that only the node reaches, with an sshd of its own.
    @Test
    void aHostBehindTheNodeByJump() throws Exception {
        try (var sshd = new LabSshd(folder.resolve("sshd"))) {
            var ran =
                    admin.program(
                            "",
                            ssh(
                                            "-J",
                                            node.host(),
                                            "-p",
                                            "" + sshd.port(),
                                            "-i",
                                            sshd.key().toString(),
                                            "-o",
                                            "UserKnownHostsFile=" + sshd.knownHosts(),
                                            "-l",
                                            System.getProperty("user.name"),
                                            "127.0.0.1",
                                            "echo behind-$SSH_CONNECTION")
                                    .toArray(String[]::new));
            assertThat(ran.ok()).startsWith("behind-127.0.0.1 ");
        }
    }

    @Test
    void theAgentOfThePersonIsThereOnTheNode() throws Exception {
        // The path of a Unix socket is short.
        var dir = Files.createTempDirectory("fl-agent");
        var socket = dir.resolve("a").toString();
        var environment = new HashMap<>(admin.environment());
        environment.put("SSH_AUTH_SOCK", socket);
        try (var agent =
                Programs.start(
                        Programs.builder(environment, List.of("ssh-agent", "-D", "-a", socket)))) {
            await().atMost(30, TimeUnit.SECONDS).until(() -> Files.exists(Path.of(socket)));
            var key = folder.resolve("person-key");
            admin.program("", "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString())
                    .ok();
            run(environment, "ssh-add", "-q", key.toString());
            String here = run(environment, "ssh-add", "-l");
            assertThat(here).contains("ED25519");
            var with = ssh("-o", "ControlPath=none", "-A", node.host(), "ssh-add", "-l");
            assertThat(run(environment, with.toArray(String[]::new))).isEqualTo(here);
            var without = ssh("-o", "ControlPath=none", node.host(), "echo x$SSH_AUTH_SOCK");
            assertThat(run(environment, without.toArray(String[]::new))).isEqualTo("x\n");
            assertThat(agent.process().isAlive()).isTrue();
        } finally {
            Files.deleteIfExists(Path.of(socket));
            Files.delete(dir);
        }
    }

    private static String run(java.util.Map<String, String> environment, String... argv)
            throws Exception {
        return Programs.run(
                        Programs.builder(environment, List.of(argv)),
                        new byte[0],
                        Duration.ofMinutes(1))
                .ok();
    }

    /// What the remote extension of VS Code does: a shell without terminal whose standard input is
    /// a script that looks at the machine, unpacks a server, starts it behind itself and tells its
    /// port; then that port by the SOCKS proxy of the same connection.
    @Test
    void anEditorsServer() throws Exception {
        int socks = Lab.freePort();
        try (var editor =
                start("-T", "-D", "" + socks, "-o", "ConnectTimeout=60", node.host(), "bash")) {
            editor.type(
                    """
                    set -e
                    id=4f1c; echo "$id: running"
                    uname -rsv; id -un; test -n "$HOME"; command -v tar >/dev/null
                    dir=$(mktemp -d); cd "$dir"
                    echo %s | base64 -d | tar xzf -
                    nohup python3 -u -m http.server --bind 127.0.0.1 0 >server.log 2>&1 </dev/null &
                    for i in $(seq 100); do
                      port=$(sed -n 's/.*port \\([0-9]*\\).*/\\1/p' server.log); test -n "$port" && break; sleep 0.1
                    done
                    echo "$id: start"; echo "listeningOn==$port=="; echo "pid==$!=="; echo "dir==$dir=="; echo "$id: end"
                    """
                            .formatted(tar()));
            editor.awaitOut("4f1c: end");
            String port = between(editor.out(), "listeningOn==");
            await().atMost(30, TimeUnit.SECONDS)
                    .untilAsserted(() ->
                            assertThat(
                                            curl(
                                                    "--proxy",
                                                    "socks5h://127.0.0.1:" + socks,
                                                    "http://127.0.0.1:" + port + "/hello"))
                                    .isEqualTo("the editor's server\n"));
            // Another command beside it, on the connection that is there.
            assertThat(
                            run(
                                    admin.environment(),
                                    ssh(
                                                    node.host(),
                                                    "cat",
                                                    between(editor.out(), "dir==") + "/hello")
                                            .toArray(String[]::new)))
                    .isEqualTo("the editor's server\n");
            editor.type("kill " + between(editor.out(), "pid==") + "; rm -r \"$dir\"; exit 0\n");
            assertThat(editor.exit(Duration.ofSeconds(30))).isZero();
        } finally {
            exitMaster();
        }
    }

    private static String between(String text, String mark) {
        int at = text.indexOf(mark) + mark.length();
        return text.substring(at, text.indexOf("==", at));
    }

    /// A tar with one file, as base64 on one line.
    private static String tar() throws Exception {
        Files.writeString(folder.resolve("hello"), "the editor's server\n");
        return admin.program(
                        "",
                        "sh",
                        "-c",
                        "tar czf - -C \"$1\" hello | base64 -w0",
                        "sh",
                        folder.toString())
                .ok();
    }
}
