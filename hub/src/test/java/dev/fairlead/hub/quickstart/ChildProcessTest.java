package dev.fairlead.hub.quickstart;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildProcessTest {

    @TempDir private Path dir;

    @Test
    void startsItAgainWhenItEnds() throws Exception {
        try (var child =
                ChildProcess.start("sleeper", sleeper(), Map.of(), List.of(), dir.resolve("log"))) {
            long first = await().until(this::pid, Optional::isPresent).orElseThrow();
            Files.delete(dir.resolve("pid"));

            ProcessHandle.of(first).orElseThrow().destroyForcibly();

            long second =
                    await().atMost(30, SECONDS).until(this::pid, Optional::isPresent).orElseThrow();
            assertThat(second).isNotEqualTo(first);
        }
    }

    @Test
    void leavesItWhereItWantsToStayDown() throws Exception {
        var ends = List.of("/bin/sh", script(dir, "echo x >>\"$1\"/ran; exit 77"), dir.toString());
        try (var child =
                ChildProcess.start("ending", ends, Map.of(), List.of(77), dir.resolve("log"))) {
            await().until(() -> Files.exists(dir.resolve("ran")));
            await().during(2, SECONDS)
                    .atMost(30, SECONDS)
                    .until(() -> Files.size(dir.resolve("ran")) == 2);
        }
    }

    @Test
    void endsItOnClose() throws Exception {
        var child =
                ChildProcess.start("sleeper", sleeper(), Map.of(), List.of(), dir.resolve("log"));
        var process = ProcessHandle.of(await().until(this::pid, Optional::isPresent).orElseThrow());

        child.close();

        assertThat(process.map(ProcessHandle::isAlive).orElse(false)).isFalse();
    }

    /// This test's own process cannot be killed, so a child of it keeps the grandchild.
    @Test
    void diesWithItsParentHoweverThatEnds() throws Exception {
        var parent =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                Parent.class.getName(),
                                dir.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(dir.resolve("parent.log").toFile())
                        .start();
        try {
            var grandchild =
                    ProcessHandle.of(
                                    await().atMost(60, SECONDS)
                                            .until(this::pid, Optional::isPresent)
                                            .orElseThrow())
                            .orElseThrow();
            parent.destroyForcibly().waitFor();

            await().until(() -> !grandchild.isAlive());
        } finally {
            parent.destroyForcibly();
        }
    }

    static final class Parent {

        private Parent() {}

        public static void main(String[] args) {
            ChildProcess.start(
                    "sleeper",
                    sleeper(Path.of(args[0])),
                    Map.of(),
                    List.of(),
                    Path.of(args[0], "log"));
        }
    }

    private List<String> sleeper() {
        return sleeper(dir);
    }

    private static List<String> sleeper(Path dir) {
        return List.of(
                "/bin/sh",
                script(
                        dir,
                        "echo $$ >\"$1\"/pid.new; mv \"$1\"/pid.new \"$1\"/pid; exec sleep 1000\n"),
                dir.toString());
    }

    private static String script(Path dir, String text) {
        var file = dir.resolve("script");
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file.toString();
    }

    private Optional<Long> pid() throws IOException {
        var file = dir.resolve("pid");
        return Files.exists(file)
                ? Optional.of(Long.parseLong(Files.readString(file).strip()))
                : Optional.empty();
    }
}
