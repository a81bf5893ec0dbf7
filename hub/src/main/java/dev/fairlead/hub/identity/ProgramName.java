package dev.fairlead.hub.identity;

import dev.fairlead.hub.fleet.Printable;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a program says of itself (`User-Agent`), in the few words by which a person knows it again:
/// `Firefox on Linux`. Whoever asks can say anything, so nothing is decided by it.
final class ProgramName {

    private static final int MOST = 64;

    /// Part of the header, and what it means; the first that is there. Browsers name those that
    /// they take after.
    private static final List<String[]> PROGRAMS =
            List.of(
                    pair("fairlead-cli", "fairlead"),
                    pair("Edg", "Edge"),
                    pair("OPR/", "Opera"),
                    pair("Firefox/", "Firefox"),
                    pair("FxiOS/", "Firefox"),
                    pair("CriOS/", "Chrome"),
                    pair("Chromium/", "Chromium"),
                    pair("Chrome/", "Chrome"),
                    pair("Safari/", "Safari"));

    private static final List<String[]> SYSTEMS =
            List.of(
                    pair("Android", "Android"),
                    pair("iPhone", "iPhone"),
                    pair("iPad", "iPad"),
                    pair("CrOS", "ChromeOS"),
                    pair("Windows", "Windows"),
                    pair("Mac OS X", "macOS"),
                    pair("Linux", "Linux"));

    private ProgramName() {}

    private static String[] pair(String part, String meaning) {
        return new String[] {part, meaning};
    }

    /// Null where nothing is said.
    static @Nullable String of(@Nullable String userAgent) {
        String said = Printable.of(userAgent, 1024);
        if (said == null) {
            return null;
        }
        String program = meaning(PROGRAMS, said);
        if (program == null) {
            // `curl/8.5.0`: the name is what stands first.
            return Printable.of(Arrays.asList(said.split("[/ ]", 2)).getFirst(), MOST);
        }
        String system = meaning(SYSTEMS, said);
        return system == null ? program : program + " on " + system;
    }

    private static @Nullable String meaning(List<String[]> known, String said) {
        return known.stream()
                .filter(pair -> said.contains(pair[0]))
                .map(pair -> pair[1])
                .findFirst()
                .orElse(null);
    }
}
