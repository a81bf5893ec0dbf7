package dev.fairlead.hub.quickstart;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildProcessTest {

    @TempDir private Path dir;

    @Test
    void startsItAgainWhenItEnds() throws Exception {
        try (var child = ChildProcess.start("sleeper", sleeper(), dir.resolve("log"))) {
            long first = await().until(this::pid, Optional::isPresent).orElseThrow();
            Files.delete(dir.resolve("pid"));

            ProcessHandle.of(first).orElseThrow().destroyForcibly();

            long second =
                    await().atMost(20, SECONDS).until(this::pid, Optional::isPresent).orElseThrow();
            assertThat(second).isNotEqualTo(first);
        }
    }

    @Test
    void endsItOnClose() throws Exception {
        var child = ChildProcess.start("sleeper", sleeper(), dir.resolve("log"));
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
            ChildProcess.start("sleeper", sleeper(Path.of(args[0])), Path.of(args[0], "log"));
        }
    }

    private List<String> sleeper() {
        return sleeper(dir);
    }

    private static List<String> sleeper(Path dir) {
        var script = dir.resolve("sleeper");
        try {
            Files.writeString(
                    script,
                    "echo $$ >\"$1\"/pid.new; mv \"$1\"/pid.new \"$1\"/pid; exec sleep 1000\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return List.of("/bin/sh", script.toString(), dir.toString());
    }

    private Optional<Long> pid() throws IOException {
        var file = dir.resolve("pid");
        return Files.exists(file)
                ? Optional.of(Long.parseLong(Files.readString(file).strip()))
                : Optional.empty();
    }
}
