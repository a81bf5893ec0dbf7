package dev.fairlead.hub.terminal;

import dev.fairlead.link.ProtocolException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a page says in text; input comes in binary messages.
sealed interface PageMessage {

    /// The first one.
    ///
    /// @param from offset of the output that it wants next; negative: it has nothing
    /// @param size `COLUMNSxROWS`
    record Attach(String ticket, long from, String size) implements PageMessage {}

    /// All output up to this offset was shown.
    record Seen(long upTo) implements PageMessage {}

    /// Asks for a sign of life, to be answered with the same number.
    record Ping(long number) implements PageMessage {}

    /// Longest text that a page sends.
    int MOST = 4 * 1024;

    int MOST_SIDE = 9_999;
    int MOST_TICKET = 128;

    /// JSON has no larger whole numbers that everybody reads in the same way.
    long MOST_NUMBER = (1L << 53) - 1;

    /// @throws ProtocolException where it is none of these
    static PageMessage parse(String text) {
        if (text.length() > MOST) {
            throw new ProtocolException("a message is longer than " + MOST + " characters");
        }
        JsonNode node;
        try {
            node = JsonMapper.shared().readTree(text);
        } catch (JacksonException e) {
            throw new ProtocolException("a message is no JSON");
        }
        var names = Set.copyOf(node.propertyNames());
        if (names.equals(Set.of("seen"))) {
            return new Seen(number(node, "seen", 0, MOST_NUMBER));
        }
        if (names.equals(Set.of("ping"))) {
            return new Ping(number(node, "ping", 0, MOST_NUMBER));
        }
        if (names.equals(Set.of("ticket", "columns", "rows"))
                || names.equals(Set.of("ticket", "columns", "rows", "from"))) {
            var from = node.get("from");
            return new Attach(
                    ticket(node.get("ticket")),
                    from == null ? -1 : number(node, "from", 0, MOST_NUMBER),
                    number(node, "columns", 1, MOST_SIDE)
                            + "x"
                            + number(node, "rows", 1, MOST_SIDE));
        }
        throw new ProtocolException("a message is none that a terminal gets");
    }

    private static String ticket(@Nullable JsonNode node) {
        if (node == null || !node.isString() || node.asString().length() > MOST_TICKET) {
            throw new ProtocolException("ticket is none");
        }
        return node.asString();
    }

    private static long number(JsonNode node, String name, long least, long most) {
        var value = node.get(name);
        if (value == null || !value.isIntegralNumber() || !value.canConvertToLong()) {
            throw new ProtocolException(name + " is no whole number");
        }
        long number = value.asLong();
        if (number < least || number > most) {
            throw new ProtocolException(name + " is not " + least + " to " + most);
        }
        return number;
    }
}
