package dev.fairlead.cli.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.cli.CliException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderTest {

    private static final Profile ANN =
            new Profile(
                    URI.create("https://hub.example:8484"),
                    "a".repeat(64),
                    "default-ca.pem",
                    "ann@acme",
                    "acme",
                    "fls_it's #secret: yes",
                    Instant.parse("2026-11-22T10:00:00Z"));

    @TempDir Path dir;

    @Test
    void whatIsWrittenIsReadAgain() throws Exception {
        var folder = new Folder(dir.resolve("new"));

        folder.change(p -> p.with("default", ANN).with("old", ANN.signedOut()).withCurrent("old"));

        assertThat(folder.profiles().current()).isEqualTo("old");
        assertThat(folder.profiles().need("default")).isEqualTo(ANN);
        assertThat(folder.profiles().need("old").token()).isNull();
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(folder.profilesFile())))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.path())))
                .isEqualTo("rwx------");
    }

    @Test
    void aPersonMayEditTheFile() throws Exception {
        Files.writeString(
                dir.resolve("profiles.yaml"),
                """
                # mine
                current: work

                profiles:
                  work:   # the big one
                    hub: https://hub.example
                    user: ann   # me
                """);

        assertThat(new Folder(dir).profiles().need("work").user()).isEqualTo("ann");
    }

    @Test
    void whatIsNotUnderstoodIsToldWithItsLine() throws Exception {
        for (String line :
                new String[] {
                    "    hubb: x", "    user: {a: b}", "    user: 'x", "\tuser: x", "nonsense"
                }) {
            Files.writeString(
                    dir.resolve("profiles.yaml"),
                    "profiles:\n  a:\n    hub: https://h\n" + line + "\n");
            assertThatThrownBy(() -> new Folder(dir).profiles())
                    .isInstanceOf(CliException.class)
                    .hasMessageContaining("line 4");
        }
    }

    @Test
    void signInsAtOnceDoNotLoseOneAnother() {
        var folder = new Folder(dir);
        try (var threads = Executors.newFixedThreadPool(4)) {
            IntStream.range(0, 20)
                    .forEach(i -> threads.submit(() -> folder.change(p -> p.with("p" + i, ANN))));
        }

        assertThat(folder.profiles().byName()).hasSize(20);
    }

    @Test
    void theTokenIsNotInItsText() {
        assertThat(ANN.toString()).isEqualTo("ann@acme at https://hub.example:8484");
    }

    @Test
    void theFolderIsTheUsersUnlessTheEnvironmentSaysOtherwise() {
        assertThat(Folder.of(Map.of(), Path.of("/home/ann")).path())
                .isEqualTo(Path.of("/home/ann/.config/fairlead"));
        assertThat(Folder.of(Map.of("FAIRLEAD_HOME", "/x"), Path.of("/home/ann")).path())
                .isEqualTo(Path.of("/x"));
    }
}
