package dev.fairlead.link.dial;

import io.netty.util.NetUtil;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The rules of `NO_PROXY`, as curl and Go read them: entries apart by commas or blanks, each `*`,
/// a name (`example.org` and `.example.org` both also mean every name below it, the latter only
/// those; `*.example.org` is the latter), an address, or a network in CIDR form; a name or address
/// may have `:PORT`. Names are not resolved: addresses and networks match hubs that are given by
/// address.
final class NoProxy {

    private final List<Rule> rules;

    NoProxy(String list) {
        var parsed = new ArrayList<Rule>();
        for (String entry : list.split("[,\\s]+")) {
            if (!entry.isEmpty()) {
                parsed.add(rule(entry.toLowerCase(Locale.ROOT)));
            }
        }
        rules = List.copyOf(parsed);
    }

    boolean matches(String host, int port) {
        String name = host.toLowerCase(Locale.ROOT).replaceAll("\\.$", "");
        byte[] address = address(name);
        return rules.stream().anyMatch(rule -> rule.matches(name, address, port));
    }

    private sealed interface Rule {
        boolean matches(String name, byte @Nullable [] address, int port);
    }

    private record Everything() implements Rule {
        @Override
        public boolean matches(String name, byte @Nullable [] address, int port) {
            return true;
        }
    }

    /// @param port 0 for any
    private record Name(String suffix, boolean itself, int port) implements Rule {
        @Override
        public boolean matches(String name, byte @Nullable [] address, int port) {
            return address == null
                    && (this.port == 0 || this.port == port)
                    && (name.endsWith("." + suffix) || (itself && name.equals(suffix)));
        }
    }

    /// @param prefix how many bits count
    /// @param length of the addresses, in bytes
    private record Network(BigInteger bits, int prefix, int length, int port) implements Rule {

        static Network of(byte[] address, int prefix, int port) {
            return new Network(head(address, prefix), prefix, address.length, port);
        }

        @Override
        public boolean matches(String name, byte @Nullable [] address, int port) {
            return address != null
                    && address.length == length
                    && (this.port == 0 || this.port == port)
                    && head(address, prefix).equals(bits);
        }

        private static BigInteger head(byte[] address, int prefix) {
            return new BigInteger(1, address).shiftRight(address.length * 8 - prefix);
        }
    }

    private static Rule rule(String entry) {
        if (entry.equals("*")) {
            return new Everything();
        }
        int slash = entry.indexOf('/');
        if (slash > 0) {
            byte[] network = address(entry.substring(0, slash));
            String bits = entry.substring(slash + 1);
            if (network == null
                    || !bits.matches("[0-9]{1,3}")
                    || Integer.parseInt(bits) > network.length * 8) {
                throw new IllegalArgumentException(
                        "NO_PROXY has the entry "
                                + entry
                                + ", which is no network such as 10.0.0.0/8");
            }
            return Network.of(network, Integer.parseInt(bits), 0);
        }
        byte[] whole = address(entry);
        if (whole != null) {
            return Network.of(whole, whole.length * 8, 0);
        }
        int colon = entry.lastIndexOf(':');
        int port = 0;
        String host = entry;
        if (colon > 0 && entry.substring(colon + 1).matches("[0-9]{1,5}")) {
            port = Integer.parseInt(entry.substring(colon + 1));
            host = entry.substring(0, colon);
        }
        byte[] address = address(host);
        if (address != null) {
            return Network.of(address, address.length * 8, port);
        }
        host = host.replaceAll("\\.$", "");
        if (host.startsWith("*.")) {
            return new Name(host.substring(2), false, port);
        }
        return host.startsWith(".")
                ? new Name(host.substring(1), false, port)
                : new Name(host, true, port);
    }

    private static byte @Nullable [] address(String text) {
        boolean brackets = text.startsWith("[") && text.endsWith("]");
        return NetUtil.createByteArrayFromIpAddressString(
                brackets ? text.substring(1, text.length() - 1) : text);
    }
}
