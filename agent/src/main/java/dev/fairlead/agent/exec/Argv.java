package dev.fairlead.agent.exec;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads the `argv` header of an exec stream: a JSON array of strings.
final class Argv {

    private static final int MAX_ARGUMENTS = 1_024;

    private Argv() {}

    /// @throws IllegalArgumentException with a sentence for the person who asked
    static List<String> parse(@Nullable String json, JsonMapper mapper) {
        JsonNode array;
        try {
            array = json == null ? null : mapper.readTree(json);
        } catch (JacksonException e) {
            array = null;
        }
        if (array == null || !array.isArray() || array.isEmpty() || array.size() > MAX_ARGUMENTS) {
            throw new IllegalArgumentException(
                    "An exec stream has a program with at most "
                            + (MAX_ARGUMENTS - 1)
                            + " arguments, as a JSON array of strings.");
        }
        var argv = new ArrayList<String>();
        for (var element : array) {
            if (!element.isString() || element.stringValue().indexOf('\0') >= 0) {
                throw new IllegalArgumentException(
                        "Each argument of exec is a string without NUL bytes.");
            }
            argv.add(element.stringValue());
        }
        String program = argv.getFirst();
        if (program.isEmpty() || program.startsWith("-")) {
            throw new IllegalArgumentException(
                    "The program of exec must not be empty nor begin with '-'.");
        }
        return argv;
    }
}
