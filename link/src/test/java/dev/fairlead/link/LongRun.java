package dev.fairlead.link;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.LocalDate;

/// What a proof writes down of itself when it runs in full (`./check --long`): a row of the table
/// in `docs/reliability.md`, which the check puts there. A sample writes nothing.
public final class LongRun {

    private static final Path FILE = Path.of("target/long-results.md");

    private LongRun() {}

    /// Whether all of a proof is asked for, and not a sample.
    public static boolean isAsked() {
        return Boolean.getBoolean("fairlead.long");
    }

    /// What a proof does; returns what it did how often, with seeds.
    public interface Proof {
        String run() throws Exception;
    }

    /// Runs a proof, whose row says whether it held.
    ///
    /// @param name in the table
    public static void prove(String name, Proof proof) throws Exception {
        say(name + " begins");
        try {
            String counts = proof.run();
            say(name + " held: " + counts);
            row(name, counts, "held");
        } catch (Exception | AssertionError e) {
            String first =
                    String.valueOf(e.getMessage())
                            .lines()
                            .filter(line -> !line.isBlank())
                            .findFirst()
                            .orElse("");
            row(name, "", "**failed**: " + first);
            throw e;
        }
    }

    /// Tells whoever waits for `./check --long` how far it is.
    public static void say(String progress) {
        System.out.println("long: " + progress);
    }

    private static synchronized void row(String proof, String counts, String outcome) {
        if (!isAsked()) {
            return;
        }
        var row =
                "| %s | %s | %s | %s |%n"
                        .formatted(
                                LocalDate.now(Clock.systemUTC()),
                                cell(proof),
                                cell(counts),
                                cell(outcome));
        try {
            Files.writeString(FILE, row, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String cell(String text) {
        return text.replaceAll("\\s+", " ").replace("|", "\\|");
    }
}
