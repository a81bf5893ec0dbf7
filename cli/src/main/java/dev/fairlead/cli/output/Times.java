package dev.fairlead.cli.output;

import dev.fairlead.cli.CliException;
import dev.fairlead.cli.Exit;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Times and durations as people write and read them.
public final class Times {

    private static final Pattern SPAN = Pattern.compile("([0-9]{1,9})([smhdw])");

    private Times() {}

    /// How long ago or how far ahead, in its largest unit: `12s ago`, `in 3h`, `5d ago`.
    public static String relative(Instant time, Instant now) {
        var span = Duration.between(time, now);
        if (span.abs().toMillis() < 1500) {
            return "now";
        }
        // What was just made to last an hour lasts one, not 59 minutes.
        return span.isNegative()
                ? "in " + span(span.negated().plusSeconds(2))
                : span(span) + " ago";
    }

    /// A duration in its largest unit, rounded down.
    public static String span(Duration span) {
        long seconds = span.toSeconds();
        if (seconds < 60) {
            return seconds + "s";
        }
        if (seconds < 3600) {
            return seconds / 60 + "m";
        }
        return seconds < 2 * 86_400 ? seconds / 3600 + "h" : seconds / 86_400 + "d";
    }

    /// A duration as typed: `90s`, `30m`, `1h`, `7d`, `2w`.
    ///
    /// @throws CliException where it is none
    public static Duration parseSpan(String text) {
        var match = SPAN.matcher(text);
        if (!match.matches()) {
            throw new CliException(
                    Exit.USAGE,
                    "\"" + text + "\" is not a duration.",
                    "Write a number and s, m, h, d or w, such as 30m or 7d.");
        }
        long count = Long.parseLong(match.group(1));
        return switch (match.group(2)) {
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            case "d" -> Duration.ofDays(count);
            default -> Duration.ofDays(7 * count);
        };
    }

    /// A point in time as typed: RFC 3339, or a duration before now.
    ///
    /// @throws CliException where it is neither
    public static Instant parseTime(String text, Instant now) {
        if (SPAN.matcher(text).matches()) {
            return now.minus(parseSpan(text));
        }
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw new CliException(
                    Exit.USAGE,
                    "\"" + text + "\" is not a time.",
                    "Write 2026-11-21T09:00:00Z, or how long ago: 30m, 2h, 7d.");
        }
    }

    /// [#parseTime] of what may not have been typed.
    public static @Nullable Instant orNull(@Nullable String text, InstantSource clock) {
        return text == null ? null : parseTime(text, clock.instant());
    }

    /// Bytes in the largest binary unit that leaves a number of at least 1: `512 B`, `3.4 GiB`.
    public static String bytes(long bytes) {
        if (bytes < 1024) {
            return bytes + " B";
        }
        double amount = bytes;
        int unit = -1;
        while (amount >= 1024 && unit < 4) {
            amount /= 1024;
            unit++;
        }
        return String.format(java.util.Locale.ROOT, "%.1f %siB", amount, "KMGTP".charAt(unit));
    }
}
