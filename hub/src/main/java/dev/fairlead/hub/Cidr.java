package dev.fairlead.hub;

import java.net.InetAddress;
import java.util.Arrays;

/// A range of addresses, such as `10.0.0.0/8` or `2001:db8::/32`; a bare address is a range of one.
/// An IPv4 address written as IPv6 (`::ffff:10.0.0.1`) counts as IPv4.
public record Cidr(InetAddress network, int prefixLength) {

    /// @throws ConfigException where it is no address, the prefix does not fit, or bits beyond the
    ///   prefix are set
    public static Cidr parse(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        InetAddress network;
        try {
            network = InetAddress.ofLiteral(address);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(
                    "\"" + text + "\" is no address or range of addresses such as 10.0.0.0/8");
        }
        int bits = network.getAddress().length * 8;
        int prefix = bits;
        if (slash >= 0) {
            try {
                prefix = Integer.parseInt(text.substring(slash + 1));
            } catch (NumberFormatException e) {
                prefix = -1;
            }
        }
        if (prefix < 0 || prefix > bits) {
            throw new ConfigException("\"" + text + "\" has no prefix of 0 to " + bits + " bits");
        }
        var range = new Cidr(network, prefix);
        if (!Arrays.equals(range.masked(network.getAddress()), network.getAddress())) {
            throw new ConfigException(
                    "\"" + text + "\" has bits set beyond its prefix of " + prefix);
        }
        return range;
    }

    public boolean contains(InetAddress address) {
        byte[] bytes = address.getAddress();
        return bytes.length == network.getAddress().length
                && Arrays.equals(masked(bytes), network.getAddress());
    }

    private byte[] masked(byte[] address) {
        byte[] masked = address.clone();
        for (int bit = prefixLength; bit < masked.length * 8; bit++) {
            masked[bit / 8] &= (byte) ~(0x80 >> (bit % 8));
        }
        return masked;
    }

    @Override
    public String toString() {
        return network.getHostAddress() + "/" + prefixLength;
    }
}
