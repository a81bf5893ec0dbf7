package dev.fairlead.link.handshake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.link.ProtocolException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyBundleTest {

    private static final VerifyingKey ROOT = Sample.ROOT.verifying();

    @Test
    void aSignedBundleIsReadBack() {
        var keys = List.of(Sample.HUB.verifying(), Sample.OTHER.verifying());
        var bundle = KeyBundle.sign(Sample.ROOT, 0xffff_ffffL, keys);
        var read = KeyBundle.verify(ROOT, bundle.encoded());
        assertThat(read).isEqualTo(bundle).hasSameHashCodeAs(bundle);
        assertThat(bundle.number()).isEqualTo(0xffff_ffffL);
        assertThat(bundle.keys()).isEqualTo(keys);
    }

    @Test
    void anotherRootsBundleIsNotBelieved() {
        assertThat(KeyBundle.verify(Sample.OTHER.verifying(), Sample.BUNDLE.encoded())).isNull();
    }

    @Test
    void noChangedBitIsBelieved() {
        byte[] bytes = Sample.BUNDLE.encoded();
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            byte[] changed = bytes.clone();
            changed[bit / 8] ^= (byte) (1 << (bit % 8));
            try {
                assertThat(KeyBundle.verify(ROOT, changed)).as("bit %d", bit).isNull();
            } catch (ProtocolException e) {
                assertThat(e).hasMessageMatching(".*key.*");
            }
        }
    }

    @Test
    void brokenFormatsAreNamed() {
        byte[] good = Sample.BUNDLE.encoded();
        assertBroken(Arrays.copyOf(good, 69), "cut short");
        assertBroken(with(good, 0, 2), "unknown format 2");
        assertBroken(with(good, 4, 0), "number above 0");
        assertBroken(with(good, 5, 0), "1 to 16 keys");
        assertBroken(with(good, 5, 17), "1 to 16 keys");
        assertBroken(with(good, 5, 2), "cut short");
        assertBroken(Arrays.copyOf(good, good.length + 1), "after its last key");
    }

    @Test
    void aBundleOfNoOrTooManyKeysIsNotSigned() {
        var key = Sample.HUB.verifying();
        for (var keys : List.of(List.<VerifyingKey>of(), Collections.nCopies(17, key))) {
            assertThatThrownBy(() -> KeyBundle.sign(Sample.ROOT, 1, keys))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> KeyBundle.sign(Sample.ROOT, 0, List.of(key)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static byte[] with(byte[] bytes, int at, int value) {
        byte[] changed = bytes.clone();
        changed[at] = (byte) value;
        return changed;
    }

    private static void assertBroken(byte[] bytes, String why) {
        assertThatThrownBy(() -> KeyBundle.verify(ROOT, bytes))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining(why);
    }
}
