package dev.fairlead.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A machine that reaches nothing but HTTP proxies, and knows the hub by a name that only they can
/// resolve.
@Timeout(300)
@SuppressWarnings("NullAway.Init") // set before every test
class ThroughProxyTest {

    private static final String HUB = "hub.fairlead.test";
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir static Path folder;
    private static final Deque<AutoCloseable> closing = new ArrayDeque<>();
    private static FarMachine machine;
    private static LabProxy squid;
    private static LabProxy tinyproxy;
    private static LabProxy forbids;
    private static ServerSocket loginPage;
    private static LabQuickstart hub;
    private static String fingerprint;

    @BeforeAll
    static void start() throws Exception {
        FarMachine.assumePossible();
        machine = open(FarMachine.start(folder.resolve("far"), FarMachine.NOBODY_GETS_IN));
        var hosts =
                Files.writeString(
                        folder.resolve("hosts"),
                        "127.0.0.1 localhost\n" + machine.near() + " " + HUB + "\n");
        proxies(hosts);
        machine.run(onlyThese(), "nft", "-f", "-").ok();
        hub =
                open(
                        LabQuickstart.start(
                                folder,
                                Map.of("FAIRLEAD_JAVA_OPTS", "-Djdk.net.hosts.file=" + hosts),
                                List.of("--name", HUB, "--port", "0", "--no-agent")));
        fingerprint =
                Files.readString(folder.resolve("data/hub.log"))
                        .replaceFirst("(?s).*with fingerprint ([0-9a-f]{64}).*", "$1");
    }

    private static void proxies(Path hosts) throws Exception {
        var helper =
                Files.writeString(
                        folder.resolve("helper"),
                        """
                        #!/bin/sh
                        while read -r line; do
                          if [ "$line" = "me word" ]; then echo OK; else echo ERR; fi
                        done
                        """);
        assertThat(helper.toFile().setExecutable(true, false)).isTrue();
        assertThat(folder.toFile().setExecutable(true, false)).isTrue();
        squid =
                open(
                        LabProxy.squid(
                                folder.resolve("squid"),
                                machine.near(),
                                hosts,
                                """
                                auth_param basic program %s
                                auth_param basic children 1
                                acl known proxy_auth REQUIRED
                                http_access allow known
                                http_access deny all
                                """
                                        .formatted(helper)));
        tinyproxy =
                open(LabProxy.tinyproxy(folder.resolve("tinyproxy"), machine.near(), hosts, ""));
        forbids =
                open(
                        LabProxy.tinyproxy(
                                folder.resolve("forbids"), machine.near(), hosts, "ConnectPort 1"));
        loginPage = open(new ServerSocket(0, 10, InetAddress.ofLiteral(machine.near())));
        Thread.ofVirtual().start(ThroughProxyTest::serveLoginPage);
    }

    /// Whatever it is asked, it says 200 and shows its page.
    private static void serveLoginPage() {
        while (!loginPage.isClosed()) {
            try (var socket = loginPage.accept()) {
                socket.getInputStream().read(new byte[1]);
                socket.getOutputStream()
                        .write(
                                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html><h1>Welcome to the hotel</h1>please sign in</html>\n"
                                        .getBytes(StandardCharsets.US_ASCII));
                socket.shutdownOutput();
                socket.getInputStream().readAllBytes();
            } catch (IOException e) {
                // The next one.
            }
        }
    }

    private static String onlyThese() {
        return """
        table inet fw {
          chain out {
            type filter hook output priority 0; policy drop;
            oif lo accept
            ip daddr %s tcp dport { %d, %d, %d, %d } accept
          }
        }
        """
                .formatted(
                        machine.near(),
                        squid.port(),
                        tinyproxy.port(),
                        forbids.port(),
                        loginPage.getLocalPort());
    }

    private static <T extends AutoCloseable> T open(T part) {
        closing.push(part);
        return part;
    }

    @AfterAll
    static void stop() throws Exception {
        for (var part = closing.poll(); part != null; part = closing.poll()) {
            part.close();
        }
    }

    /// `fairlead ARGS...` on the far machine.
    private static Programs.Ran far(String stdin, String proxy, String... args) throws Exception {
        return Programs.run(builder(proxy, args), stdin.getBytes(StandardCharsets.UTF_8), PATIENCE);
    }

    private static ProcessBuilder builder(String proxy, String... args) {
        var command = new ArrayList<>(List.of(Programs.LAUNCHER.toString()));
        command.addAll(List.of(args));
        return machine.builder(
                Map.of("HTTPS_PROXY", proxy, "FAIRLEAD_HOME", "/root/far"),
                command.toArray(String[]::new));
    }

