package dev.fairlead.agent.policy;

import java.net.InetAddress;

/// One line under `allow:` or `deny:` of agent.yaml.
public sealed interface Rule {

    /// The built-in SSH server and exec: people and programs that act as one of the `logins:`.
    record Ssh() implements Rule {
        @Override
        public String toString() {
            return "ssh";
        }
    }

    /// 127.0.0.0/8 and ::1 of this node.
    record Loopback(Ports ports) implements Rule {
        @Override
        public String toString() {
            return ports.areAll() ? "loopback" : "loopback:" + ports;
        }
    }

    /// All addresses whose first `bits` bits are those of `base`.
    record Network(InetAddress base, int bits, Ports ports) implements Rule {

        public Network {
            byte[] bytes = base.getAddress();
            if (bits < 0 || bits > bytes.length * 8) {
                throw new IllegalArgumentException(
                        "/" + bits + " is longer than the address " + base.getHostAddress());
            }
            for (int bit = bits; bit < bytes.length * 8; bit++) {
                if ((bytes[bit / 8] >> (7 - bit % 8) & 1) != 0) {
                    throw new IllegalArgumentException(
                            base.getHostAddress() + "/" + bits + " has bits set behind the prefix");
                }
            }
        }

        boolean contains(InetAddress address) {
            byte[] a = address.getAddress();
            byte[] b = base.getAddress();
            if (a.length != b.length) {
                return false;
            }
            for (int bit = 0; bit < bits; bit++) {
                if (((a[bit / 8] ^ b[bit / 8]) >> (7 - bit % 8) & 1) != 0) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public String toString() {
            String text =
                    base.getHostAddress()
                            + (bits == base.getAddress().length * 8 ? "" : "/" + bits);
            return (text.indexOf(':') >= 0 ? "[" + text + "]" : text) + ":" + ports;
        }
    }

    /// A host name as it was asked for; with `*.` in front, every name below it.
    ///
    /// Whoever runs that name's DNS chooses the addresses, so it never covers loopback and
    /// link-local addresses (there are the node's own services and a cloud's metadata service).
    record Name(String name, boolean wildcard, Ports ports) implements Rule {

        boolean matches(String asked) {
            return wildcard ? asked.endsWith("." + name) : asked.equals(name);
        }

        @Override
        public String toString() {
            return (wildcard ? "*." : "") + name + ":" + ports;
        }
    }

    /// Whether this rule covers an address that was found for a target.
    ///
    /// @param address normalised
    default boolean covers(Target target, InetAddress address) {
        return switch (this) {
            case Ssh _ -> false;
            case Loopback rule -> address.isLoopbackAddress() && rule.ports.contains(target.port());
            case Network rule -> rule.contains(address) && rule.ports.contains(target.port());
            case Name rule ->
                    target.literal() == null
                            && rule.matches(target.host())
                            && rule.ports.contains(target.port())
                            && !address.isLoopbackAddress()
                            && !address.isLinkLocalAddress();
        };
    }

    /// Reads `ssh`, `loopback`, `loopback:PORTS`, `HOST:PORTS`, `*.DOMAIN:PORTS`,
    /// `10.0.0.0/8:PORTS`, `[fd00::/8]:PORTS`.
    ///
    /// @throws IllegalArgumentException with a sentence on what is wrong
    static Rule parse(String text) {
        if (text.equals("ssh")) {
            return new Ssh();
        }
        if (text.equals("loopback")) {
            return new Loopback(Ports.ALL);
        }
        int colon = text.lastIndexOf(':');
        if (colon < 1 || text.endsWith("]")) {
            throw new IllegalArgumentException(
                    "'"
                            + text
                            + "' is no rule; write ssh, loopback, HOST:PORTS, *.DOMAIN:PORTS,"
                            + " 10.0.0.0/8:PORTS or [fd00::/8]:PORTS, with * for all ports");
        }
        String host = text.substring(0, colon);
        var ports = Ports.parse(text.substring(colon + 1));
        if (host.equals("loopback")) {
            return new Loopback(ports);
        }
        if (host.startsWith("*.")) {
            String domain = host.substring(2);
            if (Addresses.literal(domain) != null) {
                throw new IllegalArgumentException("a wildcard stands before names only: " + host);
            }
            return new Name(Target.name(domain), true, ports);
        }
        boolean brackets = host.startsWith("[") && host.endsWith("]");
        if (!brackets && host.indexOf(':') >= 0) {
            throw new IllegalArgumentException(
                    "an IPv6 address stands in brackets: [" + host + "]");
        }
        String inner = brackets ? host.substring(1, host.length() - 1) : host;
        int slash = inner.indexOf('/');
        InetAddress base = Addresses.literal(slash < 0 ? inner : inner.substring(0, slash));
        if (base == null) {
            if (brackets || slash >= 0) {
                throw new IllegalArgumentException("'" + host + "' is not an address or network");
            }
            return new Name(Target.name(host), false, ports);
        }
        int all = base.getAddress().length * 8;
        return new Network(base, slash < 0 ? all : prefix(inner.substring(slash + 1)), ports);
    }

    private static int prefix(String text) {
        if (!text.matches("0|[1-9][0-9]{0,2}")) {
            throw new IllegalArgumentException("'/" + text + "' is not the length of a prefix");
        }
        return Integer.parseInt(text);
    }
}
