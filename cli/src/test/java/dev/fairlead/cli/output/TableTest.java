package dev.fairlead.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TableTest {

    private final Table table =
            new Table("NAME", "LINK", "LABELS")
                    .row("gpu-1", "online", "")
                    .row("x", "offline", "a=b");

    @Test
    void columnsAreAligned() {
        assertThat(table.lines(false))
                .containsExactly(
                        "NAME   LINK     LABELS", "gpu-1  online   -", "x      offline  a=b");
    }

    @Test
    void coloursDoNotMoveColumns() {
        assertThat(table.lines(true).get(1))
                .isEqualTo("gpu-1  \u001b[32monline\u001b[0m   \u001b[2m-\u001b[0m");
    }

    @Test
    void whatANodeSaysCannotPaintTheScreen() {
        assertThat(new Table("OS").row("\u001b[2Jx\u202e").lines(true).get(1))
                .isEqualTo("\\u001b[2Jx\\u202e");
    }
}
