package dev.fairlead.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

class ErrorLoggersTest {

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final ErrorLoggers loggers =
            new ErrorLoggers(new PrintStream(written, true, StandardCharsets.UTF_8));

    private String text() {
        return written.toString(StandardCharsets.UTF_8);
    }

    @Test
    void anEventIsALineWithTimeLevelAndPlace() {
        loggers.getLogger("dev.fairlead.agent.dial.DialLoop").info("Linked to {} as {}", "hub", 1);

        assertThat(text())
                .matches(
                        "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}(Z|[+-][\\d:]+)"
                                + " INFO  DialLoop: Linked to hub as 1\n");
    }

    @Test
    void librariesAreHeardWhenTheyWarn() {
        var library = loggers.getLogger("io.netty.channel.Channel");
        library.info("nothing");
        library.warn("something");

        assertThat(text()).endsWith("WARN  Channel: something\n").doesNotContain("nothing");
    }

    @Test
    void theAgentSaysMoreWhereItIsAsked() {
        var own = loggers.getLogger("dev.fairlead.agent.Agent");
        own.debug("first");
        loggers.say(Level.DEBUG);
        own.debug("second");
        loggers.say(Level.WARN);
        own.info("third");

        assertThat(text()).endsWith("DEBUG Agent: second\n").doesNotContain("first", "third");
    }

    @Test
    void whatTheOtherSideSaysMakesNoLines() {
        loggers.getLogger("dev.fairlead.a.B").warn("refused: {}", "x\n\u001b[31my\u007f");

        assertThat(text()).endsWith("WARN  B: refused: x  [31my \n");
    }

    @Test
    void anExceptionIsToldWithItsCauses() {
        var failure = new IllegalStateException("above", new IllegalArgumentException("below\nit"));
        loggers.getLogger("dev.fairlead.a.B").error("It failed", failure);

        assertThat(text().lines())
                .hasSize(5)
                .element(1)
                .isEqualTo("java.lang.IllegalStateException: above");
        assertThat(text())
                .contains("\tat dev.fairlead.agent.ErrorLoggersTest.")
                .contains("\nCaused by: java.lang.IllegalArgumentException: below it\n");
    }
}
