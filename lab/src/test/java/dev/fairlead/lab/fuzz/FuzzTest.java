package dev.fairlead.lab.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.agent.AgentConfigFuzz;
import dev.fairlead.hub.HubConfigFuzz;
import dev.fairlead.lab.LongRun;
import dev.fairlead.link.FrameDecoderFuzz;
import dev.fairlead.link.HeadersFuzz;
import dev.fairlead.link.LinkFuzz;
import dev.fairlead.link.handshake.HandshakeFuzz;
import dev.fairlead.link.handshake.TokensFuzz;
import dev.fairlead.link.ws.WebSocketFuzz;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Every fuzzer: the inputs of its corpus, and jazzer's search for others, of a few seconds each,
/// or of minutes with `-Dfairlead.long=true`.
///
/// A crash is printed with the name of a file. Copy that file into the fuzzer's folder of
/// `src/test/fuzz`, where it stays when the mistake is mended. `-Dfairlead.fuzz.keep=true` adds to
/// the corpus what a search found that reaches new code.
@Tag("long")
@Timeout(value = 40, unit = TimeUnit.MINUTES)
class FuzzTest {

    private static final int SECONDS =
            Integer.getInteger("fairlead.fuzz.seconds", LongRun.isAsked() ? 300 : 3);
    private static final Path CORPUS = Path.of("src/test/fuzz");
    private static final Pattern RUNS =
            Pattern.compile("stat::number_of_executed_units: *([0-9]+)");

    @TempDir Path folder;

    /// @param most the longest input, in bytes
    enum Target {
        HEADERS(HeadersFuzz.class, HeadersFuzz::fuzzerTestOneInput, 4_096),
        FRAMES(FrameDecoderFuzz.class, FrameDecoderFuzz::fuzzerTestOneInput, 4_096),
        LINK(LinkFuzz.class, LinkFuzz::fuzzerTestOneInput, 16_384),
        WEBSOCKET(WebSocketFuzz.class, WebSocketFuzz::fuzzerTestOneInput, 4_096),
        HANDSHAKE(HandshakeFuzz.class, HandshakeFuzz::fuzzerTestOneInput, 4_096),
        TOKENS(TokensFuzz.class, TokensFuzz::fuzzerTestOneInput, 1_024),
        HUB_CONFIG(HubConfigFuzz.class, HubConfigFuzz::fuzzerTestOneInput, 2_048),
        AGENT_CONFIG(AgentConfigFuzz.class, AgentConfigFuzz::fuzzerTestOneInput, 2_048);

        private final Class<?> type;
        private final Consumer<byte[]> once;
        private final int most;

        Target(Class<?> type, Consumer<byte[]> once, int most) {
            this.type = type;
            this.once = once;
            this.most = most;
        }

        Path corpus() {
            return CORPUS.resolve(type.getSimpleName());
        }
    }

    @TestFactory
    List<DynamicTest> corpus() {
        var tests = new ArrayList<DynamicTest>();
        for (var target : Target.values()) {
            for (var file : inputs(target)) {
                tests.add(
                        DynamicTest.dynamicTest(
                                target + " " + file.getFileName(),
                                () -> target.once.accept(Files.readAllBytes(file))));
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
    void search(Target target) throws Exception {
        LongRun.prove("fuzzer " + target.type.getSimpleName(), () -> searchFor(target));
    }

    private String searchFor(Target target) throws Exception {
        int seed =
                Integer.getInteger(
                        "fairlead.fuzz.seed", ThreadLocalRandom.current().nextInt(1, 1 << 30));
        var found = Files.createDirectories(folder.resolve("found"));
        var log = folder.resolve("log");
        var crashes = Files.createDirectories(Path.of("target/fuzz", target.type.getSimpleName()));
        var process =
                new ProcessBuilder(
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
                                "--target_class=" + target.type.getName(),
                                "--instrumentation_includes=dev.fairlead.**",
                                "--custom_hook_includes=dev.fairlead.**",
                                // It fails on the way in which Netty calls Unsafe.
                                "--disabled_hooks="
                                        + "com.code_intelligence.jazzer.sanitizers.UnsafeSanitizer",
                                "-max_total_time=" + SECONDS,
                                "-max_len=" + target.most,
                                "-timeout=25",
                                "-rss_limit_mb=3000",
                                "-print_final_stats=1",
                                "-seed=" + seed,
                                "-artifact_prefix=" + crashes.toAbsolutePath() + "/",
                                found.toString(),
                                target.corpus().toAbsolutePath().toString())
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
                            target,
                            seed,
                            crashes,
                            said.substring(Math.max(0, said.length() - 6_000)))
                    .isTrue();
            var runs = RUNS.matcher(said);
            assertThat(runs.find()).as(said).isTrue();
            long count = Long.parseLong(runs.group(1));
            assertThat(count).as("runs: %s", said).isPositive();
            if (Boolean.getBoolean("fairlead.fuzz.keep")) {
                keep(target, found);
            }
            return "%,d runs in %d s, seed %d".formatted(count, SECONDS, seed);
        } finally {
            process.destroyForcibly().waitFor();
        }
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
