package dev.fairlead.cli.output;

import java.util.ArrayList;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// What a session ran, as a person would type it.
public final class ShellLine {

    private ShellLine() {}

    /// @param target a JSON array of words, or anything else (`127.0.0.1:5432`, or an array that is
    ///   cut off), which stays as it is
    public static String of(String target) {
        if (!target.startsWith("[\"")) {
            return target;
        }
        try {
            var words = new ArrayList<String>();
            for (var word : JsonMapper.shared().readTree(target)) {
                if (!word.isString()) {
                    return target;
                }
                words.add(quote(word.asString()));
            }
            return String.join(" ", words);
        } catch (JacksonException e) {
            return target;
        }
    }

    /// A word of a shell's command line, quoted only where it must be.
    static String quote(String word) {
        return word.matches("[\\w@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
