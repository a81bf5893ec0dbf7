package dev.fairlead.cli.output;

/// Text from hubs, nodes and other people, made harmless for a terminal: a node's operating system
/// or an audit record may hold escape sequences that would repaint the screen or type commands.
public final class Safe {

    private Safe() {}

    /// The text with each control and direction-changing character as `\\u....`.
    public static String text(String text) {
        if (text.chars().noneMatch(Safe::harmful)) {
            return text;
        }
        var safe = new StringBuilder();
        text.chars()
                .forEach(c -> {
                    if (harmful(c)) {
                        safe.append(String.format("\\u%04x", c));
                    } else {
                        safe.append((char) c);
                    }
                });
        return safe.toString();
    }

    /// Indented JSON for a terminal: JSON escapes what is below U+0020 itself, so line ends here
    /// are its own.
    public static String json(String json) {
        return String.join("\n", json.lines().map(Safe::text).toList());
    }

    private static boolean harmful(int c) {
        return c < 0x20
                || (c >= 0x7f && c < 0xa0)
                || (c >= 0x200e && c <= 0x200f)
                || (c >= 0x2028 && c <= 0x202e)
                || (c >= 0x2066 && c <= 0x2069);
    }
}
