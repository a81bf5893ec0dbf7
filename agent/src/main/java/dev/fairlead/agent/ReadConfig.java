package dev.fairlead.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.type.LogicalType;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// Reads `agent.yaml`. What cannot be used stops the start with one sentence that names the file
/// and the key; an unknown key also names the nearest known one.
public final class ReadConfig {

    private static final String PROFILE = "profile: ";

    /// All that most files say, as `agent join` writes it. Jackson would take a tenth of the
    /// agent's start for it.
    private static final Set<String> JOINED =
            Arrays.stream(Profile.values())
                    .map(profile -> PROFILE + profile.label())
                    .collect(Collectors.toUnmodifiableSet());

    private ReadConfig() {}

    /// The defaults where there is no such file.
    ///
    /// @throws ConfigException where it is unreadable or cannot be used
    public static AgentConfig read(Path file) {
        try {
            var folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
            return parse(Files.readString(file), file.toString()).from(folder);
        } catch (NoSuchFileException e) {
            return AgentConfig.of(Profile.NODE);
        } catch (IOException e) {
            throw new ConfigException("The configuration file " + file + " cannot be read: " + e);
        }
    }

    /// @param source the name of the file, for messages
    static AgentConfig parse(String text, String source) {
        var lines =
                text.lines()
                        .filter(line -> !line.isBlank() && !line.stripLeading().startsWith("#"))
                        .toList();
        if (lines.isEmpty()) {
            return AgentConfig.of(Profile.NODE);
        }
        if (lines.size() == 1 && JOINED.contains(lines.getFirst())) {
            return AgentConfig.of(Profile.ofLabel(lines.getFirst().substring(PROFILE.length())));
        }
        try {
            var config = mapper().readValue(text, AgentConfig.class);
            // `null` and `~` are YAML too.
            return config == null ? AgentConfig.of(Profile.NODE) : config;
        } catch (UnrecognizedPropertyException e) {
            throw new ConfigException(
                    source + " line " + lineOfKey(text, e.getPropertyName()) + ": " + unknown(e));
        } catch (MismatchedInputException e) {
            throw new ConfigException(at(source, e) + path(e) + " has a value of the wrong kind");
        } catch (JacksonException e) {
            throw new ConfigException(
                    e.getCause() instanceof ConfigException own
                            ? at(source, e) + own.getMessage()
                            : at(source, e) + "this is not YAML: " + firstLine(e));
        }
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

    private static YAMLMapper mapper() {
        return YAMLMapper.builder()
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(DeserializationFeature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .withCoercionConfig(
                        LogicalType.Textual,
                        c ->
                                c.setCoercion(CoercionInputShape.Integer, CoercionAction.TryConvert)
                                        .setCoercion(CoercionInputShape.Float, CoercionAction.Fail))
                .build();
    }

    private static String unknown(UnrecognizedPropertyException e) {
        var known =
                Objects.requireNonNullElse(e.getKnownPropertyIds(), List.<Object>of()).stream()
                        .map(Object::toString)
                        .sorted()
                        .toList();
        String key = e.getPropertyName();
        String nearest =
                known.stream().min(Comparator.comparingInt(k -> distance(k, key))).orElse("");
        String hint =
                distance(nearest, key) <= Math.max(2, key.length() / 2)
                        ? "did you mean \"" + nearest + "\"?"
                        : "known here: " + String.join(", ", known);
        return "unknown key \"" + path(e) + "\"; " + hint;
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
        return Objects.requireNonNullElse(e.getOriginalMessage(), "")
                .lines()
                .findFirst()
                .orElse("");
    }

    /// Levenshtein's distance: how many letters to change, add or drop.
    private static int distance(String a, String b) {
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
