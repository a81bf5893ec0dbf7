package dev.fairlead.link;

import java.time.Duration;
import java.util.regex.Pattern;

/// Times and sizes as people write them in configuration files and on command lines. What is none
/// is told so that it reads on after the name of the key.
public final class Amounts {

    private static final Pattern TIME = Pattern.compile("(\\d{1,6})(s|m|h)");
    private static final Pattern SIZE = Pattern.compile("(\\d{1,6})(KiB|MiB|GiB)");

    private Amounts() {}

    /// Such as `90s`, `2m` or `1h`, or `0`.
    ///
    /// @throws IllegalArgumentException where it is none
    public static Duration time(String text) {
        if (text.matches("0+")) {
            return Duration.ZERO;
        }
        var time = TIME.matcher(text);
        if (!time.matches()) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is no time such as 90s, 2m or 1h, or 0");
        }
        long number = Long.parseLong(time.group(1));
        return switch (time.group(2)) {
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofHours(number);
        };
    }

    /// Such as `64MiB`, in bytes.
    ///
    /// @throws IllegalArgumentException where it is none
    public static long size(String text) {
        var size = SIZE.matcher(text);
        if (!size.matches()) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is no size such as 512KiB, 64MiB or 1GiB");
        }
        int shift =
                switch (size.group(2)) {
                    case "KiB" -> 10;
                    case "MiB" -> 20;
                    default -> 30;
                };
        return Long.parseLong(size.group(1)) << shift;
    }
}
