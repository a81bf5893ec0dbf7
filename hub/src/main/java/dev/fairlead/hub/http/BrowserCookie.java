package dev.fairlead.hub.http;

import dev.fairlead.hub.Rejected;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// The cookie that holds a browser's sign-in, and who may use it.
///
/// No script reads it, no other site sends it, and it belongs to this one host. What comes with it
/// is answered only where the browser says that a page of this hub asks.
public final class BrowserCookie {

    public static final String NAME = "__Host-fairlead";

    private static final String ATTRIBUTES = "; Path=/; Secure; HttpOnly; SameSite=Strict";
    private static final String OWN = "same-origin";

    private BrowserCookie() {}

    /// What `Set-Cookie` says.
    ///
    /// @param token of the sign-in
    /// @param life as long as that of the sign-in
    public static String set(String token, Duration life) {
        return NAME + "=" + token + "; Max-Age=" + Math.max(0, life.toSeconds()) + ATTRIBUTES;
    }

    /// The `Set-Cookie` that takes it away.
    public static String clear() {
        return NAME + "=; Max-Age=0" + ATTRIBUTES;
    }

    /// The token in a request's `Cookie`; null where there is none.
    static @Nullable String of(Request request) {
        return of(request.header("cookie"));
    }

    /// @param header what `Cookie` says; null where there is none
    public static @Nullable String of(@Nullable String header) {
        if (header == null) {
            return null;
        }
        for (String pair : header.split(";", -1)) {
            String cookie = pair.strip();
            if (cookie.startsWith(NAME + "=")) {
                return cookie.substring(NAME.length() + 1);
            }
        }
        return null;
    }

    /// @throws Rejected as `denied` where the request does not come from a page of this hub
    static void mustBeOwnPage(Request request) {
        boolean reads = request.method().equals("GET");
        if (!isOwnPage(
                reads,
                request.header("sec-fetch-site"),
                request.header("origin"),
                request.header("host"))) {
            throw Rejected.of(
                    Rejected.Code.DENIED,
                    "The request does not come from a page of this hub.",
                    "Programs send Authorization: Bearer TOKEN instead of the browser's cookie.");
        }
    }

    /// Whether the browser says that a page of this very host and port asks.
    ///
    /// @param reads whether nothing is changed; a read that a person typed is theirs too, and older
    ///   browsers name no origin with it
    /// @param site `Sec-Fetch-Site`
    /// @param origin `Origin`
    /// @param host `Host`
    public static boolean isOwnPage(
            boolean reads, @Nullable String site, @Nullable String origin, @Nullable String host) {
        if (site != null && !site.equals(OWN) && !(reads && site.equals("none"))) {
            return false;
        }
        return origin == null ? reads : host != null && origin.equalsIgnoreCase("https://" + host);
    }
}
