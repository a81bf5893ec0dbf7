package dev.fairlead.hub.rbac;

import dev.fairlead.hub.Rejected;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// A node's labels: at most 32; keys of 1 to 63 of `a-z 0-9 . _ / -` that begin with a letter or
/// digit; values of at most 63 of `A-Z a-z 0-9 . _ : @ / -`, possibly empty.
public record Labels(SortedMap<String, String> map) {

    public static final int MOST = 32;
    public static final Labels NONE = new Labels(new TreeMap<>());

    private static final Pattern KEY = Pattern.compile("[a-z0-9][a-z0-9._/-]{0,62}");
    private static final Pattern VALUE = Pattern.compile("[A-Za-z0-9._:@/-]{0,63}");

    /// @throws Rejected as `invalid-request` beyond those limits
    public Labels {
        map = Collections.unmodifiableSortedMap(new TreeMap<>(map));
        if (map.size() > MOST) {
            throw Rejected.invalid("A node has at most " + MOST + " labels.");
        }
        map.forEach((key, value) -> {
            if (!KEY.matcher(key).matches()) {
                throw Rejected.invalid(
                        "The key of a label is 1 to 63 of a-z, 0-9 and ._/- and begins with a"
                                + " letter or digit.");
            }
            if (!VALUE.matcher(value).matches()) {
                throw Rejected.invalid(
                        "The value of the label "
                                + key
                                + " is at most 63 of A-Z, a-z, 0-9 and ._:@/-.");
            }
        });
    }

    public static Labels of(Map<String, String> map) {
        return new Labels(new TreeMap<>(map));
    }

    /// As `k=v,k2=v2`, sorted by key.
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        map.forEach((key, value) ->
                text.append(text.isEmpty() ? "" : ",").append(key).append('=').append(value));
        return text.toString();
    }
}
