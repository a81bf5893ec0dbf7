package dev.fairlead.hub.enroll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InstallLineTest {

    private static final URI HUB = URI.create("https://hub.example.com:8484");
    private static final String TOKEN = "flt_AbC-_9";
    private static final String CA =
            "-----BEGIN CERTIFICATE-----\n"
                    + "MIIBkTCCATegAwIBAgIUfsLZ3vN0pT0mAqxkR2b5V9gkq1IwCgYIKoZIzj0EAwIw\n"
                    + "HjEcMBoGA1UEAwwTRmFpcmxlYWQgaHViIHRlc3Q=\n"
                    + "-----END CERTIFICATE-----\n";

    @TempDir private Path dir;

    @Test
    void isThisLineWhereAPublicCaSigned() {
        String sha256 = "0123456789abcdef".repeat(4);

        assertThat(new InstallLine(URI.create("https://hub.example.com"), null, sha256).text(TOKEN))
                .isEqualTo(
                        "(set -e; d=\"$(mktemp -d)\"; trap 'rm -rf \"$d\"' EXIT; cd \"$d\";"
                                + " curl -fsS -o agent.sh"
                                + " 'https://hub.example.com/install/agent.sh'; echo '"
                                + sha256
                                + "  agent.sh' | sha256sum -c -; printf '%s\\n' flt_AbC-_9 | sh agent.sh)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"dash", "bash"})
    void givesTheTokenToTheScriptThatItNames(String shell) throws Exception {
        String script = "IFS= read -r token; echo \"got $token\" >" + dir.resolve("ran") + "\n";
        fakeCurl(script);

        int status = paste(shell, new InstallLine(HUB, CA, sha256(script)).text(TOKEN));

        assertThat(status).isZero();
        assertThat(dir.resolve("ran")).hasContent("got " + TOKEN + "\n");
        assertThat(dir.resolve("ca")).hasContent(CA);
        assertThat(dir).isDirectoryNotContaining("glob:**/tmp.*");
        assertThat(Files.readString(dir.resolve("argv")))
                .isEqualTo(
                        "-fsS --cacert ca.pem -o agent.sh https://hub.example.com:8484/install/agent.sh\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"dash", "bash"})
    void runsNoOtherScript(String shell) throws Exception {
        fakeCurl("echo ran >" + dir.resolve("ran") + "\n");

        int status = paste(shell, new InstallLine(HUB, CA, sha256("another script")).text(TOKEN));

        assertThat(status).isNotZero();
        assertThat(dir.resolve("ran")).doesNotExist();
    }

    @Test
    void refusesWhatAShellWouldReadDifferently() {
        String sha256 = "0".repeat(64);
        assertThatThrownBy(() -> new InstallLine(HUB, null, sha256).text("a;rm -rf /"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no token");
        assertThatThrownBy(() -> new InstallLine(URI.create("https://h/'$(id)'"), null, sha256))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new InstallLine(HUB, null, sha256 + "'"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new InstallLine(HUB, CA.replace("MIIB", "$(id)"), sha256))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /// In place of curl: it records what it was told, and "fetches" the script.
    private void fakeCurl(String script) throws IOException {
        var bin = Files.createDirectory(dir.resolve("bin"));
        Files.writeString(dir.resolve("served"), script);
        Files.writeString(
                bin.resolve("curl"),
                "#!/bin/sh\necho \"$*\" >%1$s/argv\ncp ca.pem %1$s/ca\ncp %1$s/served agent.sh\n"
                        .formatted(dir));
        assertThat(bin.resolve("curl").toFile().setExecutable(true)).isTrue();
    }

    private int paste(String shell, String line) throws Exception {
        var builder =
                new ProcessBuilder(shell)
                        .redirectErrorStream(true)
                        .redirectOutput(dir.resolve("output").toFile());
        builder.environment()
                .putAll(
                        Map.of(
                                "PATH",
                                dir.resolve("bin") + ":" + System.getenv("PATH"),
                                "TMPDIR",
                                dir.toString()));
        var process = builder.start();
        try (var in = process.getOutputStream()) {
            in.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        }
        return process.waitFor();
    }

    private static String sha256(String text) throws Exception {
        return HexFormat.of()
                .formatHex(
                        MessageDigest.getInstance("SHA-256")
                                .digest(text.getBytes(StandardCharsets.UTF_8)));
    }
}
