package dev.fairlead.agent;

import dev.fairlead.link.Characters;
import java.io.PrintStream;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/// Loggers that write lines such as `2026-11-21T22:04:05.678Z INFO DialLoop: Linked to
/// https://hub.example.com as web-1`.
final class ErrorLoggers implements ILoggerFactory {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSXXX", Locale.ROOT);
    private static final String OWN = "dev.fairlead.";

    /// Of an exception: what it says, and where it was thrown. So for each of its causes.
    private static final int MOST_CAUSES = 8;

    private final PrintStream out;
    private final ConcurrentMap<String, Logger> loggers = new ConcurrentHashMap<>();
    private volatile Level level = Level.INFO;

    ErrorLoggers(PrintStream out) {
        this.out = out;
    }

    /// From which level on the agent's own events are written; those of libraries are from `WARN`.
    void say(Level from) {
        level = from;
    }

    @Override
    public Logger getLogger(String name) {
        return loggers.computeIfAbsent(name, ErrorLogger::new);
    }

    private void write(
            String name, Level of, @Nullable String message, @Nullable Throwable thrown) {
        var line = new StringBuilder(160);
        TIME.formatTo(OffsetDateTime.now(ZoneId.systemDefault()), line);
        line.append(' ').append(of).append(of.toString().length() < 5 ? "  " : " ");
        line.append(name, name.lastIndexOf('.') + 1, name.length()).append(": ");
        // Control characters that came from the other side do not reach a terminal.
        shown(line, String.valueOf(message));
        var cause = thrown;
        for (int i = 0; cause != null && i < MOST_CAUSES; i++) {
            line.append('\n').append(i == 0 ? "" : "Caused by: ");
            shown(line, cause.toString());
            if (cause.getStackTrace().length > 0) {
                line.append("\n\tat ").append(cause.getStackTrace()[0]);
            }
            cause = cause.getCause();
        }
        // Whole, so that no two threads share a line.
        out.println(line);
    }

    private static void shown(StringBuilder line, String text) {
        text.codePoints().forEach(c -> line.appendCodePoint(Characters.isShown(c) ? c : ' '));
    }

    private final class ErrorLogger extends LegacyAbstractLogger {

        private static final long serialVersionUID = 1;

        private final transient boolean own;

        ErrorLogger(String name) {
            this.name = name;
            this.own = name.startsWith(OWN);
        }

        private boolean is(Level asked) {
            return asked.toInt() >= (own ? level : Level.WARN).toInt();
        }

        @Override
        public boolean isTraceEnabled() {
            return is(Level.TRACE);
        }

        @Override
        public boolean isDebugEnabled() {
            return is(Level.DEBUG);
        }

        @Override
        public boolean isInfoEnabled() {
            return is(Level.INFO);
        }

        @Override
        public boolean isWarnEnabled() {
            return is(Level.WARN);
        }

        @Override
        public boolean isErrorEnabled() {
            return is(Level.ERROR);
        }

        @Override
        protected @Nullable String getFullyQualifiedCallerName() {
            return null;
        }

        @Override
        protected void handleNormalizedLoggingCall(
                Level of,
                @Nullable Marker marker,
                @Nullable String pattern,
                Object @Nullable [] arguments,
                @Nullable Throwable thrown) {
            write(name, of, MessageFormatter.basicArrayFormat(pattern, arguments), thrown);
        }
    }
}
