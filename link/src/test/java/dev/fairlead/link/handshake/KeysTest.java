package dev.fairlead.link.handshake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.link.ProtocolException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyFactory;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeysTest {

    private static final byte[] MESSAGE = "message".getBytes(StandardCharsets.UTF_8);

    @Test
    void aSignatureFitsItsKeyContextAndMessageOnly() {
        byte[] signature = Sample.NODE.sign("one", MESSAGE);
        var key = Sample.NODE.verifying();
        assertThat(key.verifies("one", MESSAGE, signature)).isTrue();
        assertThat(key.verifies("two", MESSAGE, signature)).isFalse();
        assertThat(key.verifies("one", new byte[0], signature)).isFalse();
        assertThat(key.verifies("one", MESSAGE, new byte[63])).isFalse();
        assertThat(Sample.HUB.verifying().verifies("one", MESSAGE, signature)).isFalse();
    }

    @Test
    void theJdkReadsTheFileAndMakesTheSameSignature() throws Exception {
        String body = KeyFile.pem(Sample.NODE).replaceAll("-----.*-----|\\s", "");
        var key =
                KeyFactory.getInstance("Ed25519")
                        .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(body)));
        var signer = Signature.getInstance("Ed25519");
        signer.initSign(key);
        signer.update(VerifyingKey.inContext("context", MESSAGE));
        assertThat(signer.sign()).isEqualTo(Sample.NODE.sign("context", MESSAGE));
    }

    @Test
    void aKeySurvivesItsTaggedFormAndItsText() {
        var key = Sample.NODE.verifying();
        assertThat(VerifyingKey.ofTagged(key.tagged())).isEqualTo(key).hasSameHashCodeAs(key);
        assertThat(VerifyingKey.ofText(key.toString())).isEqualTo(key);
        assertThat(Sample.NODE.toString()).contains(key.toString());
    }

    @Test
    void keysThatBreakARuleAreRefused() {
        var small = new ArrayList<String>();
        // Points of small order (RFC 8032 section 5.1.7 leaves them to the reader).
        small.add("0100000000000000000000000000000000000000000000000000000000000000");
        small.add("0000000000000000000000000000000000000000000000000000000000000000");
        small.add("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
        small.add("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05");
        for (String hex : small) {
            assertRefused("01" + hex, "not a valid ed25519");
        }
        assertRefused("", "empty");
        assertRefused("01" + small.getFirst().substring(2), "32 bytes");
        assertRefused("02" + small.getFirst() + "00", "p256");
        assertRefused("03" + small.getFirst(), "unknown algorithm 3");
        assertThatThrownBy(() -> VerifyingKey.ofText("*"))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("base64url");
    }

    private static void assertRefused(String hex, String why) {
        assertThatThrownBy(() -> VerifyingKey.ofTagged(HexFormat.of().parseHex(hex)))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining(why);
    }

    @Test
    void aKeyFileIsMadeOnceAndForItsOwnerOnly(@TempDir Path folder) throws IOException {
        var file = folder.resolve("node.key");
        var made = KeyFile.readOrCreate(file, new SecureRandom());
        var read = KeyFile.readOrCreate(file, new SecureRandom());
        assertThat(read.verifying()).isEqualTo(made.verifying());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        KeyFile.write(file, Sample.NODE);
        assertThat(KeyFile.read(file).verifying()).isEqualTo(Sample.NODE.verifying());
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void aKeyFileThatOthersCanReadIsRefused(@TempDir Path folder) throws IOException {
        var file = folder.resolve("node.key");
        KeyFile.write(file, Sample.NODE);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertThatThrownBy(() -> KeyFile.read(file)).hasMessageContaining("chmod 600");
    }

    @Test
    void whatIsNoKeyFileIsSaidToBeNone() {
        String pem = KeyFile.pem(Sample.NODE);
        for (String text :
                List.of(
                        "",
                        "junk",
                        pem.substring(0, 60),
                        pem.replace("MC4C", "****"),
                        pem.replace("MC4C", "MC4D"))) {
            assertThatThrownBy(() -> KeyFile.parse(text, "node.key"))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("node.key ");
        }
    }
}
