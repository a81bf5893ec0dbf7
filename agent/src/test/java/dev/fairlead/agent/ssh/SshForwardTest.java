package dev.fairlead.agent.ssh;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.fairlead.link.LinkEnd;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Forwarded connections and agents, by the real OpenSSH client.
@Timeout(120)
@SuppressWarnings("NullAway.Init")
class SshForwardTest {

    @TempDir private Path dir;
    private SshLab lab;
    private ServerSocket echo;

    @BeforeEach
    void start() throws Exception {
        lab = new SshLab(dir);
        echo = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.startVirtualThread(this::echo);
    }

    /// Says hello, then everything back until the other side's end, then bye.
    private void echo() {
        try {
            while (true) {
                var socket = echo.accept();
                Thread.startVirtualThread(() -> {
                    try (socket) {
                        socket.getOutputStream().write("hello ".getBytes(UTF_8));
                        socket.getInputStream().transferTo(socket.getOutputStream());
                        socket.getOutputStream().write(" bye".getBytes(UTF_8));
                    } catch (IOException e) {
                        // The other side went away.
                    }
                });
            }
        } catch (IOException e) {
            // The test is over.
        }
    }

    @AfterEach
    void stop() throws Exception {
        echo.close();
        lab.close();
    }

    private static byte[] random(int length) {
        var bytes = new byte[length];
        new Random(11).nextBytes(bytes);
        return bytes;
    }

    private static void isEcho(byte[] sent, byte[] received) {
        assertThat(received.length).isEqualTo(sent.length + 10);
        assertThat(Arrays.equals(received, 6, 6 + sent.length, sent, 0, sent.length)).isTrue();
        assertThat(new String(received, sent.length + 6, 4, UTF_8)).isEqualTo(" bye");
    }

