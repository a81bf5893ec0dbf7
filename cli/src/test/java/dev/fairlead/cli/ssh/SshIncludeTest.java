package dev.fairlead.cli.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SshIncludeTest {

    @TempDir Path home;

    @Test
    void oneLineIsPutAtTheTopOnceAndTakenOutAgain() throws Exception {
        var config = home.resolve(".ssh/config");
        Files.createDirectory(config.getParent());
        Files.writeString(config, "Host *\n  User ann\n");
        Files.setPosixFilePermissions(config, PosixFilePermissions.fromString("rw-r--r--"));
        var include = SshInclude.of(home);

        assertThat(include.install(Path.of("/h/ssh_config"))).isTrue();
        assertThat(include.install(Path.of("/h/ssh_config"))).isFalse();

        var lines = Files.readAllLines(config);
        assertThat(lines).hasSize(4);
        assertThat(lines.get(1)).isEqualTo("Include /h/ssh_config");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(config)))
                .isEqualTo("rw-r--r--");

        assertThat(include.install(Path.of("/h/ssh_config.work"))).isTrue();
        assertThat(Files.readAllLines(config)).hasSize(4).contains("Include /h/ssh_config.work");

        assertThat(include.remove()).isTrue();
        assertThat(include.remove()).isFalse();
        assertThat(Files.readString(config)).isEqualTo("Host *\n  User ann\n");
    }

    @Test
    void aMissingFileIsMadeForThisUserOnly() throws Exception {
        SshInclude.of(home).install(Path.of("/h/ssh_config"));

        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(home.resolve(".ssh"))))
                .isEqualTo("rwx------");
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(home.resolve(".ssh/config"))))
                .isEqualTo("rw-------");
    }

    @Test
    void aLinkStaysALink() throws Exception {
        var real = Files.writeString(home.resolve("dotfile"), "Host *\n");
        var config = home.resolve(".ssh/config");
        Files.createDirectory(config.getParent());
        Files.createSymbolicLink(config, real);

        SshInclude.of(home).install(Path.of("/h/ssh_config"));

        assertThat(config).isSymbolicLink();
        assertThat(Files.readString(real)).contains("Include /h/ssh_config").endsWith("Host *\n");
    }
}
