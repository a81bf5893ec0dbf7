package dev.fairlead.hub.http;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A request that has come in whole.
///
/// @param path as sent, not decoded: no name of Fairlead needs an escape
/// @param query decoded, in order
/// @param headers by their name in lower case; the first where there are several
/// @param address where the asker comes from
record Request(
        String method,
        String path,
        Map<String, List<String>> query,
        Map<String, String> headers,
        byte[] body,
        String address) {

    @Nullable String header(String name) {
        return headers.get(name.toLowerCase(java.util.Locale.ROOT));
    }
}
