package dev.fairlead.cli.profile;

import dev.fairlead.cli.CliException;
import dev.fairlead.cli.Exit;
import dev.fairlead.cli.Names;
import java.net.URI;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The text of `profiles.yaml`: a plain subset of YAML (mappings of one-line values, comments),
/// which a person may edit. What goes beyond it is refused with the line's number, never guessed.
final class ProfileText {

    private static final List<String> KEYS =
            List.of("hub", "fingerprint", "ca", "user", "tenant", "token", "expires");

    private ProfileText() {}

    static String write(Profiles profiles) {
        var text =
                new StringBuilder(
                        "# Written by `fairlead login`. Holds secrets: keep it to yourself.\n");
        text.append("current: ").append(profiles.current()).append("\nprofiles:\n");
        profiles.byName()
                .forEach((name, profile) -> {
                    text.append("  ").append(name).append(":\n");
                    values(profile)
                            .forEach((key, value) -> {
                                if (value != null) {
                                    text.append("    ")
                                            .append(key)
                                            .append(": ")
                                            .append(quoted(value))
                                            .append('\n');
                                }
                            });
                });
        return text.toString();
    }

    private static Map<String, @Nullable String> values(Profile profile) {
        var values = new LinkedHashMap<String, @Nullable String>();
        values.put("hub", profile.hub().toString());
        values.put("fingerprint", profile.fingerprint());
        values.put("ca", profile.ca());
        values.put("user", profile.user());
        values.put("tenant", profile.tenant());
        values.put("token", profile.token());
        values.put("expires", profile.expires() == null ? null : profile.expires().toString());
        return values;
    }

    /// Single quotes, in which YAML knows no escape but the doubled quote.
    private static String quoted(String value) {
        return "'" + value.replace("'", "''") + "'";
    }

    /// @param where the file's name, for messages
    /// @throws CliException where a line is not understood
    static Profiles read(String text, String where) {
        String current = Profiles.DEFAULT;
        var profiles = new TreeMap<String, Map<String, String>>();
        Map<String, String> open = null;
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            if (line.isBlank() || line.stripLeading().startsWith("#")) {
                continue;
            }
            int indent = line.length() - line.stripLeading().length();
            int colon = line.indexOf(':');
            if (colon < 0 || line.contains("\t")) {
                throw bad(where, number, "is not \"key: value\"");
            }
            String key = line.substring(indent, colon).strip();
            String value = value(line.substring(colon + 1).strip(), where, number);
            if (indent == 0 && key.equals("current")) {
                current = Names.label("profile", value);
            } else if (indent == 0 && key.equals("profiles")) {
                open = null;
            } else if (indent == 2 && value.isEmpty()) {
                open =
                        profiles.computeIfAbsent(
                                Names.label("profile", key), k -> new LinkedHashMap<>());
            } else if (indent == 4 && open != null && KEYS.contains(key)) {
                open.put(key, value);
            } else {
                throw bad(
                        where,
                        number,
                        "has \""
                                + key
                                + "\" where none is expected; a profile has "
                                + String.join(", ", KEYS));
            }
        }
        var byName = new TreeMap<String, Profile>();
        profiles.forEach(
                (name, values) -> byName.put(name, profile(values, where + ", profile " + name)));
        return new Profiles(current, byName);
    }

    private static String value(String text, String where, int number) {
        if (text.startsWith("'")) {
            if (text.length() < 2 || !text.endsWith("'")) {
                throw bad(where, number, "has a quote that is not closed");
            }
            return text.substring(1, text.length() - 1).replace("''", "'");
        }
        if (text.startsWith("\"")
                || text.startsWith("{")
                || text.startsWith("[")
                || text.startsWith("|")
                || text.startsWith(">")
                || text.startsWith("&")
                || text.startsWith("*")) {
            throw bad(
                    where,
                    number,
                    "has a value in a form that is not read here; write it plain or in '...'");
        }
        int comment = text.startsWith("#") ? 0 : text.indexOf(" #");
        return comment < 0 ? text : text.substring(0, comment).strip();
    }

    private static Profile profile(Map<String, String> values, String where) {
        try {
            String expires = values.get("expires");
            return new Profile(
                    URI.create(need(values, "hub", where)),
                    values.get("fingerprint"),
                    values.get("ca"),
                    need(values, "user", where),
                    values.get("tenant"),
                    values.get("token"),
                    expires == null ? null : Instant.parse(expires));
        } catch (java.time.format.DateTimeParseException | IllegalArgumentException e) {
            throw new CliException(Exit.FAILED, where + " cannot be read: " + e.getMessage());
        }
    }

    private static String need(Map<String, String> values, String key, String where) {
        String value = values.get(key);
        if (value == null || value.isEmpty()) {
            throw new CliException(Exit.FAILED, where + " has no " + key + ".");
        }
        return value;
    }

    private static CliException bad(String where, int number, String what) {
        return new CliException(
                Exit.FAILED,
                where + ", line " + number + " " + what + ".",
                "Mend the line, or remove the file and sign in again with fairlead login.");
    }
}
