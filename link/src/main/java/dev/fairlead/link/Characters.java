package dev.fairlead.link;

/// Which characters of a stranger's text may be shown: on a terminal, in a log, on a page.
public final class Characters {

    private Characters() {}

    /// False for what would move a cursor, turn the direction of writing or end a line, and for
    /// what has no meaning that everybody agrees on.
    public static boolean isShown(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    false;
            default -> true;
        };
    }

    /// A text with a question mark in the place of each character that is not shown.
    ///
    /// @param most how many characters of it
    public static String shown(String text, int most) {
        var out = new StringBuilder();
        text.codePoints().limit(most).forEach(c -> out.appendCodePoint(isShown(c) ? c : '?'));
        return out.toString();
    }
}
