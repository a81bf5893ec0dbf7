package dev.fairlead.hub.tunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.hub.tls.InnerCertificate;
import dev.fairlead.link.handshake.Fingerprint;
import dev.fairlead.link.handshake.HubProof;
import dev.fairlead.link.handshake.KeyFile;
import dev.fairlead.link.handshake.SigningKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HubKeysTest {

    private final SecureRandom random = new SecureRandom();

    @TempDir Path folder;

    private HubProof proof() throws IOException {
        return HubKeys.open(folder, random)
                .proof(
                        List.of(Fingerprint.ofHash(new byte[32])),
                        "hub",
                        null,
                        InnerCertificate.make(random));
    }

    @Test
    void aNewKeyTakesThePlaceOfTheOldOneUnderTheSameRoot() throws Exception {
        var before = proof();
        assertThat(HubKeys.rotate(folder, null, random)).isEqualTo(2);
        assertThat(HubKeys.rotate(folder, null, random)).isEqualTo(3);
        var after = proof();
        assertThat(after.root()).isEqualTo(before.root());
        assertThat(after.bundle().number()).isEqualTo(3);
        assertThat(after.bundle().keys())
                .containsExactly(after.key().verifying())
                .doesNotContain(before.key().verifying());
        assertThat(folder.resolve("hub.key.next")).doesNotExist();
    }

    /// The machine stopped between the files.
    @Test
    void aRotationThatStoppedHalfwayIsFinishedOrUndone() throws Exception {
        proof();
        Path old = Files.copy(folder.resolve("hub.key"), folder.resolve("saved"));
        HubKeys.rotate(folder, null, random);
        var rotated = proof().key().verifying();
        Files.move(folder.resolve("hub.key"), folder.resolve("hub.key.next"));
        Files.move(old, folder.resolve("hub.key"));
        assertThat(proof().key().verifying()).isEqualTo(rotated);

        KeyFile.write(folder.resolve("hub.key.next"), SigningKey.generate(random));
        assertThat(proof().key().verifying()).isEqualTo(rotated);
        assertThat(folder.resolve("hub.key.next")).doesNotExist();
    }

    @Test
    void theRootKeyMayBeElsewhereAndMustBeTheRightOne() throws Exception {
        assertThatThrownBy(() -> HubKeys.rotate(folder, null, random))
                .hasMessageContaining("no keys in");
        proof();
        Path elsewhere = folder.resolve("elsewhere");
        Files.move(folder.resolve("root.key"), elsewhere);
        assertThatThrownBy(() -> HubKeys.rotate(folder, null, random))
                .hasMessageContaining("--root-key");
        Path other = folder.resolve("other");
        KeyFile.write(other, SigningKey.generate(random));
        assertThatThrownBy(() -> HubKeys.rotate(folder, other, random))
                .hasMessageContaining("another deployment");
        assertThat(HubKeys.rotate(folder, elsewhere, random)).isEqualTo(2);
        assertThat(proof().bundle().number()).isEqualTo(2);
    }
}
