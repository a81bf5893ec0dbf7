package dev.fairlead.hub.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.link.ProtocolException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageMessageTest {

    @Test
    void whatAPageMaySay() {
        assertThat(PageMessage.parse("{\"ticket\":\"flw_x\",\"columns\":80,\"rows\":24}"))
                .isEqualTo(new PageMessage.Attach("flw_x", -1, "80x24"));
        assertThat(PageMessage.parse("{\"from\":7,\"rows\":1,\"columns\":9999,\"ticket\":\"\"}"))
                .isEqualTo(new PageMessage.Attach("", 7, "9999x1"));
        assertThat(PageMessage.parse("{\"seen\":9007199254740991}"))
                .isEqualTo(new PageMessage.Seen(9007199254740991L));
        assertThat(PageMessage.parse("{\"ping\":0}")).isEqualTo(new PageMessage.Ping(0));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1",
                "null",
                "[]",
                "{",
                "{\"seen\":-1}",
                "{\"seen\":1.5}",
                "{\"seen\":\"1\"}",
                "{\"seen\":9007199254740992}",
                "{\"seen\":1e400}",
                "{\"seen\":1,\"ping\":1}",
                "{\"ticket\":null,\"columns\":80,\"rows\":24}",
                "{\"ticket\":\"x\",\"columns\":10000,\"rows\":24}",
                "{\"ticket\":\"x\",\"columns\":80,\"rows\":true}",
                "{\"ticket\":\"x\",\"columns\":80,\"rows\":24,\"from\":null}"
            })
    void whatMakesNoSense(String text) {
        assertThatThrownBy(() -> PageMessage.parse(text)).isInstanceOf(ProtocolException.class);
    }

    @Test
    void whatIsTooLong() {
        for (var text :
                new String[] {
                    " ".repeat(5_000),
                    "{\"ticket\":\"" + "x".repeat(129) + "\",\"columns\":80,\"rows\":24}",
                    "[".repeat(4_000)
                }) {
            assertThatThrownBy(() -> PageMessage.parse(text)).isInstanceOf(ProtocolException.class);
        }
    }
}
