package dev.fairlead.link.handshake;

import dev.fairlead.link.Characters;
import dev.fairlead.link.Headers;
import dev.fairlead.link.ProtocolException;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads header fields by the rules that all messages share. The other side's text ends in logs and
/// on terminals, so it may hold no control, formatting or private characters.
final class Fields {

    static final int MAX_TEXT = 1024;

    private Fields() {}

    static String text(Headers headers, String name) {
        return printable(name, headers.need(name));
    }

    static @Nullable String optionalText(Headers headers, String name) {
        String text = headers.text(name);
        return text == null ? null : printable(name, text);
    }

    /// A decimal number within bounds.
    static long number(Headers headers, String name, long least, long most) {
        String text = headers.need(name);
        // Nineteen digits always fit a long, or fail to parse.
        if (text.matches("[0-9]{1,19}")) {
            try {
                long number = Long.parseLong(text);
                if (number >= least && number <= most) {
                    return number;
                }
            } catch (NumberFormatException e) {
                throw outside(name, least, most);
            }
        }
        throw outside(name, least, most);
    }

    private static ProtocolException outside(String name, long least, long most) {
        return new ProtocolException(
                "header %s must be a number from %d to %d".formatted(name, least, most));
    }

    static Duration millis(Headers headers, String name, Duration least, Duration most) {
        return Duration.ofMillis(number(headers, name, least.toMillis(), most.toMillis()));
    }

    static byte[] exactly(Headers headers, String name, int length) {
        byte[] bytes = headers.needBytes(name);
        if (bytes.length != length) {
            throw new ProtocolException(
                    "header %s must have %d bytes, not %d".formatted(name, length, bytes.length));
        }
        return bytes;
    }

    /// A map of names to text inside a field; empty where the field is missing.
    static Map<String, String> map(Headers headers, String name) {
        byte[] bytes = headers.bytes(name);
        if (bytes == null) {
            return Map.of();
        }
        var inner = Headers.decode(Unpooled.wrappedBuffer(bytes));
        var map = new LinkedHashMap<String, String>();
        inner.names().forEach(key -> map.put(key, text(inner, key)));
        return Map.copyOf(map);
    }

    static Headers withMap(Headers headers, String name, Map<String, String> map) {
        var inner = Headers.EMPTY;
        // Sorted: the same map must give the same bytes.
        for (String key : map.keySet().stream().sorted().toList()) {
            inner = inner.with(key, clean(map.getOrDefault(key, "")));
        }
        byte[] bytes = new byte[inner.encodedLength()];
        inner.encode(Unpooled.wrappedBuffer(bytes).clear());
        return headers.with(name, bytes);
    }

    /// This side's own text, such as an odd host name, made fit to be sent.
    static String clean(String text) {
        return Characters.shown(text, 256);
    }

    private static String printable(String name, String text) {
        if (text.length() > MAX_TEXT) {
            throw new ProtocolException(
                    "header %s has more than %d characters".formatted(name, MAX_TEXT));
        }
        if (!text.codePoints().allMatch(Characters::isShown)) {
            throw new ProtocolException("header " + name + " has a character that cannot be shown");
        }
        return text;
    }
}
