package dev.fairlead.hub.observe;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/// One line per event, whatever is in it: logfmt for programs (`ts=... level=... msg="..."`), or
/// for a person at a terminal. What strangers sent cannot begin a line of its own or move the
/// cursor.
public final class LogLine extends LayoutBase<ILoggingEvent> {

    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT)
                    .withZone(ZoneId.systemDefault());

    private final boolean terminal;

    public LogLine(boolean terminal) {
        this.terminal = terminal;
    }

    @Override
    public String doLayout(ILoggingEvent event) {
        return terminal ? readable(event) : logfmt(event);
    }

    private static String logfmt(ILoggingEvent event) {
        var line = new StringBuilder(200);
        line.append("ts=")
                .append(Instant.ofEpochMilli(event.getTimeStamp()).truncatedTo(ChronoUnit.MILLIS));
        line.append(" level=").append(event.getLevel().toString().toLowerCase(Locale.ROOT));
        line.append(" logger=").append(shortName(event.getLoggerName()));
        pair(line, "msg", event.getFormattedMessage());
        if (event.getKeyValuePairs() != null) {
            event.getKeyValuePairs().forEach(p -> pair(line, p.key, String.valueOf(p.value)));
        }
        if (event.getThrowableProxy() != null) {
            pair(line, "error", ThrowableProxyUtil.asString(event.getThrowableProxy()));
        }
        return line.append('\n').toString();
    }

    private static void pair(StringBuilder line, String key, String value) {
        line.append(' ').append(key).append("=\"");
        value.codePoints().forEach(c -> escape(line, c));
        line.append('"');
    }

    private static void escape(StringBuilder line, int c) {
        switch (c) {
            case '"' -> line.append("\\\"");
            case '\\' -> line.append("\\\\");
            case '\n' -> line.append("\\n");
            case '\t' -> line.append("\\t");
            default -> {
                if (Character.isISOControl(c) || isDirection(c)) {
                    line.append(String.format("\\u%04x", c));
                } else {
                    line.appendCodePoint(c);
                }
            }
        }
    }

    /// Marks that turn the direction of text could make a line read as another.
    private static boolean isDirection(int c) {
        return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
    }

    private static String readable(ILoggingEvent event) {
        var line = new StringBuilder(120);
        line.append(CLOCK.format(Instant.ofEpochMilli(event.getTimeStamp()))).append(' ');
        if (event.getLevel().isGreaterOrEqual(Level.WARN)) {
            line.append(event.getLevel()).append(' ');
        }
        event.getFormattedMessage()
                .codePoints()
                .map(c -> Character.isISOControl(c) || isDirection(c) ? ' ' : c)
                .forEach(line::appendCodePoint);
        if (event.getKeyValuePairs() != null) {
            event.getKeyValuePairs().forEach(p -> pair(line, p.key, String.valueOf(p.value)));
        }
        line.append('\n');
        if (event.getThrowableProxy() != null) {
            line.append(ThrowableProxyUtil.asString(event.getThrowableProxy()));
        }
        return line.toString();
    }

    private static String shortName(String logger) {
        return logger.startsWith("dev.fairlead.") ? logger.substring(13) : logger;
    }
}