    @Test
    void localForwardsCarryBothWaysWithHalfClose() throws Exception {
        var socket = dir.resolve("l.sock");
        var client =
                lab.start(
                        lab.client(
                                "ssh",
                                "-N",
                                "-L",
                                socket + ":127.0.0.1:" + echo.getLocalPort(),
                                "node"),
                        Map.of());
        try {
            await().atMost(30, TimeUnit.SECONDS).until(() -> Files.exists(socket));
            for (int i = 0; i < 3; i++) {
                try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                    channel.connect(UnixDomainSocketAddress.of(socket));
                    var sent = random(5_000_000);
                    var writer =
                            Thread.startVirtualThread(() -> {
                                try {
                                    var buffer = ByteBuffer.wrap(sent);
                                    while (buffer.hasRemaining()) {
                                        channel.write(buffer);
                                    }
                                    channel.shutdownOutput();
                                } catch (IOException e) {
                                    throw new UncheckedIOException(e);
                                }
                            });
                    isEcho(sent, Channels.newInputStream(channel).readAllBytes());
                    writer.join();
                }
            }
        } finally {
            client.destroy();
        }
    }

    /// A target takes an orderly end for the end of what it was sent.
    @Test
    void aCutLinkIsABreakForTheTarget() throws Exception {
        var near = dir.resolve("l.sock");
        try (var target = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            var client =
                    lab.start(
                            lab.client(
                                    "ssh",
                                    "-N",
                                    "-L",
                                    near + ":127.0.0.1:" + target.getLocalPort(),
                                    "node"),
                            Map.of());
            try {
                await().atMost(30, TimeUnit.SECONDS).until(() -> Files.exists(near));
                channel.connect(UnixDomainSocketAddress.of(near));
                channel.write(ByteBuffer.wrap("half of".getBytes(UTF_8)));
                try (var accepted = target.accept()) {
                    accepted.setSoTimeout(30_000);
                    assertThat(accepted.getInputStream().readNBytes(7)).hasSize(7);
                    lab.pair.acceptor.close(LinkEnd.CLOSED, "cut");
                    assertThatThrownBy(() -> accepted.getInputStream().read())
                            .isInstanceOf(SocketException.class)
                            .hasMessageContaining("reset");
                }
            } finally {
                client.destroyForcibly();
            }
        }
    }

    @Test
    void threeWaysNotToReachATarget() throws Exception {
        int closed;
        try (var gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = gone.getLocalPort();
        }
        assertThat(lab.ssh("-o", "LogLevel=INFO", "-W", "127.0.0.1:" + closed, "node").err())
                .contains("127.0.0.1:" + closed + " refused the node's connection");
        assertThat(lab.ssh("-o", "LogLevel=INFO", "-W", "10.1.2.3:22", "node").err())
                .contains("policy does not allow 10.1.2.3:22");
        assertThat(lab.ssh("-o", "LogLevel=INFO", "-W", "0.0.0.0:22", "node").err())
                .contains("unspecified address");
        assertThat(lab.ssh("-o", "LogLevel=INFO", "-W", "no-such-name.invalid:22", "node").err())
                .contains("no-such-name.invalid");
    }

    @Test
    void unixSocketsOfTheNodeAreRefusedClearly() throws Exception {
        var socket = dir.resolve("l.sock");
        var client =
                lab.start(
                        lab.client(
                                "ssh",
                                "-o",
                                "LogLevel=INFO",
                                "-N",
                                "-L",
                                socket + ":/var/run/docker.sock",
                                "node"),
                        Map.of());
        try {
            await().atMost(30, TimeUnit.SECONDS).until(() -> Files.exists(socket));
            try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                channel.connect(UnixDomainSocketAddress.of(socket));
                assertThat(client.errorReader().readLine())
                        .contains("Unix sockets of a node are not forwarded");
            }
        } finally {
            client.destroy();
        }
    }

    @Test
    void dynamicForwards() throws Exception {
        int port;
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        var client =
                lab.start(lab.client("ssh", "-N", "-D", "127.0.0.1:" + port, "node"), Map.of());
        try {
            var proxy = new Proxy(Proxy.Type.SOCKS, new InetSocketAddress("127.0.0.1", port));
            await().atMost(30, TimeUnit.SECONDS)
                    .ignoreExceptions()
                    .untilAsserted(() -> {
                        try (var socket = new Socket(proxy)) {
                            socket.setSoTimeout(30_000);
                            socket.connect(
                                    InetSocketAddress.createUnresolved(
                                            "localhost", echo.getLocalPort()));
                            var sent = random(100_000);
                            socket.getOutputStream().write(sent);
                            socket.shutdownOutput();
                            isEcho(sent, socket.getInputStream().readAllBytes());
                        }
                    });
        } finally {
            client.destroy();
        }
    }

    @Test
    void remoteForwardsOnLoopbackUntilTheSessionEnds() throws Exception {
        var client =
                lab.start(
                        lab.client(
                                "ssh",
                                "-o",
                                "LogLevel=INFO",
                                "-N",
                                "-R",
                                "*:0:127.0.0.1:" + echo.getLocalPort(),
                                "node"),
                        Map.of());
        try {
            String line = client.errorReader().readLine();
            var allocated = Pattern.compile("Allocated port (\\d+)").matcher(line);
            assertThat(allocated.find()).as(line).isTrue();
            int port = Integer.parseInt(allocated.group(1));
            assertThat(Listeners.of(ProcessHandle.current().pid()))
                    .contains("127.0.0.1:" + port)
                    .doesNotContain("0.0.0.0:" + port);
            for (int i = 0; i < 5; i++) {
                try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                    socket.setSoTimeout(30_000);
                    var sent = random(2_000_000);
                    Thread.startVirtualThread(() -> {
                        try {
                            socket.getOutputStream().write(sent);
                            socket.shutdownOutput();
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    });
                    isEcho(sent, socket.getInputStream().readAllBytes());
                }
            }
            client.destroy();
            await().atMost(30, TimeUnit.SECONDS)
                    .until(() ->
                            !Listeners.of(ProcessHandle.current().pid())
                                    .contains("127.0.0.1:" + port));
        } finally {
            client.destroy();
        }
    }

    @Test
    void aJumpHostIsANode() throws Exception {
        try (var inner = new SshLab(Files.createDirectory(dir.resolve("inner")))) {
            var config = dir.resolve("config");
            Files.writeString(
                    dir.resolve("known"),
                    "node "
                            + lab.hostKey.publicLine()
                            + "\ninner "
                            + inner.hostKey.publicLine()
                            + "\n");
            Files.writeString(
                    config,
                    """
                    Host *
                      HostName 127.0.0.1
                      User fairlead
                      UserKnownHostsFile %s
                      StrictHostKeyChecking yes
                      LogLevel ERROR
                    Host node
                      HostKeyAlias node
                      Port %d
                    Host inner
                      HostKeyAlias inner
                      Port %d
                    """
                            .formatted(dir.resolve("known"), lab.port, inner.port));
            var outcome =
                    lab.run(
                            new byte[0],
                            List.of(
                                    "ssh",
                                    "-F",
                                    config.toString(),
                                    "-J",
                                    "node",
                                    "inner",
                                    "echo there"));
            assertThat(outcome.err()).isEmpty();
            assertThat(outcome.text()).isEqualTo("there\n");
            await().untilAsserted(() -> assertThat(lab.ends).isNotEmpty());
        }
    }

    @Test
    void theForwardedAgentAnswersAndIsGoneAfterwards() throws Exception {
        var socket = dir.resolve("a.sock");
        var agent = lab.start(List.of("ssh-agent", "-D", "-a", socket.toString()), Map.of());
        var environment = Map.of("SSH_AUTH_SOCK", socket.toString());
        try {
            await().atMost(30, TimeUnit.SECONDS).until(() -> Files.exists(socket));
            lab.run(
                    new byte[0],
                    List.of(
                            "ssh-keygen",
                            "-q",
                            "-t",
                            "ed25519",
                            "-N",
                            "",
                            "-C",
                            "mine",
                            "-f",
                            "key"));
            assertThat(lab.run(new byte[0], List.of("ssh-add", "-q", "key"), environment).code())
                    .isZero();
            var outcome =
                    lab.run(
                            new byte[0],
                            lab.client(
                                    "ssh",
                                    "-A",
                                    "node",
                                    "ssh-add -L; echo $SSH_AUTH_SOCK; stat -c %a \"$(dirname"
                                            + " $SSH_AUTH_SOCK)\""),
                            environment);
            var lines = outcome.text().lines().toList();
            assertThat(lines).as(outcome.err()).hasSize(3);
            assertThat(lines.get(0))
                    .isEqualTo(Files.readString(lab.home.resolve("key.pub")).strip());
            assertThat(lines.get(2)).isEqualTo("700");
            var path = Path.of(lines.get(1));
            await().atMost(30, TimeUnit.SECONDS).until(() -> Files.notExists(path.getParent()));
        } finally {
            agent.destroy();
        }
    }

    @Test
    void aHostCertificateIsWhatStrictClientsTrust() throws Exception {
        try (var certified = certified("node.acme.fairlead")) {
            var authority = Files.readString(dir.resolve("ca.pub"));
            Files.writeString(
                    certified.home.resolve("known_hosts"),
                    "@cert-authority *.acme.fairlead " + authority);
            assertThat(alias(certified, "node.acme.fairlead").err()).isEmpty();
            assertThat(alias(certified, "node.acme.fairlead").text()).isEqualTo("in\n");
            assertThat(alias(certified, "other.acme.fairlead").err())
                    .contains("Host key verification failed");
        }
        // The same name with another node's key, which the authority has not signed.
        Files.writeString(
                lab.home.resolve("known_hosts"),
                "@cert-authority *.acme.fairlead " + Files.readString(dir.resolve("ca.pub")));
        assertThat(alias(lab, "node.acme.fairlead").err()).contains("Host key verification failed");
    }

    private SshLab.Outcome alias(SshLab at, String name) throws Exception {
        var argv = new ArrayList<>(at.client("ssh", "node", "echo in"));
        argv.replaceAll(argument ->
                argument.equals("HostKeyAlias=node") ? "HostKeyAlias=" + name : argument);
        return at.run(new byte[0], argv);
    }

    private SshLab certified(String principal) throws Exception {
        var node = Files.createDirectory(dir.resolve("certified"));
        var key = HostKey.loadOrMake(node.resolve("ssh_host_key"));
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(node.resolve("ssh_host_key"))))
                .isEqualTo("rw-------");
        Files.writeString(dir.resolve("host.pub"), key.publicLine() + "\n");
        keygen("-q", "-t", "ed25519", "-N", "", "-f", "ca");
        keygen("-q", "-s", "ca", "-I", "node", "-h", "-n", principal, "-V", "-5m:+1h", "host.pub");
        String certificate = Files.readString(dir.resolve("host-cert.pub")).strip();
        return new SshLab(
                node, List.of(), () -> Optional.of(certificate), new FileServer(), List.of("ssh"));
    }

    private void keygen(String... arguments) throws Exception {
        var argv = new ArrayList<>(List.of("ssh-keygen"));
        argv.addAll(List.of(arguments));
        var process = new ProcessBuilder(argv).directory(dir.toFile()).start();
        assertThat(process.waitFor()).isZero();
    }
}