    /// `agent ARGS...` with files of its own, beside those of the installed one.
    private static String[] agent(String... args) {
        var all = new ArrayList<>(List.of("agent"));
        all.addAll(List.of(args));
        all.addAll(List.of("--config", "/root/far/agent.yaml", "--state", "/root/far/agent"));
        return all.toArray(String[]::new);
    }

    private static void awaitOnline(String node) {
        await().atMost(Duration.ofSeconds(30))
                .until(() ->
                        hub.cli()
                                .ok("nodes")
                                .lines()
                                .anyMatch(line ->
                                        line.startsWith(node + " ") && line.contains(" online")));
    }

    @Test
    void thePastedLineGoesThroughSquidWithAPassword() throws Exception {
        String line = hub.cli().ok("token", "create");
        assertThat(line).contains("https://" + HUB + ":");
        assertThat(machine.run("", "curl", "-sS", "--max-time", "2", "https://" + HUB).exit())
                .as("without a proxy")
                .isNotZero();

        Programs.run(
                        machine.builder(Map.of("HTTPS_PROXY", squid.url("me:word@")), "sh"),
                        line.getBytes(StandardCharsets.UTF_8),
                        PATIENCE)
                .ok();

        awaitOnline(machine.name());
        assertThat(hub.cli().ok("ssh", machine.name(), "hostname"))
                .isEqualTo(machine.name() + "\n");
        assertThat(squid.log()).contains("CONNECT " + HUB + ":");
        assertThat(machine.run("", "cat", "/etc/fairlead/agent.yaml").ok())
                .contains("url: " + squid.url(""))
                .contains("password-file: proxy-password")
                .doesNotContain("me:word");
        assertThat(machine.run("", "stat", "-c", "%a", "/etc/fairlead/proxy-password").ok())
                .isEqualTo("600\n");

        machine.run("", "sh", "/opt/fairlead/install.sh", "--uninstall", "--purge").ok();
    }

    @Test
    void agentAndCommandLineGoThroughTinyproxy() throws Exception {
        String line = hub.cli().ok("token", "create", "--join");
        String token = line.replaceFirst("(?s).*(flt_[A-Za-z0-9_-]+).*", "$1");
        String proxy = tinyproxy.url("");
        far(token + "\n", proxy, agent("join", "--token-stdin")).ok();
        var agent =
                builder(proxy, agent("run"))
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("agent.log").toFile())
                        .start();
        try {
            awaitOnline(machine.name());
            assertThat(tinyproxy.log()).contains(HUB);

            // From there, through the proxy to the hub, and through the hub back to itself.
            String apiToken = hub.cli().ok("api-token", "create", "far").strip();
            far(apiToken + "\n", proxy, "login", address(), "--token-stdin", "--tenant", "default")
                    .ok();
            assertThat(far("", proxy, "nodes").ok()).contains(machine.name());
            assertThat(far("", proxy, "exec", machine.name(), "--", "hostname").ok())
                    .isEqualTo(machine.name() + "\n");

            // The other proxies, with a command that is no sign-in.
            saysWhy(far("", squid.url(""), "nodes"), "407", "password");
            saysWhy(far("", squid.url("me:wrong@"), "nodes"), "407", "password");
            saysWhy(far("", forbids.url(""), "nodes"), "403");
            saysWhy(far("", loginPage(), "nodes"), "login page");
        } finally {
            agent.descendants().forEach(ProcessHandle::destroy);
            agent.destroy();
            far("", proxy, agent("leave")).ok();
        }
    }

    private static String address() throws IOException {
        return hub.row("Console") + "#" + fingerprint;
    }

    private static String loginPage() {
        return "http://" + machine.near() + ":" + loginPage.getLocalPort();
    }

    @Test
    void whatAProxyRefusesIsNamed() throws Exception {
        String line = hub.cli().ok("token", "create", "--join");
        String token = line.replaceFirst("(?s).*(flt_[A-Za-z0-9_-]+).*", "$1") + "\n";
        String[] join = agent("join", "--token-stdin");
        saysWhy(far(token, squid.url(""), join), "wants a user and a password (407)");
        saysWhy(far(token, squid.url("me:wrong@"), join), "password of user me (407)");
        saysWhy(far(token, forbids.url(""), join), "does not allow connections", "403");
        saysWhy(far(token, loginPage(), join), "login page");

        String[] login = {"login", address(), "--user", "admin", "--profile", "refused"};
        saysWhy(far("", squid.url(""), login), "wants a user and a password (407)");
        saysWhy(far("", forbids.url(""), login), "does not allow connections", "403");
        saysWhy(far("", loginPage(), login), "login page");
    }

    private static void saysWhy(Programs.Ran ran, String... words) {
        assertThat(ran.exit()).as(ran.toString()).isNotZero();
        assertThat(ran.err()).contains(words);
    }
}
