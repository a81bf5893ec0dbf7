package dev.fairlead.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// The real programs, as `./fairlead` starts them.
final class Programs {

    static final Path LAUNCHER = Path.of("../fairlead").toAbsolutePath().normalize();

    private Programs() {}

    /// Whether a program is on the search path.
    static boolean isThere(String name) {
        return java.util.Arrays.stream(System.getenv("PATH").split(java.io.File.pathSeparator, -1))
                .anyMatch(folder -> java.nio.file.Files.isExecutable(Path.of(folder, name)));
    }

    /// What a program did.
    record Ran(int exit, String out, String err) {

        /// Its standard output, where it went well.
        String ok() {
            assertThat(exit).as("standard output: %s%nstandard error: %s", out, err).isZero();
            return out;
        }
    }

    /// The environment of every program: nothing is built, nothing of this user's is read.
    static ProcessBuilder builder(Map<String, String> environment, List<String> command) {
        // Whoever runs the tests in the background has told them to ignore Ctrl-C, and programs
        // inherit that.
        var whole = new ArrayList<>(List.of("env", "--default-signal=INT"));
        whole.addAll(command);
        var builder = new ProcessBuilder(whole);
        builder.environment().put("FAIRLEAD_NO_BUILD", "1");
        builder.environment()
                .keySet()
                .removeIf(name -> name.toLowerCase(java.util.Locale.ROOT).endsWith("_proxy"));
        builder.environment().putAll(environment);
        return builder;
    }

    /// Runs a program to its end.
    static Ran run(ProcessBuilder builder, byte[] stdin, Duration patience) throws Exception {
        var process = builder.start();
        try {
            var out =
                    CompletableFuture.supplyAsync(
                            () -> read(process.getInputStream()), Thread::startVirtualThread);
            var err =
                    CompletableFuture.supplyAsync(
                            () -> read(process.getErrorStream()), Thread::startVirtualThread);
            Thread.startVirtualThread(() -> {
                try (var to = process.getOutputStream()) {
                    to.write(stdin);
                } catch (java.io.IOException e) {
                    // It did not want it.
                }
            });
            boolean ended = process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
            if (!ended) {
                process.destroyForcibly();
            }
            var ran =
                    new Ran(
                            ended ? process.exitValue() : -1,
                            new String(out.get(30, TimeUnit.SECONDS), StandardCharsets.UTF_8),
                            new String(err.get(30, TimeUnit.SECONDS), StandardCharsets.UTF_8));
            assertThat(ended)
                    .as("%s did not end within %s: %s", builder.command(), patience, ran)
                    .isTrue();
            return ran;
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static byte[] read(java.io.InputStream from) {
        try (from) {
            return from.readAllBytes();
        } catch (java.io.IOException e) {
            return e.toString().getBytes(StandardCharsets.UTF_8);
        }
    }

    /// Starts a program that lasts.
    static Running start(ProcessBuilder builder) throws java.io.IOException {
        return new Running(builder.start());
    }

    /// A program that runs, and what it has said so far.
    static final class Running implements AutoCloseable {

        private static final Duration PATIENCE = Duration.ofSeconds(40);

        private final Process process;
        private final Heard out;
        private final Heard err;

        private Running(Process process) {
            this.process = process;
            this.out = new Heard(process.getInputStream());
            this.err = new Heard(process.getErrorStream());
        }

        String out() {
            return out.text();
        }

        String err() {
            return err.text();
        }

        Process process() {
            return process;
        }

        void type(String line) throws java.io.IOException {
            process.outputWriter().write(line);
            process.outputWriter().flush();
        }

        void awaitOut(String text) {
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(out()).contains(text));
        }

        void awaitErr(String text) {
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(err()).contains(text));
        }

        /// Waits for its end, and for all that it said.
        int exit(Duration patience) throws Exception {
            assertThat(process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS))
                    .as("ended; standard output: %s%nstandard error: %s", out(), err())
                    .isTrue();
            out.whole();
            err.whole();
            return process.exitValue();
        }

        /// @param name such as `STOP`
        void signal(String name) throws Exception {
            Programs.signal(name, process.pid());
        }

        @Override
        public void close() {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    /// What has come of a stream.
    private static final class Heard {

        private final java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
        private final CompletableFuture<Void> end;

        Heard(java.io.InputStream from) {
            end =
                    CompletableFuture.runAsync(
                            () -> {
                                try (from) {
                                    from.transferTo(bytes);
                                } catch (java.io.IOException e) {
                                    // Its process was killed.
                                }
                            },
                            Thread::startVirtualThread);
        }

        String text() {
            return bytes.toString(StandardCharsets.UTF_8);
        }

        void whole() throws Exception {
            end.get(30, TimeUnit.SECONDS);
        }
    }

    static void signal(String name, long pid) throws Exception {
        assertThat(
                        new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                                .inheritIO()
                                .start()
                                .waitFor())
                .isZero();
    }
}
