package dev.fairlead.agent.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Files by the real sftp, scp and rsync, with the machine's sftp-server and with our own.
@Timeout(180)
@SuppressWarnings("NullAway.Init")
class SshFilesTest {

    enum Server {
        OPENSSH,
        OWN
    }

    @TempDir private Path dir;
    private SshLab lab;
    private Path there;
    private byte[] content;

    private void start(Server server) throws Exception {
        if (server == Server.OPENSSH) {
            assumeThat(Path.of("/usr/lib/openssh/sftp-server"))
                    .as("needs openssh-sftp-server")
                    .exists();
        }
        lab =
                new SshLab(
                        dir,
                        List.of(),
                        Optional::empty,
                        server == Server.OPENSSH
                                ? new FileServer()
                                : new FileServer(List.of(), dir.resolve("stage")),
                        List.of("ssh", "loopback"));
        there = Files.createDirectory(dir.resolve("there"));
        content = new byte[3_000_017];
        new Random(5).nextBytes(content);
        Files.write(lab.home.resolve("big"), content);
    }

    @AfterEach
    void stop() throws Exception {
        if (lab != null) {
            lab.close();
        }
    }

    private void sftp(String... lines) throws Exception {
        var outcome = sftpOutcome(lines);
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.code()).isZero();
    }

    private SshLab.Outcome sftpOutcome(String... lines) throws Exception {
        var argv = new ArrayList<>(lab.client("sftp", "-b", "-", "node"));
        return lab.run((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8), argv);
    }

    @ParameterizedTest
    @EnumSource
    void sftpDoesWhatItDoes(Server server) throws Exception {
        start(server);
        Files.setLastModifiedTime(
                lab.home.resolve("big"), FileTime.from(Instant.ofEpochSecond(1_600_000_000)));
        Files.setPosixFilePermissions(
                lab.home.resolve("big"), PosixFilePermissions.fromString("rwxr-x--x"));
        sftp(
                "put -p big " + there + "/höher",
                "mkdir " + there + "/folder",
                "rename " + there + "/höher " + there + "/folder/a",
                "symlink " + there + "/folder/a " + there + "/link",
                "ln " + there + "/folder/a " + there + "/hard",
                "get " + there + "/link back",
                "chmod 600 " + there + "/hard",
                "put big " + there + "/gone",
                "rm " + there + "/gone",
                "mkdir " + there + "/empty",
                "rmdir " + there + "/empty");
        assertThat(lab.home.resolve("back")).hasBinaryContent(content);
        assertThat(there.resolve("folder/a")).hasBinaryContent(content);
        assertThat(Files.getLastModifiedTime(there.resolve("hard")).toInstant())
                .isEqualTo(Instant.ofEpochSecond(1_600_000_000));
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(there.resolve("hard"))))
                .isEqualTo("rw-------");
        assertThat(Files.readSymbolicLink(there.resolve("link")))
                .isEqualTo(there.resolve("folder/a"));
        assertThat(there.resolve("gone")).doesNotExist();
        assertThat(there.resolve("empty")).doesNotExist();
    }

    @ParameterizedTest
    @EnumSource
    void sftpListsAndGoesOn(Server server) throws Exception {
        start(server);
        for (int i = 0; i < 250; i++) {
            Files.writeString(there.resolve("file" + i), "x");
        }
        Files.write(there.resolve("part"), Arrays.copyOf(content, 1_000_000));
        Files.write(lab.home.resolve("half"), Arrays.copyOf(content, 1_000_000));
        var outcome =
                sftpOutcome("cd " + there, "ls -1", "ls -l", "reput big part", "reget part half");
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.text().lines().filter(line -> line.matches("file[0-9]+"))).hasSize(250);
        assertThat(outcome.text()).containsPattern("-rw-r--r-- +(1|\\?) \\S+ +\\S+ +1 .* file0\n");
        assertThat(there.resolve("part")).hasBinaryContent(content);
        assertThat(lab.home.resolve("half")).hasBinaryContent(content);
    }

    @ParameterizedTest
    @EnumSource
    void errorsAreSaid(Server server) throws Exception {
        start(server);
        assertThat(sftpOutcome("get " + there + "/none").err()).containsIgnoringCase("not found");
        Files.writeString(there.resolve("file"), "x");
        assertThat(sftpOutcome("rmdir " + there).code()).isNotZero();
        assertThat(sftpOutcome("rm " + there).code()).isNotZero();
        assertThat(there.resolve("file")).exists();
        assertThat(sftpOutcome("put big " + there + "/no/folder").err())
                .containsIgnoringCase("no such file");
    }

    @ParameterizedTest
    @EnumSource
    void scpInItsThreeForms(Server server) throws Exception {
        start(server);
        Files.createDirectories(lab.home.resolve("tree/deep/er"));
        Files.write(lab.home.resolve("tree/deep/er/file"), content);
        copied(lab.client("scp", "-p", "big", "node:" + there + "/by-sftp"));
        copied(lab.client("scp", "-r", "tree", "node:" + there));
        copied(lab.client("scp", "-O", "big", "node:" + there + "/by-scp"));
        copied(lab.client("scp", "node:" + there + "/by-sftp", "back"));
        copied(lab.client("scp", "-O", "node:" + there + "/by-scp", "back-too"));
        for (var file :
                List.of(
                        there.resolve("by-sftp"),
                        there.resolve("by-scp"),
                        there.resolve("tree/deep/er/file"),
                        lab.home.resolve("back"),
                        lab.home.resolve("back-too"))) {
            assertThat(file).hasBinaryContent(content);
        }
    }

    @ParameterizedTest
    @EnumSource(names = "OPENSSH")
    void rsyncBothWays(Server server) throws Exception {
        start(server);
        var remote = String.join(" ", lab.client("ssh"));
        copied(List.of("rsync", "-a", "-e", remote, "big", "node:" + there + "/"));
        copied(List.of("rsync", "-a", "-e", remote, "node:" + there + "/big", "back"));
        assertThat(there.resolve("big")).hasBinaryContent(content);
        assertThat(lab.home.resolve("back")).hasBinaryContent(content);
    }

    private void copied(List<String> argv) throws Exception {
        var outcome = lab.run(new byte[0], argv);
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.code()).isZero();
    }
}
