package dev.fairlead.lab.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// [Targets] or [Load] as a process: it answers lines by lines, and ends with its standard input.
final class Worker implements AutoCloseable {

    private static final int GRACE_SECONDS = 20;

    /// Longer than anything takes that a process of the bench does at a time.
    private static final int PATIENCE_SECONDS = 300;

    private final Process process;
    private final BufferedReader answers;

    Worker(Class<?> main) throws IOException {
        this(main, List.of());
    }

    /// @param options of the JVM
    Worker(Class<?> main, List<String> options, String... arguments) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:+UseSerialGC",
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-Dio.netty.leakDetection.level=disabled"));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        answers = process.inputReader();
    }

    long pid() {
        return process.pid();
    }

    String line() throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!answers.ready()) {
            if (!process.isAlive() && !answers.ready()) {
                throw new IOException("a process of the bench has ended");
            }
            if (System.nanoTime() > end) {
                process.destroyForcibly();
                throw new IOException(
                        "a process of the bench said nothing for " + PATIENCE_SECONDS + " s");
            }
            pause();
        }
        return answers.readLine();
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(2);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    /// Gives a command and reads its figures.
    Answer ask(String command) throws IOException {
        tell(command);
        return heard();
    }

    /// Gives a command whose figures are read later, by [#heard].
    void tell(String command) throws IOException {
        var to = process.outputWriter();
        to.write(command + "\n");
        to.flush();
    }

    Answer heard() throws IOException {
        String line = line();
        if (line.startsWith("error ")) {
            throw new IOException(line.substring("error ".length()));
        }
        Map<String, Double> figures = new HashMap<>();
        for (String figure : line.split(" ")) {
            String[] parts = figure.split("=");
            figures.put(parts[0], Double.valueOf(parts[1]));
        }
        return new Answer(figures);
    }

    /// The figures that a command came to, by name.
    record Answer(Map<String, Double> figures) {

        /// @throws IOException where there is no such figure
        double need(String name) throws IOException {
            Double figure = figures.get(name);
            if (figure == null) {
                throw new IOException("the load did not tell its " + name);
            }
            return figure;
        }
    }

    @Override
    public void close() {
        try {
            process.outputWriter().close();
        } catch (IOException e) {
            // It has ended.
        }
        try {
            // A hub among them stops in order.
            if (!process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
