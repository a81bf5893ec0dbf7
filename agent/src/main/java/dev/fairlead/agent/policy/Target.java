package dev.fairlead.agent.policy;

import java.net.InetAddress;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Where a tcp stream is to end: `host:port`, `10.0.0.5:443` or `[::1]:443`.
///
/// @param host an address without brackets, or a name in lower case without trailing dot
/// @param literal the address where the host is one, normalised; null for a name
public record Target(String host, int port, @Nullable InetAddress literal) {

    /// Reads a target as it comes from the hub: one spelling per address, names of letters, digits,
    /// `-` and `_`.
    ///
    /// @throws IllegalArgumentException with a sentence on what is wrong
    public static Target parse(String text) {
        int colon = text.lastIndexOf(':');
        if (text.length() > 262 || colon < 1) {
            throw new IllegalArgumentException(
                    "a target is HOST:PORT or [IPV6]:PORT, not '" + shortened(text) + "'");
        }
        String host = text.substring(0, colon);
        int port = Ports.port(text.substring(colon + 1));
        if (host.startsWith("[") && host.endsWith("]")) {
            String inner = host.substring(1, host.length() - 1);
            if (inner.indexOf(':') < 0) {
                throw new IllegalArgumentException("'" + host + "' is not an IPv6 address");
            }
            return of(inner, port);
        }
        if (host.indexOf(':') >= 0) {
            throw new IllegalArgumentException(
                    "an IPv6 address stands in brackets: [" + host + "]:" + port);
        }
        return of(host, port);
    }

    /// @throws IllegalArgumentException with a sentence on what is wrong
    static Target of(String host, int port) {
        InetAddress literal = Addresses.literal(host);
        if (literal != null) {
            return new Target(literal.getHostAddress(), port, literal);
        }
        return new Target(name(host), port, null);
    }

    /// A host name in the one form that rules and targets are compared in.
    ///
    /// @throws IllegalArgumentException where it is no host name
    static String name(String text) {
        String name = text.toLowerCase(Locale.ROOT);
        if (name.endsWith(".")) {
            name = name.substring(0, name.length() - 1);
        }
        boolean good = !name.isEmpty() && name.length() <= 253;
        for (String label : name.split("\\.", -1)) {
            good &= label.matches("[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?");
        }
        if (!good) {
            throw new IllegalArgumentException("'" + shortened(text) + "' is not a host name");
        }
        return name;
    }

    private static String shortened(String text) {
        String clean = text.replaceAll("[^\\x21-\\x7e]", "?");
        return clean.length() <= 80 ? clean : clean.substring(0, 80) + "…";
    }

    @Override
    public String toString() {
        return literal == null ? host + ":" + port : Addresses.show(literal, port);
    }
}
