package dev.fairlead.hub;

import com.fasterxml.jackson.annotation.JsonCreator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.type.LogicalType;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// Reads `hub.yaml`. What cannot be used stops the start with one sentence that names file, line
/// and key; an unknown key also names the nearest known one.
public final class ReadConfig {

    private static final YAMLMapper YAML =
            YAMLMapper.builder()
                    .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(DeserializationFeature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
                    .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .withCoercionConfig(
                            LogicalType.Integer,
                            c -> c.setCoercion(CoercionInputShape.String, CoercionAction.Fail))
                    .build();

    private ReadConfig() {}

    /// @throws ConfigException where the file is missing, unreadable or cannot be used
    public static HubConfig read(Path file) {
        String text;
        try {
            text = Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new ConfigException(
                    "There is no configuration file "
                            + file
                            + ". Write one; docs/configuration.md"
                            + " has an example.");
        } catch (IOException e) {
            throw new ConfigException("The configuration file " + file + " cannot be read: " + e);
        }
        Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
        return parse(text, file.toString()).from(folder);
    }

    /// @param source the name of the file, for messages
    static HubConfig parse(String text, String source) {
        if (text.lines().allMatch(line -> line.isBlank() || line.stripLeading().startsWith("#"))) {
            throw empty(source);
        }
        try {
            var config = YAML.readValue(text, HubConfig.class);
            if (config == null) { // `null` and `~` are YAML too.
                throw empty(source);
            }
            return config;
        } catch (UnrecognizedPropertyException e) {
            throw new ConfigException(
                    source + " line " + lineOfKey(text, e.getPropertyName()) + ": " + unknown(e));
        } catch (MismatchedInputException e) {
            throw new ConfigException(at(source, e) + mismatch(e));
        } catch (JacksonException e) {
            throw new ConfigException(
                    e.getCause() instanceof ConfigException own
                            ? at(source, e) + own.getMessage()
                            : at(source, e) + "this is not YAML: " + firstLine(e));
        }
    }

    private static ConfigException empty(String source) {
        return new ConfigException(
                source + " is empty: it must at least say  names: [hub.example.com]");
    }

    /// Jackson has forgotten the place of an unknown key by the time that it tells of it.
    private static long lineOfKey(String text, String key) {
        var pattern = Pattern.compile("(^|[\\s{,\"'])" + Pattern.quote(key) + "[\"']?\\s*:");
        return 1
                + text.lines()
                        .takeWhile(line ->
                                line.stripLeading().startsWith("#")
                                        || !pattern.matcher(line).find())
                        .count();
    }

    private static String unknown(UnrecognizedPropertyException e) {
        var known = new ArrayList<String>();
        if (e.getKnownPropertyIds() != null) {
            e.getKnownPropertyIds().forEach(id -> known.add(id.toString()));
        }
        String key = e.getPropertyName();
        String nearest =
                known.stream().min(Comparator.comparingInt(k -> distance(k, key))).orElse("");
        String hint =
                distance(nearest, key) <= Math.max(2, key.length() / 2)
                        ? "did you mean \"" + nearest + "\"?"
                        : "known here: " + String.join(", ", known.stream().sorted().toList());
        return "unknown key \"" + path(e) + "\"; " + hint;
    }

    private static String mismatch(MismatchedInputException e) {
        return path(e) + " has a value of the wrong kind; " + expected(e.getTargetType());
    }

    private static String expected(@Nullable Class<?> type) {
        if (type == null) {
            return "docs/configuration.md says what it may be";
        }
        if (Number.class.isAssignableFrom(type) || type == int.class) {
            return "a whole number is expected";
        }
        if (List.class.isAssignableFrom(type)) {
            return "a list is expected";
        }
        boolean keys =
                type.isRecord()
                        || List.of(type.getDeclaredMethods()).stream()
                                .anyMatch(m -> m.isAnnotationPresent(JsonCreator.class));
        return keys ? "keys below it are expected" : "a text is expected";
    }

    private static String path(JacksonException e) {
        var path = new StringBuilder();
        for (var step : e.getPath()) {
            if (step.getPropertyName() != null) {
                path.append(path.isEmpty() ? "" : ".").append(step.getPropertyName());
            }
        }
        return path.isEmpty() ? "the file" : path.toString();
    }

    private static String at(String source, JacksonException e) {
        return e.getLocation() != null && e.getLocation().getLineNr() > 0
                ? source + " line " + e.getLocation().getLineNr() + ": "
                : source + ": ";
    }

    private static String firstLine(JacksonException e) {
        String message = e.getOriginalMessage();
        return message == null ? "" : message.lines().findFirst().orElse("");
    }

    /// Levenshtein's distance: how many letters to change, add or drop.
    static int distance(String a, String b) {
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(change, Math.min(previous[j], row[j - 1]) + 1);
            }
            previous = row;
        }
        return previous[b.length()];
    }
}
