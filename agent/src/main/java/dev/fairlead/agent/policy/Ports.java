package dev.fairlead.agent.policy;

import java.util.ArrayList;
import java.util.List;

/// A set of TCP ports, written `*`, `443`, `8000-8100` or a list of those with commas.
public record Ports(List<Range> ranges) {

    public static final Ports ALL = new Ports(List.of(new Range(1, 65_535)));

    record Range(int first, int last) {}

    public Ports {
        ranges = List.copyOf(ranges);
    }

    /// @throws IllegalArgumentException where a part is no port or a range runs backwards
    public static Ports parse(String text) {
        if (text.equals("*")) {
            return ALL;
        }
        var ranges = new ArrayList<Range>();
        for (String part : text.split(",", -1)) {
            int dash = part.indexOf('-');
            int first = port(dash < 0 ? part : part.substring(0, dash));
            int last = dash < 0 ? first : port(part.substring(dash + 1));
            if (last < first) {
                throw new IllegalArgumentException("the port range " + part + " runs backwards");
            }
            ranges.add(new Range(first, last));
        }
        return new Ports(ranges);
    }

    /// Whether these are all ports. Asked at a start, where the first `equals` of a record costs
    /// more than the rest of its class.
    boolean areAll() {
        return ranges.size() == 1
                && ranges.getFirst().first == 1
                && ranges.getFirst().last == 65_535;
    }

    public boolean contains(int port) {
        for (var range : ranges) {
            if (port >= range.first && port <= range.last) {
                return true;
            }
        }
        return false;
    }

    /// One port in plain decimal digits.
    ///
    /// @throws IllegalArgumentException where it is not within 1 and 65535
    static int port(String text) {
        int port = text.length() <= 5 && isDigits(text) ? Integer.parseInt(text) : 0;
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("'" + text + "' is not a port (1 to 65535)");
        }
        return port;
    }

    /// Whether it is one ASCII digit or more, and nothing else.
    static boolean isDigits(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return !text.isEmpty();
    }

    @Override
    public String toString() {
        if (areAll()) {
            return "*";
        }
        var parts = new ArrayList<String>();
        for (var range : ranges) {
            parts.add(
                    range.first == range.last
                            ? Integer.toString(range.first)
                            : range.first + "-" + range.last);
        }
        return String.join(",", parts);
    }
}
