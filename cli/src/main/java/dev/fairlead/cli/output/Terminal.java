package dev.fairlead.cli.output;

import dev.fairlead.cli.CliException;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Where output goes, and what it may look like there: results to stdout, everything said about
/// them to stderr, colours and relative times only for a person who looks at it.
///
/// @param outIsTerminal whether a person sees stdout
/// @param errIsTerminal whether a person sees stderr
/// @param colours whether that person wants them
public record Terminal(
        PrintStream out,
        PrintStream err,
        boolean outIsTerminal,
        boolean errIsTerminal,
        boolean colours,
        Clock clock) {

    /// Whether this environment wants colours: <https://no-color.org>.
    public static boolean wantsColours(Map<String, String> env) {
        return env.getOrDefault("NO_COLOR", "").isEmpty()
                && !"dumb".equals(env.getOrDefault("TERM", ""));
    }

    /// A line of the result.
    public void line(String text) {
        out.println(Safe.text(text));
    }

    /// A sentence about the result, not part of it.
    public void note(String text) {
        err.println(Safe.text(text));
    }

    public void table(Table table) {
        table.lines(outIsTerminal && colours).forEach(out::println);
    }

    /// The API's own JSON: indented for a person, one line for a program.
    public void json(JsonNode node) {
        var mapper = JsonMapper.shared();
        out.println(
                outIsTerminal
                        ? Safe.json(
                                mapper.writerWithDefaultPrettyPrinter().writeValueAsString(node))
                        : mapper.writeValueAsString(node));
    }

    /// A list: the API's items as a JSON array, or a table of them, or a sentence where there are
    /// none and a person looks.
    public void list(
            boolean json,
            List<JsonNode> items,
            String none,
            Function<List<JsonNode>, Table> table) {
        if (json) {
            json(JsonMapper.shared().createArrayNode().addAll(items));
        } else if (items.isEmpty() && outIsTerminal) {
            note(none);
        } else {
            table(table.apply(items));
        }
    }

    /// A time of the API: as it is for a program, relative for a person, `-` for none.
    public String time(JsonNode time) {
        String text = time.asString("");
        if (!outIsTerminal || text.isEmpty()) {
            return text;
        }
        try {
            return Times.relative(Instant.parse(text), clock.instant());
        } catch (DateTimeParseException e) {
            return text;
        }
    }

    /// What happened and why, then what to do.
    public void error(CliException e) {
        boolean paint = errIsTerminal && colours;
        err.println(
                (paint ? Paint.BAD.on("fairlead:") : "fairlead:")
                        + " "
                        + Safe.text(e.getMessage()));
        String hint = e.hint();
        if (hint != null && !hint.isBlank()) {
            err.println((paint ? Paint.FAINT.on("  next:") : "  next:") + " " + Safe.text(hint));
        }
    }
}
