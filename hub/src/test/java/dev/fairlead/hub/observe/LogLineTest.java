package dev.fairlead.hub.observe;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LogLineTest {

    private final LoggerContext context = new LoggerContext();

    @Test
    void aLineForProgramsHoldsEverythingInOneLine() {
        var line =
                new LogLine(false)
                        .doLayout(
                                event(
                                        "a \"b\"\nINFO forged\u001b[2J\u202e",
                                        new IllegalStateException("boom")));

        assertThat(line)
                .startsWith("ts=")
                .contains(
                        " level=info logger=hub.Test msg=\"a \\\"b\\\"\\nINFO forged\\u001b[2J\\u202e\"")
                .contains("error=\"java.lang.IllegalStateException: boom");
        assertThat(line.lines()).hasSize(1);
    }

    @Test
    void aLineForAPersonCannotMoveTheCursor() {
        var line = new LogLine(true).doLayout(event("a\nb\u001b[2J", null));

        assertThat(line).endsWith(" a b [2J\n");
    }

    private LoggingEvent event(String message, @Nullable Throwable thrown) {
        return new LoggingEvent(
                "x", context.getLogger("dev.fairlead.hub.Test"), Level.INFO, message, thrown, null);
    }
}
