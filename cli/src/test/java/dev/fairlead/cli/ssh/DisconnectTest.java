package dev.fairlead.cli.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DisconnectTest {

    @TempDir private Path folder;

    /// The length is a multiple of 8, with 4 bytes of padding at least (RFC 4253 section 6).
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 200})
    void thePacketIsWellFormed(int length) {
        byte[] all = Disconnect.bytes("x".repeat(length));
        int version = "SSH-2.0-Fairlead\r\n".length();

        assertThat((all.length - version) % 8).isZero();
        assertThat(all[version + 4]).isBetween((byte) 4, (byte) 11);
    }

    @Test
    void openSshShowsTheSentenceEvenWhereConnectionsAreShared() throws Exception {
        var words = Files.write(folder.resolve("words"), Disconnect.bytes("No such node. Look."));
        var ssh =
                new ProcessBuilder(
                                "ssh",
                                "-F",
                                "none",
                                "-o",
                                "ControlMaster=auto",
                                "-o",
                                "ControlPath=" + folder.resolve("c"),
                                "-o",
                                "ControlPersist=yes",
                                "-o",
                                "ProxyCommand=sh -c 'cat " + words + "; cat >/dev/null'",
                                "nowhere")
                        .redirectErrorStream(true)
                        .start();
        ssh.getOutputStream().close();

        assertThat(new String(ssh.getInputStream().readAllBytes())).contains("No such node. Look.");
        assertThat(ssh.waitFor()).isEqualTo(255);
    }
}
