package dev.fairlead.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `fairlead quickstart` and what can be wrong around it, with the real programs.
@Timeout(300)
class QuickstartTest {

    @TempDir Path folder;

    private static String quickstarts(LabCli cli, String... options) throws Exception {
        var ran =
                cli.fails(
                        Stream.concat(Stream.of("quickstart"), Arrays.stream(options))
                                .toArray(String[]::new));
        assertThat(ran.exit()).as(ran.toString()).isNotZero();
        assertThat(ran.err()).startsWith("fairlead quickstart: ");
        return ran.err();
    }

    @Test
    void startsAgainWithEverythingKeptAndTheUserSignedIn() throws Exception {
        String node;
        String port;
        try (var first = LabQuickstart.start(folder, List.of("--port", "0"))) {
            var cli = first.cli();
            node = first.row("Node").replaceFirst(",.*", "");
            assertThat(first.row("Password")).contains("shown now only");
            assertThat(cli.ok("nodes")).contains(node).contains(" online");
            assertThat(cli.ok("ssh", node, "echo", "here")).isEqualTo("here\n");

            // While it runs, nobody else can have its data or its port.
            String data = folder.resolve("data").toString();
            assertThat(quickstarts(cli, "--port", "0", "--data", data))
                    .contains(data)
                    .contains("Another hub works");
            port = first.row("Console").replaceFirst(".*:", "");
            assertThat(quickstarts(cli, "--port", port, "--data", folder + "/other"))
                    .contains("Port " + port)
                    .contains("--port N");
            assertThat(folder.resolve("other")).doesNotExist();

            // Signed out, as after 12 hours.
            cli.ok("logout");
            assertThat(cli.fails("nodes").exit()).isNotZero();
        }
        try (var again = LabQuickstart.start(folder, List.of("--port", port))) {
            assertThat(again.row("Password")).contains("shown at the first start");
            assertThat(again.cli().ok("nodes")).contains(node).contains(" online");
            Files.delete(again.cli().home().resolve("fairlead/profiles.yaml"));
        }
        try (var third = LabQuickstart.start(folder, List.of("--port", port))) {
            assertThat(third.cli().ok("nodes")).contains(node).contains(" online");
        }
    }

    @Test
    void aProfileOfAnotherHubIsLeftAsItIs() throws Exception {
        var profiles =
                Files.createDirectories(folder.resolve("home/fairlead/")).resolve("profiles.yaml");
        Files.writeString(
                profiles,
                """
                current: default
                profiles:
                  default:
                    hub: 'https://hub.example.com'
                    user: 'ann@acme'
                    tenant: 'acme'
                """);
        try (var hub = LabQuickstart.start(folder, List.of("--port", "0", "--no-agent"))) {
            assertThat(hub.said()).contains("export FAIRLEAD_PROFILE=quickstart");
            assertThat(Files.readString(profiles))
                    .contains("current: default")
                    .contains("https://hub.example.com");
            assertThat(hub.cli().ok("status", "--profile", "quickstart")).contains("admin");
        }
    }

    @Test
    void dataOfAnotherVersionIsNotTouched() throws Exception {
        var cli = new LabCli(folder.resolve("home"));
        var postgres = Files.createDirectories(folder.resolve("data/hub/postgres/data"));
        Files.writeString(postgres.resolve("PG_VERSION"), "17\n");
        permitAll(folder);

        assertThat(quickstarts(cli, "--port", "0", "--data", folder + "/data"))
                .contains("17")
                .contains("18");
        assertThat(postgres.resolve("PG_VERSION")).hasContent("17\n");
    }

    @Test
    void aFolderThatCannotBeWrittenIsNamed() throws Exception {
        var cli = new LabCli(folder.resolve("home"));
        // Not even root can make a folder here.
        assertThat(quickstarts(cli, "--port", "0", "--data", "/proc/fairlead"))
                .contains("/proc/fairlead")
                .contains("--data DIR");
        var file = Files.writeString(folder.resolve("file"), "");
        assertThat(quickstarts(cli, "--port", "0", "--data", file.toString()))
                .contains(file.toString());
    }

    @Test
    void aFullDiskIsNamedAndTheNextStartHasRoom() throws Exception {
        Assumptions.assumeTrue(
                System.getProperty("user.name").equals("root"), "only root can mount a small disk");
        permitAll(folder);
        var cli = new LabCli(folder.resolve("home"));
        var disk = Files.createDirectory(folder.resolve("disk"));
        mounted("mount", "-t", "tmpfs", "-o", "size=40m,mode=755", "small", disk.toString());
        try {
            assertThat(quickstarts(cli, "--port", "0", "--data", disk + "/data"))
                    .containsAnyOf("disk is full", "No space left");
            mounted("mount", "-o", "remount,size=1g", disk.toString());
            try (var hub = LabQuickstart.start(disk, List.of("--port", "0", "--no-agent"))) {
                assertThat(hub.row("Console")).startsWith("https://localhost:");
            }
        } finally {
            mounted("umount", disk.toString());
        }
    }

    private static void mounted(String... command) throws Exception {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }

    /// Root's database runs as another user, who has to pass through.
    private static void permitAll(Path folder) throws IOException {
        Files.setPosixFilePermissions(
                folder, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void aPortInUseIsNamedBeforeAnythingIsMade() throws Exception {
        var cli = new LabCli(folder.resolve("home"));
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            assertThat(quickstarts(cli, "--port", port, "--data", folder + "/data"))
                    .contains("Port " + port)
                    .contains("--port N");
        }
        assertThat(folder.resolve("data")).doesNotExist();
    }
}
