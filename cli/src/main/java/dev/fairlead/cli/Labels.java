package dev.fairlead.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// Labels as typed and as shown: `k=v`.
final class Labels {

    private Labels() {}

    /// Labels to set from `k=v`, each of which may hold several with commas between.
    ///
    /// @throws CliException where one has no `=`
    static Map<String, String> parse(List<String> typed) {
        var labels = new LinkedHashMap<String, String>();
        for (String many : typed) {
            for (String one : many.split(",", -1)) {
                int equals = one.indexOf('=');
                if (equals < 1) {
                    throw new CliException(
                            Exit.USAGE, "\"" + one + "\" is not a label.", "Labels are KEY=VALUE.");
                }
                labels.put(one.substring(0, equals), one.substring(equals + 1));
            }
        }
        return labels;
    }

    /// A selector of the API from what was typed; empty for every node.
    static String selector(List<String> typed) {
        return parse(typed).entrySet().stream()
                .map(e -> e.getKey() + "=" + e.getValue())
                .collect(Collectors.joining(","));
    }

    static String show(JsonNode labels) {
        var sorted = new TreeMap<String, String>();
        labels.properties().forEach(e -> sorted.put(e.getKey(), e.getValue().asString("")));
        return sorted.entrySet().stream()
                .map(e -> e.getKey() + "=" + e.getValue())
                .collect(Collectors.joining(","));
    }
}
