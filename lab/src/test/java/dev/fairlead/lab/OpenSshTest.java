package dev.fairlead.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.cli.api.HubApi;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The programs of OpenSSH and what stands on them, unchanged, over the settings that the command
/// line writes.
@Timeout(300)
class OpenSshTest {

    private static final int SIZE = 30_000_000;

    @TempDir static Path folder;
    private static Lab lab;
    private static LabAgent node;
    private static LabCli admin;

    @BeforeAll
    static void start() throws Exception {
        lab = new Lab(folder);
        node = lab.agent(Lab.TENANT, "node");
        admin = lab.cli("admin");
        admin.ok("ssh-config");
    }

    @AfterAll
    static void stop() throws Exception {
        lab.close();
    }

    private static String config() {
        return admin.sshConfig().toString();
    }

    private static Path file(String name) throws Exception {
        byte[] bytes = new byte[SIZE];
        new Random(name.hashCode()).nextBytes(bytes);
        return Files.write(folder.resolve(name), bytes);
    }

    @Test
    void sshNeedsNoUserNameOfThisAccount() throws Exception {
        assertThat(admin.program("", "ssh", "-F", config(), node.host(), "id", "-un").ok().strip())
                .isEqualTo(System.getProperty("user.name"));
    }

    @Test
    void standardInputArrivesWhole() throws Exception {
        String text = "line\n".repeat(200_000);
        assertThat(admin.program(text, "ssh", "-F", config(), node.host(), "wc", "-c").ok().strip())
                .isEqualTo(Integer.toString(text.length()));
    }

    @Test
    void scpBothWaysKeepsEveryByte() throws Exception {
        var from = file("scp");
        var there = node.folder().resolve("scp-there");
        var back = folder.resolve("scp-back");
        admin.program("", "scp", "-F", config(), from.toString(), node.host() + ":" + there).ok();
        assertThat(Files.mismatch(from, there)).isEqualTo(-1);
        admin.program("", "scp", "-F", config(), node.host() + ":" + there, back.toString()).ok();
        assertThat(Files.mismatch(from, back)).isEqualTo(-1);
    }

    @Test
    void sftpAndRsync() throws Exception {
        var from = file("sftp");
        var there = node.folder().resolve("sftp-there");
        admin.program(
                        "put " + from + " " + there + "\n",
                        "sftp",
                        "-F",
                        config(),
                        "-b",
                        "-",
                        node.host())
                .ok();
        assertThat(Files.mismatch(from, there)).isEqualTo(-1);
        var synced = node.folder().resolve("rsync-there");
        admin.program(
                        "",
                        "rsync",
                        "-e",
                        "ssh -F " + config(),
                        from.toString(),
                        node.host() + ":" + synced)
                .ok();
        assertThat(Files.mismatch(from, synced)).isEqualTo(-1);
    }

    /// By its new name at once, though the node had a certificate for the old one.
    @Test
    void aRenamedNodeIsReachedByItsNewName() throws Exception {
        String name = node.name();
        try (var api = lab.api(lab.signIn("admin"))) {
            String path = HubApi.path("tenants", Lab.TENANT, "nodes", node.node().id().text());
            api.patch(path, Map.of("name", "renamed"));
            try {
                assertThat(
                                admin.program(
                                                "",
                                                "ssh",
                                                "-F",
                                                config(),
                                                "renamed." + Lab.TENANT + ".fairlead",
                                                "echo",
                                                "there")
                                        .ok())
                        .isEqualTo("there\n");
            } finally {
                api.patch(path, Map.of("name", name));
            }
        }
    }

    @Test
    void forwardReachesAPortOfTheNode() throws Exception {
        try (var target = new ServerSocket(0, 5, java.net.InetAddress.getLoopbackAddress())) {
            Thread.startVirtualThread(() -> {
                try {
                    while (true) {
                        var socket = target.accept();
                        socket.getOutputStream().write("hello from the target".getBytes());
                        socket.close();
                    }
                } catch (java.io.IOException e) {
                    // The test is over.
                }
            });
            int port = freePort();
            var forward =
                    admin.fairlead(
                                    "forward",
                                    node.name(),
                                    port + ":127.0.0.1:" + target.getLocalPort())
                            .redirectErrorStream(true)
                            .redirectOutput(folder.resolve("forward.log").toFile())
                            .start();
            try {
                org.awaitility.Awaitility.await()
                        .atMost(40, TimeUnit.SECONDS)
                        .ignoreExceptions()
                        .untilAsserted(() -> {
                            try (var socket = new Socket("127.0.0.1", port)) {
                                socket.setSoTimeout(10_000);
                                assertThat(new String(socket.getInputStream().readAllBytes()))
                                        .isEqualTo("hello from the target");
                            }
                        });
            } finally {
                forward.destroy();
                forward.waitFor(10, TimeUnit.SECONDS);
            }
        }
    }

    private static int freePort() throws Exception {
        try (var socket = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
