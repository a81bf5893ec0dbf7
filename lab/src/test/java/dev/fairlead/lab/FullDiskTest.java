package dev.fairlead.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fairlead.hub.Rejected;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A disk that is full, at the hub and at a machine: said so, nothing half done, and everything
/// goes on when there is room again. Needs root, to mount a small disk.
@Timeout(240)
class FullDiskTest {

    @TempDir Path folder;

    @BeforeEach
    void passable() throws IOException {
        // PostgreSQL's user goes through to its own folder.
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void atTheHub() throws Exception {
        try (var disk = new SmallDisk(folder.resolve("hub-disk"), "256m")) {
            var lab = new Lab(Files.createDirectory(disk.path.resolve("lab")));
            try {
                var admin = lab.cli("admin");
                disk.fill();
                // Until the tables' files would have to grow.
                String never = "";
                for (int i = 0; never.isEmpty() && i < 3_000; i++) {
                    try {
                        lab.tenant("t" + i);
                    } catch (Rejected e) {
                        assertThat(e.code()).isEqualTo(Rejected.Code.UNAVAILABLE);
                        never = "t" + i;
                    }
                }
                assertThat(never).isNotEmpty();

                await().atMost(Duration.ofSeconds(60))
                        .untilAsserted(() -> {
                            var refused = admin.fails("tenant", "create", "never");
                            assertThat(refused.exit()).isEqualTo(7);
                            assertThat(refused.err())
                                    .contains("disk of the hub's database is full")
                                    .contains("make room");
                        });
                var ready = ready(lab);
                assertThat(ready.statusCode()).isEqualTo(503);
                assertThat(ready.body()).contains("MiB are free");

                disk.free();
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> admin.fails("tenant", "create", "after").exit() == 0);
                assertThat(admin.ok("tenant", "ls"))
                        .contains("after")
                        .doesNotContain("never")
                        .doesNotContain(never + " ");
                assertThat(ready(lab).statusCode()).isEqualTo(200);
            } finally {
                lab.close();
            }
        }
    }

    private static HttpResponse<String> ready(Lab lab) throws Exception {
        try (var client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(
                                    URI.create(
                                            "http://127.0.0.1:"
                                                    + lab.hub().bound().observe()
                                                    + "/readyz"))
                            .build(),
                    BodyHandlers.ofString());
        }
    }

    @Test
    void atAMachine() throws Exception {
        try (var lab = new Lab(Files.createDirectory(folder.resolve("lab")));
                var disk = new SmallDisk(folder.resolve("disk"), "256k");
                var machine = new LabMachine(disk.path.resolve("machine"), Map.of())) {
            Files.writeString(machine.config(), "profile: node\n");
            String token = lab.enrolmentToken(Lab.TENANT);
            disk.fill();

            var full = machine.agent(token + "\n", "join", "-");

            assertThat(full.exit()).as(full.toString()).isEqualTo(1);
            assertThat(full.err())
                    .contains("The disk is full: " + machine.state())
                    .contains("Make room")
                    .doesNotContain("Exception");
            assertThat(machine.state().resolve("state.json")).doesNotExist();

            disk.free();
            assertThat(machine.agent(token + "\n", "join", "-").ok()).contains("Joined");
        }
    }

    /// A disk in memory, mounted for as long as this is open.
    private static final class SmallDisk implements AutoCloseable {

        private final Path path;

        SmallDisk(Path path, String size) throws Exception {
            this.path = Files.createDirectories(path);
            boolean mounted =
                    run("mount", "-t", "tmpfs", "-o", "size=" + size + ",mode=755", "tmpfs") == 0;
            assumeTrue(mounted, "only root may mount a small disk");
        }

        private int run(String... command) throws Exception {
            var all = new java.util.ArrayList<>(List.of(command));
            all.add(path.toString());
            return new ProcessBuilder(all)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        }

        void fill() throws IOException {
            try (OutputStream out = Files.newOutputStream(path.resolve("filler"))) {
                byte[] block = new byte[4096];
                while (true) {
                    out.write(block);
                }
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("No space left on device");
            }
        }

        void free() throws IOException {
            Files.delete(path.resolve("filler"));
        }

        @Override
        public void close() throws Exception {
            await().atMost(Duration.ofSeconds(30)).until(() -> run("umount") == 0);
        }
    }
}
