package dev.fairlead.hub.identity;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProgramNameTest {

    @Test
    void saysWhatAPersonKnowsAgain() {
        assertThat(ProgramName.of("fairlead-cli")).isEqualTo("fairlead");
        assertThat(ProgramName.of("curl/8.14.1")).isEqualTo("curl");
        assertThat(
                        ProgramName.of(
                                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36"
                                        + " (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
                                        + " Edg/140.0.0.0"))
                .isEqualTo("Edge on Windows");
        assertThat(
                        ProgramName.of(
                                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X)"
                                        + " AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6"
                                        + " Mobile/15E148 Safari/604.1"))
                .isEqualTo("Safari on iPhone");
    }

    @Test
    void whateverIsSaidIsShortAndShown() {
        assertThat(ProgramName.of(null)).isNull();
        assertThat(ProgramName.of(" ")).isNull();
        assertThat(ProgramName.of("\u001b[31m\u202ered")).isEqualTo("[31mred");
        assertThat(ProgramName.of("x".repeat(5000))).hasSize(64);
    }
}
