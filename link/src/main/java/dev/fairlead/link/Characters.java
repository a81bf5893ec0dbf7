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
}
