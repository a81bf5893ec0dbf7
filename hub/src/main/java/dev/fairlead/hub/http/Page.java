package dev.fairlead.hub.http;

import dev.fairlead.hub.Rejected;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A page of a list: its items, and the cursor of the next page or null on the last.
public record Page<T>(List<T> items, @Nullable String next) {

    /// From one item more than the page has: the extra one only tells that there is a next page.
    ///
    /// @param rows at most `limit` + 1
    /// @param key what the next page starts after, of the page's last item
    public static <R, T> Page<T> of(
            List<R> rows, int limit, Function<R, String> key, Function<R, T> show) {
        boolean more = rows.size() > limit;
        var shown = more ? rows.subList(0, limit) : rows;
        return new Page<>(
                shown.stream().map(show).toList(),
                more ? encode(key.apply(shown.getLast())) : null);
    }

    /// A cursor is opaque to clients: the key in base64.
    static String encode(String key) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(key.getBytes(StandardCharsets.UTF_8));
    }

    /// @throws Rejected as `invalid` where it is no cursor of this hub
    static String decode(String cursor) {
        try {
            return new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw Rejected.invalid(
                    "The cursor is not one that this hub gave: take `next` of the page before.");
        }
    }
}
