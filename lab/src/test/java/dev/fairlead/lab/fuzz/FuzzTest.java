package dev.fairlead.lab.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fairlead.link.LongRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Every fuzzer: the inputs of its corpus, and jazzer's search for others, for a few seconds of all
/// together, or for minutes of each with `-Dfairlead.long=true`.
///
/// A crash is printed with the name of a folder. Copy its file into the fuzzer's folder of
/// `src/test/fuzz`, where it stays when the mistake is mended. `-Dfairlead.fuzz.keep=true` searches
/// with each, and adds to the corpus what reaches new code.
@Tag("long")
@Timeout(value = 40, unit = TimeUnit.MINUTES)
class FuzzTest {

    private static final int SECONDS =
            Integer.getInteger("fairlead.fuzz.seconds", LongRun.isAsked() ? 300 : 15);
    private static final boolean KEEPS = Boolean.getBoolean("fairlead.fuzz.keep");
    private static final Path CRASHES = Path.of("target/fuzz").toAbsolutePath();
    private static final Pattern RUNS =
            Pattern.compile("stat::number_of_executed_units: *([0-9]+)");

    @TempDir Path folder;

    @TestFactory
    List<DynamicTest> corpus() {
        var tests = new ArrayList<DynamicTest>();
        for (var target : Target.values()) {
            for (var file : inputs(target)) {
                tests.add(
                        DynamicTest.dynamicTest(
                                target + " " + file.getFileName(),
                                () -> target.once(Files.readAllBytes(file))));
            }
        }
        return tests;
    }

    private static List<Path> inputs(Target target) {
        try (var files = Files.list(target.corpus())) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @EnumSource
    void searchWithEach(Target target) throws Exception {
        assumeTrue(LongRun.isAsked() || KEEPS, "a sample searches with all together");
        LongRun.prove(
                "fuzzer " + target,
                () -> {
                    var found = Files.createDirectories(folder.resolve("found"));
                    var counts =
                            search(
                                    target.type(),
                                    target.most(),
                                    List.of(found, target.corpus().toAbsolutePath()));
                    if (KEEPS) {
                        keep(target, found);
                    }
                    return counts;
                });
    }

    /// One process for all: its start costs more than a short search.
    @Test
    void searchWithAll() throws Exception {
        assumeFalse(LongRun.isAsked() || KEEPS, "each has a search of its own");
        var corpus = Files.createDirectories(folder.resolve("corpus"));
        for (var target : Target.values()) {
            for (var file : inputs(target)) {
                Files.write(
                        corpus.resolve(target + "-" + file.getFileName()),
                        AllFuzz.input(target, Files.readAllBytes(file)));
            }
        }
        int most = Arrays.stream(Target.values()).mapToInt(Target::most).max().orElseThrow() + 1;
        LongRun.prove(
                "fuzzers",
                () -> {
                    try {
                        return search(AllFuzz.class, most, List.of(corpus));
                    } finally {
                        AllFuzz.sort(CRASHES.resolve(AllFuzz.class.getSimpleName()), CRASHES);
                    }
                });
    }

    private String search(Class<?> fuzzer, int most, List<Path> corpora) throws Exception {
        int seed =
                Integer.getInteger(
                        "fairlead.fuzz.seed", ThreadLocalRandom.current().nextInt(1, 1 << 30));
        var log = folder.resolve("log");
        var crashes = Files.createDirectories(CRASHES.resolve(fuzzer.getSimpleName()));
        var process =
                new ProcessBuilder(command(fuzzer, most, seed, crashes, corpora))
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        try {
            boolean ended = process.waitFor(SECONDS + 120, TimeUnit.SECONDS);
            String said = Files.readString(log, StandardCharsets.ISO_8859_1);
            assertThat(ended && process.exitValue() == 0)
                    .as(
                            "%s with seed %d; the input is in %s; the end of what was said:%n%s",
                            fuzzer.getSimpleName(),
                            seed,
                            CRASHES,
                            said.substring(Math.max(0, said.length() - 6_000)))
                    .isTrue();
            var runs = RUNS.matcher(said);
            assertThat(runs.find()).as(said).isTrue();
            long count = Long.parseLong(runs.group(1));
            assertThat(count).as("runs: %s", said).isPositive();
            return "%,d runs in %d s, seed %d".formatted(count, SECONDS, seed);
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private static List<String> command(
            Class<?> fuzzer, int most, int seed, Path crashes, List<Path> corpora) {
        var command =
                new ArrayList<>(
                        List.of(
                                ProcessHandle.current().info().command().orElse("java"),
                                "-XX:+EnableDynamicAgentLoading",
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-Xmx512m",
                                "-XX:+UseSerialGC",
                                LongRun.isAsked()
                                        ? "-XX:+TieredCompilation"
                                        : "-XX:TieredStopAtLevel=1",
                                "-Xshare:auto",
                                "-XX:-OmitStackTraceInFastThrow",
                                "-cp",
                                System.getProperty(
                                        "surefire.test.class.path",
                                        System.getProperty("java.class.path")),
                                "com.code_intelligence.jazzer.Jazzer",
                                "--target_class=" + fuzzer.getName(),
                                "--instrumentation_includes=dev.fairlead.**",
                                "--custom_hook_includes=dev.fairlead.**",
                                // It fails on the way in which Netty calls Unsafe.
                                "--disabled_hooks="
                                        + "com.code_intelligence.jazzer.sanitizers.UnsafeSanitizer",
                                "-max_total_time=" + SECONDS,
                                "-max_len=" + most,
                                "-timeout=25",
                                "-rss_limit_mb=3000",
                                "-print_final_stats=1",
                                "-seed=" + seed,
                                "-artifact_prefix=" + crashes + "/"));
        corpora.forEach(corpus -> command.add(corpus.toString()));
        return command;
    }

    /// Small inputs only: the corpus is read by people too, and by every check.
    private static void keep(Target target, Path found) throws IOException {
        try (var files = Files.list(found)) {
            for (var file : files.toList()) {
                if (Files.size(file) <= 512) {
                    Files.copy(
                            file,
                            target.corpus().resolve(file.getFileName()),
                            java.nio.file.StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }
}
