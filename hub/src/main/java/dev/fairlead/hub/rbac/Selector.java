package dev.fairlead.hub.rbac;

import dev.fairlead.hub.Rejected;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Which nodes: those that have all of these labels; without any, all nodes.
public record Selector(Labels wanted) {

    public static final Selector ALL = new Selector(Labels.NONE);

    private static final int MAX = 4_096;

    /// From `k=v,k2=v2`; empty or null selects all nodes.
    ///
    /// @throws Rejected as `invalid-request`
    public static Selector parse(@Nullable String text) {
        if (text == null || text.isEmpty()) {
            return ALL;
        }
        if (text.length() > MAX) {
            throw Rejected.invalid("A selector is at most " + MAX + " characters long.");
        }
        TreeMap<String, String> wanted = new TreeMap<>();
        for (String pair : text.split(",", -1)) {
            int equals = pair.indexOf('=');
            if (equals < 0) {
                throw Rejected.of(
                        Rejected.Code.INVALID_REQUEST,
                        "A selector is labels that a node must all have, key=value.",
                        "Write it as k=v,k2=v2.");
            }
            String key = pair.substring(0, equals);
            if (wanted.put(key, pair.substring(equals + 1)) != null) {
                throw Rejected.invalid("A selector names each key once.");
            }
        }
        return new Selector(Labels.of(wanted));
    }

    public boolean isAll() {
        return wanted.map().isEmpty();
    }

    public boolean matches(Labels node) {
        return node.map().entrySet().containsAll(wanted.map().entrySet());
    }

    /// The text that [#parse] takes, with the keys sorted.
    @Override
    public String toString() {
        return wanted.toString();
    }
}
