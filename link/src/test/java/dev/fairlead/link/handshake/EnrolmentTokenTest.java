package dev.fairlead.link.handshake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class EnrolmentTokenTest {

    private static final String TEXT = Sample.TOKEN.text();

    @Test
    void aTokenIsReadBackWhateverATerminalDidToItsLines() {
        assertThat(EnrolmentToken.parse(TEXT)).isEqualTo(Sample.TOKEN);
        assertThat(EnrolmentToken.parse("  " + TEXT.replaceAll("(.{40})", "$1\r\n ") + "\n"))
                .isEqualTo(Sample.TOKEN)
                .hasSameHashCodeAs(Sample.TOKEN);
    }

    @Test
    void noTextShowsTheSecret() {
        assertThat(Sample.TOKEN.toString())
                .doesNotContain("0909")
                .doesNotContain(TEXT.substring(60, 80));
    }

    @Test
    void everyMistypedCharacterIsFound() {
        for (int at = 0; at < TEXT.length(); at++) {
            for (char typo : new char[] {'A', 'z', '!', '\u00e9'}) {
                if (TEXT.charAt(at) != typo) {
                    assertWrong(TEXT.substring(0, at) + typo + TEXT.substring(at + 1));
                }
            }
        }
    }

    @Test
    void everyCutTokenIsFound() {
        for (int length = 0; length < TEXT.length(); length++) {
            assertWrong(TEXT.substring(0, length));
        }
        assertWrong(TEXT + "AAAA");
        assertWrong("flt_" + "A".repeat(9000));
    }

    private static void assertWrong(String text) {
        assertThatThrownBy(() -> EnrolmentToken.parse(text))
                .as(text)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("enrolment token");
    }

    @Test
    void theErrorsSayWhatIsWrong() {
        assertThatThrownBy(() -> EnrolmentToken.parse("fla_abc"))
                .hasMessageContaining("begins with flt_");
        assertThatThrownBy(() -> EnrolmentToken.parse(TEXT.substring(0, 60)))
                .hasMessageContaining("cut short");
        assertThatThrownBy(() -> EnrolmentToken.parse("flt_AQ" + "A".repeat(200)))
                .hasMessageContaining("mistyped or damaged");
        byte[] bytes = Base64.getUrlDecoder().decode(TEXT.substring(4));
        bytes[0] = 2;
        String later = "flt_" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        assertThatThrownBy(() -> EnrolmentToken.parse(later))
                .hasMessageContaining("format 2")
                .hasMessageContaining("reads format 1");
    }

    @Test
    void onlyHttpsAddressesOfHubsAreTaken() {
        for (String hub :
                List.of(
                        "http://hub",
                        "https://user@hub",
                        "https://hub/path",
                        "https://hub?q",
                        "https://hub#f",
                        "https:hub",
                        "https://" + "h".repeat(300))) {
            assertThatThrownBy(() -> token(List.of(URI.create(hub))))
                    .as(hub)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> token(List.of())).isInstanceOf(IllegalArgumentException.class);
        var one = URI.create("https://[::1]:8484/");
        assertThatThrownBy(() -> token(Collections.nCopies(9, one)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(EnrolmentToken.parse(token(Collections.nCopies(8, one)).text()).hubs())
                .hasSize(8);
    }

    private static EnrolmentToken token(List<URI> hubs) {
        return new EnrolmentToken(Sample.TOKEN.root(), Sample.TOKEN.secret(), hubs);
    }
}
