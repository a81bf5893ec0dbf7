package dev.fairlead.cli.api;

import dev.fairlead.cli.CliException;
import dev.fairlead.cli.Exit;
import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.ProxySelector;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The HTTP proxy that the environment asks for: `HTTPS_PROXY=http://[USER:PASSWORD@]HOST:PORT`,
/// and `NO_PROXY=HOST,.DOMAIN,*` for what is reached without. Lower-case names count too.
public record OutboundProxy(@Nullable URI proxy, String except) {

    public static final OutboundProxy NONE = new OutboundProxy(null, "");

    /// @throws CliException where `HTTPS_PROXY` makes no sense
    public static OutboundProxy of(Map<String, String> env) {
        String text = first(env, "HTTPS_PROXY", "https_proxy");
        if (text.isEmpty()) {
            return NONE;
        }
        try {
            var proxy = URI.create(text.contains("://") ? text : "http://" + text);
            if (!"http".equals(proxy.getScheme()) || proxy.getHost() == null) {
                throw new IllegalArgumentException("it is not http://HOST:PORT");
            }
            return new OutboundProxy(proxy, first(env, "NO_PROXY", "no_proxy"));
        } catch (IllegalArgumentException e) {
            throw new CliException(
                    Exit.USAGE,
                    "HTTPS_PROXY makes no sense: " + (e.getMessage() + ".").replace(text, "..."),
                    "Set it to http://HOST:PORT or http://USER:PASSWORD@HOST:PORT.");
        }
    }

    private static String first(Map<String, String> env, String upper, String lower) {
        String value = env.getOrDefault(upper, "");
        return (value.isEmpty() ? env.getOrDefault(lower, "") : value).strip();
    }

    HttpClient.Builder apply(HttpClient.Builder builder, URI hub) {
        if (proxy == null || excepted(hub.getHost())) {
            return builder.proxy(HttpClient.Builder.NO_PROXY);
        }
        int port = proxy.getPort() < 0 ? 3128 : proxy.getPort();
        builder.proxy(ProxySelector.of(InetSocketAddress.createUnresolved(proxy.getHost(), port)));
        String who = proxy.getRawUserInfo();
        if (who != null) {
            builder.authenticator(basic(who));
        }
        return builder;
    }

    private static Authenticator basic(String who) {
        int colon = who.indexOf(':');
        String user = decode(colon < 0 ? who : who.substring(0, colon));
        String password = colon < 0 ? "" : decode(who.substring(colon + 1));
        return new Authenticator() {
            @Override
            protected @Nullable PasswordAuthentication getPasswordAuthentication() {
                return getRequestorType() == RequestorType.PROXY
                        ? new PasswordAuthentication(user, password.toCharArray())
                        : null;
            }
        };
    }

    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private boolean excepted(String host) {
        for (String one : except.split(",", -1)) {
            String name = one.strip();
            if (name.equals("*") || name.equalsIgnoreCase(host)) {
                return true;
            }
            String domain = name.startsWith(".") ? name : "." + name;
            if (!name.isEmpty()
                    && host.regionMatches(
                            true, host.length() - domain.length(), domain, 0, domain.length())) {
                return true;
            }
        }
        return false;
    }

    /// Without the password.
    @Override
    public String toString() {
        return proxy == null ? "none" : proxy.getHost() + ":" + proxy.getPort();
    }
}
