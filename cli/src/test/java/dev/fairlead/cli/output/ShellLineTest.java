package dev.fairlead.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ShellLineTest {

    @Test
    void commandsAreShownAsTheyAreTyped() {
        assertThat(ShellLine.of("[\"uptime\"]")).isEqualTo("uptime");
        assertThat(ShellLine.of("[\"echo\",\"it's here\",\"\",\"a=b\"]"))
                .isEqualTo("echo 'it'\\''s here' '' a=b");
    }

    @Test
    void whatIsNoCommandStaysAsItIs() {
        for (var text : new String[] {"", "127.0.0.1:5432", "[\"cut of", "[\"a\",1]", "[::1]:22"}) {
            assertThat(ShellLine.of(text)).isEqualTo(text);
        }
    }
}
