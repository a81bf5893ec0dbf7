package dev.fairlead.hub.fleet;

import dev.fairlead.link.Characters;
import org.jspecify.annotations.Nullable;

/// A stranger's text, made fit for a terminal, a log and the database: no control, formatting
/// (which could turn the direction of what follows), private or unpaired characters, no blanks at
/// the ends.
public final class Printable {

    private Printable() {}

    /// At most `max` UTF-16 units; null where nothing is left.
    public static @Nullable String of(@Nullable String text, int max) {
        if (text == null) {
            return null;
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length() && out.length() < max; ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            if (Characters.isShown(c) && out.length() + Character.charCount(c) <= max) {
                out.appendCodePoint(c);
            }
        }
        String clean = out.toString().strip();
        return clean.isEmpty() ? null : clean;
    }
}
