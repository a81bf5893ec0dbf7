package dev.fairlead.hub;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Writes other names into the text of a `hub.yaml` and leaves everything else as it is.
final class ConfigNames {

    private static final Pattern KEY = Pattern.compile("^names\\s*:.*");
    private static final Pattern NEXT_KEY = Pattern.compile("^[^\\s#\\-\\]}].*");

    private ConfigNames() {}

    /// @param text of a file that was read
    /// @throws ConfigException where it is written in a way that is not understood here
    static String replace(String text, List<String> names) {
        var lines = new ArrayList<>(text.lines().toList());
        int from = 0;
        while (from < lines.size() && !KEY.matcher(lines.get(from)).matches()) {
            from++;
        }
        int to = from + 1;
        while (to < lines.size() && !NEXT_KEY.matcher(lines.get(to)).matches()) {
            to++;
        }
        // Comments and blank lines before the next key are about that.
        while (to > from + 1 && isAside(lines.get(to - 1))) {
            to--;
        }
        var before = ReadConfig.parse(text, "hub.yaml");
        if (from < lines.size()) {
            lines.subList(from, to).clear();
            lines.add(from, line(names));
            String changed = String.join("\n", lines) + "\n";
            if (isOnlyRenamed(before, changed, names)) {
                return changed;
            }
        }
        throw new ConfigException(
                "the file is written in a way that is not changed here; write into it yourself:  "
                        + line(names));
    }

    private static boolean isOnlyRenamed(HubConfig before, String changed, List<String> names) {
        try {
            return ReadConfig.parse(changed, "hub.yaml").equals(before.withNames(names));
        } catch (ConfigException e) {
            return false;
        }
    }

    private static boolean isAside(String line) {
        return line.isBlank() || line.stripLeading().startsWith("#");
    }

    /// Names have no character that YAML would read otherwise, but for the colons of IPv6.
    static String line(List<String> names) {
        return "names: ["
                + String.join(
                        ", ",
                        names.stream().map(n -> n.indexOf(':') < 0 ? n : '"' + n + '"').toList())
                + "]";
    }
}
