package dev.fairlead.hub.http;

import io.vertx.core.http.HttpServerResponse;

/// What every answer tells a browser: nothing here may be framed, sniffed, cached, read by another
/// site, or come with anything that the page itself does not name. There is no CORS.
final class SecurityHeaders {

    private static final String API_POLICY = "default-src 'none'; frame-ancestors 'none'";

    private final boolean strictTransport;

    /// @param hostName the hub's first name; HSTS would bind every port of `localhost`
    SecurityHeaders(String hostName) {
        this.strictTransport = hostName.contains(".") && !hostName.matches("[0-9.]+");
    }

    void add(HttpServerResponse response) {
        var headers = response.headers();
        headers.set("Content-Security-Policy", API_POLICY);
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("X-Frame-Options", "DENY");
        headers.set("Referrer-Policy", "no-referrer");
        headers.set("Cross-Origin-Resource-Policy", "same-origin");
        headers.set("Cross-Origin-Opener-Policy", "same-origin");
        headers.set("Cache-Control", "no-store");
        if (strictTransport) {
            headers.set("Strict-Transport-Security", "max-age=31536000");
        }
    }
}
