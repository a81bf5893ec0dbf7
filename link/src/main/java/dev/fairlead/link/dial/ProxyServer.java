package dev.fairlead.link.dial;

import dev.fairlead.link.handshake.Secret;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// An HTTP proxy that is asked for tunnels by CONNECT.
///
/// @param user for Basic authentication; null for none
/// @param passwordFile read at each dial, so that a changed password needs no restart
public record ProxyServer(
        String host,
        int port,
        @Nullable String user,
        @Nullable Secret password,
        @Nullable Path passwordFile) {

    /// From `http://[USER[:PASSWORD]@]HOST[:PORT]`, percent-encoded where needed; `http://` may be
    /// missing.
    ///
    /// @throws IllegalArgumentException with a sentence that never shows the password
    public static ProxyServer parse(String text, @Nullable Path passwordFile) {
        String url = text.strip();
        URI uri;
        try {
            uri = new URI(url.contains("://") ? url : "http://" + url);
        } catch (URISyntaxException e) {
            // Without its cause, which would quote the password.
            throw malformed();
        }
        if (!"http".equalsIgnoreCase(uri.getScheme())) {
            throw new IllegalArgumentException(
                    "a proxy is spoken to by http://, not by "
                            + uri.getScheme()
                            + "://; other kinds are not supported");
        }
        if (uri.getHost() == null) {
            throw malformed();
        }
        String host = uri.getHost().replaceAll("[\\[\\]]", "");
        int port = uri.getPort() < 0 ? 3128 : uri.getPort();
        String who = uri.getRawUserInfo();
        if (who == null) {
            if (passwordFile != null) {
                throw new IllegalArgumentException(
                        "a proxy with a password file needs a user: http://USER@HOST:PORT");
            }
            return new ProxyServer(host, port, null, null, null);
        }
        int colon = who.indexOf(':');
        String user = decode(colon < 0 ? who : who.substring(0, colon));
        if (colon >= 0 && passwordFile != null) {
            throw new IllegalArgumentException(
                    "a proxy has a password or a password file, not both");
        }
        var password = colon < 0 ? null : Secret.of(decode(who.substring(colon + 1)));
        return new ProxyServer(host, port, user, password, passwordFile);
    }

    private static IllegalArgumentException malformed() {
        return new IllegalArgumentException(
                "a proxy is given as http://[USER[:PASSWORD]@]HOST[:PORT]");
    }

    private static String decode(String text) {
        // In the user part of an address a plus is a plus.
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /// The value of `Proxy-Authorization`, or null for a proxy without a user.
    @Nullable String authorization() throws IOException {
        if (user == null) {
            return null;
        }
        String secret = password == null ? "" : password.text();
        if (passwordFile != null) {
            secret = Files.readString(passwordFile).strip();
        }
        byte[] pair = (user + ":" + secret).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(pair);
    }

    /// `HOST:PORT`, without user and password.
    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
