package dev.fairlead.lab;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// An sshd of OpenSSH on the loopback, which knows one key: a machine that is no node.
final class LabSshd implements AutoCloseable {

    private final Path folder;
    private final int port;
    private final Programs.Running sshd;

    LabSshd(Path folder) throws Exception {
        this.folder = Files.createDirectories(folder);
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        keygen("host");
        keygen("key");
        Files.writeString(
                knownHosts(),
                "[127.0.0.1]:" + port + " " + Files.readString(folder.resolve("host.pub")));
        var config =
                Files.writeString(
                        folder.resolve("sshd_config"),
                        """
                        Port %d
                        ListenAddress 127.0.0.1
                        HostKey %s
                        AuthorizedKeysFile %s.pub
                        StrictModes no
                        UsePAM no
                        PermitRootLogin yes
                        PidFile none
                        """
                                .formatted(port, folder.resolve("host"), key()));
        if ("root".equals(System.getProperty("user.name"))) {
            // Where sshd leaves its privileges; the package's service makes it.
            Files.createDirectories(Path.of("/run/sshd"));
        }
        sshd =
                Programs.start(
                        Programs.builder(
                                Map.of(),
                                List.of("/usr/sbin/sshd", "-D", "-e", "-f", config.toString())));
        await().atMost(30, TimeUnit.SECONDS).until(this::answers);
    }

    private boolean answers() {
        try (var _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private void keygen(String name) throws Exception {
        var file = folder.resolve(name).toString();
        Programs.run(
                        Programs.builder(
                                Map.of(),
                                List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file)),
                        new byte[0],
                        Duration.ofSeconds(20))
                .ok();
    }

    int port() {
        return port;
    }

    /// The private key that it lets in.
    Path key() {
        return folder.resolve("key");
    }

    Path knownHosts() {
        return folder.resolve("known_hosts");
    }

    @Override
    public void close() {
        sshd.close();
    }
}
