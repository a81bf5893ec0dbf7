package dev.fairlead.agent.policy;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Reads and compares IP addresses in one form only, so that no second spelling of an address gets
/// past a rule.
final class Addresses {

    private Addresses() {}

    /// The address that this text is, or null where it is none.
    ///
    /// IPv4 is four decimal numbers without leading zeros; IPv6 has no scope id.
    ///
    /// @throws IllegalArgumentException where it is a number that some resolvers take for an
    ///   address: `127.1`, `0177.0.0.1`, `0x7f000001`, `2130706433`, `fe80::1%eth0`
    static @Nullable InetAddress literal(String text) {
        if (text.indexOf(':') >= 0) {
            if (text.indexOf('%') >= 0) {
                throw new IllegalArgumentException(
                        "'" + text + "' has a scope id, which is not accepted");
            }
            try {
                return InetAddress.ofLiteral(text);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("'" + text + "' is not an IPv6 address", e);
            }
        }
        String lastLabel = text.substring(text.lastIndexOf('.') + 1);
        boolean endsInNumber =
                Ports.isDigits(lastLabel) || lastLabel.regionMatches(true, 0, "0x", 0, 2);
        if (!endsInNumber) {
            return null;
        }
        String[] parts = text.split("\\.", -1);
        byte[] bytes = new byte[4];
        boolean plain = parts.length == 4;
        for (int i = 0; plain && i < 4; i++) {
            int number = plainByte(parts[i]);
            plain = number >= 0;
            bytes[i] = (byte) number;
        }
        if (!plain) {
            throw new IllegalArgumentException(
                    "'"
                            + text
                            + "' is not an IPv4 address of four decimal numbers without leading"
                            + " zeros, such as 10.0.0.5");
        }
        return ofBytes(bytes);
    }

    /// A number from 0 to 255 without leading zeros, or -1 where the text is none.
    private static int plainByte(String text) {
        boolean plain =
                Ports.isDigits(text)
                        && text.length() <= 3
                        && (text.length() == 1 || text.charAt(0) != '0');
        int number = plain ? Integer.parseInt(text) : -1;
        return number <= 255 ? number : -1;
    }

    /// The same address without scope id; an IPv4 address mapped into IPv6 becomes IPv4.
    static InetAddress normal(InetAddress address) {
        return ofBytes(address.getAddress());
    }

    /// The IPv4 address that a translator or an old stack would take this IPv6 address for
    /// (`::a.b.c.d`, `64:ff9b::a.b.c.d`, `2002:aabb:ccdd::`), or null.
    static @Nullable InetAddress embedded(InetAddress address) {
        if (!(address instanceof Inet6Address)) {
            return null;
        }
        byte[] b = address.getAddress();
        boolean compatible = Arrays.equals(b, 0, 12, new byte[12], 0, 12);
        boolean translated =
                b[0] == 0
                        && b[1] == 0x64
                        && b[2] == (byte) 0xff
                        && b[3] == (byte) 0x9b
                        && Arrays.equals(b, 4, 12, new byte[8], 0, 8);
        if (compatible || translated) {
            return ofBytes(Arrays.copyOfRange(b, 12, 16));
        }
        return b[0] == 0x20 && b[1] == 0x02 ? ofBytes(Arrays.copyOfRange(b, 2, 6)) : null;
    }

    static InetAddress ofBytes(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("an address has 4 or 16 bytes", e);
        }
    }

    /// `10.0.0.5:443` or `[::1]:443`.
    static String show(InetAddress address, int port) {
        String text = address.getHostAddress();
        return text.indexOf(':') >= 0 ? "[" + text + "]:" + port : text + ":" + port;
    }
}
