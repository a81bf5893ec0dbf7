package dev.fairlead.cli.api;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The query of a request: `?a=b&c=d`, or nothing. Immutable.
public record Query(List<String> parts) {

    public static final Query NONE = new Query(List.of());

    public Query {
        parts = List.copyOf(parts);
    }

    public static Query of(String name, @Nullable Object value) {
        return NONE.and(name, value);
    }

    /// @param value null or empty to leave the parameter out
    public Query and(String name, @Nullable Object value) {
        if (value == null || value.toString().isEmpty()) {
            return this;
        }
        var more = new ArrayList<>(parts);
        more.add(name + "=" + encode(value.toString()));
        return new Query(more);
    }

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public String toString() {
        return parts.isEmpty() ? "" : "?" + String.join("&", parts);
    }
}
