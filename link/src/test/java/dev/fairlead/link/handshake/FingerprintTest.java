package dev.fairlead.link.handshake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Locale;
import org.junit.jupiter.api.Test;

class FingerprintTest {

    private static final Fingerprint SAMPLE = Fingerprint.of(Sample.ROOT.verifying());

    @Test
    void theTextIsReadBackHoweverAPersonWroteIt() {
        String text = SAMPLE.toString();
        assertThat(text).matches("[0-9a-f]{64}");
        String colons = text.toUpperCase(Locale.ROOT).replaceAll("(..)(?!$)", "$1:");
        assertThat(Fingerprint.parse(text)).isEqualTo(SAMPLE).hasSameHashCodeAs(SAMPLE);
        assertThat(Fingerprint.parse(" " + colons + "\n")).isEqualTo(SAMPLE);
        assertThat(Fingerprint.of(Sample.HUB.verifying())).isNotEqualTo(SAMPLE);
    }

    @Test
    void otherTextIsRefusedWithAHint() {
        assertThatThrownBy(() -> Fingerprint.parse("abc")).hasMessageContaining("this one has 3");
        assertThatThrownBy(() -> Fingerprint.parse("g".repeat(64)))
                .hasMessageContaining("only the digits");
        assertThatThrownBy(() -> Fingerprint.ofHash(new byte[31])).hasMessageContaining("32 bytes");
    }
}
