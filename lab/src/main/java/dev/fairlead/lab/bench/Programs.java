package dev.fairlead.lab.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The processes of one system, with a folder for their files. Closing ends them and removes it.
final class Programs implements AutoCloseable {

    private static final int GRACE_SECONDS = 20;
    private static final int RUN_SECONDS = 120;

    private final Path folder;
    private final List<Process> running = new ArrayList<>();

    Programs(Path folder) throws IOException {
        // The database of a hub that root starts runs as another user, who has to pass.
        this.folder = Files.createDirectories(folder);
    }

    Path file(String name) {
        return folder.resolve(name);
    }

    Path write(String name, String text) throws IOException {
        return Files.writeString(file(name), text);
    }

    /// Whether a program is on the PATH, or at this absolute path.
    static boolean has(String program) {
        for (String entry : System.getenv().getOrDefault("PATH", "").split(":")) {
            if (Files.isExecutable(Path.of(entry).resolve(program))) {
                return true;
            }
        }
        return false;
    }

    /// Starts a program whose output goes to the file `NAME.log`.
    Process start(String name, String... command) throws IOException {
        return start(name, Map.of(), command);
    }

    Process start(String name, Map<String, String> environment, String... command)
            throws IOException {
        var builder =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log(name).toFile())
                        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        builder.environment().putAll(environment);
        var process = builder.start();
        running.add(process);
        return process;
    }

    Path log(String name) {
        return file(name + ".log");
    }

    /// Runs a program that must go well.
    void run(String... command) throws IOException, InterruptedException {
        run(Map.of(), command);
    }

    void run(Map<String, String> environment, String... command)
            throws IOException, InterruptedException {
        var process = start("run", environment, command);
        if (!process.waitFor(RUN_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException(
                    String.join(" ", command)
                            + " has not ended after "
                            + RUN_SECONDS
                            + " s: "
                            + Files.readString(log("run")));
        }
        if (process.exitValue() != 0) {
            throw new IOException(String.join(" ", command) + ": " + Files.readString(log("run")));
        }
        running.remove(process);
    }

    /// Ends one in order, before the others.
    void stop(Process process) throws IOException, InterruptedException {
        process.destroy();
        if (!process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
            throw new IOException("a program does not end: " + process.info().commandLine());
        }
        running.remove(process);
    }

    /// A self-signed certificate for localhost in `cert.pem`, with its key in `key.pem` and both in
    /// `both.pem`.
    void certificate() throws IOException, InterruptedException {
        run(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-keyout",
                file("key.pem").toString(),
                "-out",
                file("cert.pem").toString(),
                "-subj",
                "/CN=localhost",
                "-addext",
                "subjectAltName=DNS:localhost,IP:127.0.0.1",
                "-days",
                "2");
        write("both.pem", Files.readString(file("cert.pem")) + Files.readString(file("key.pem")));
    }

    ProcessTree tree() {
        return new ProcessTree(running.stream().map(Process::pid).toList());
    }

    /// Waits for a line in a log, and gives it.
    String awaitLine(String name, String part) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
        while (System.nanoTime() < end) {
            for (String line : Files.readAllLines(log(name))) {
                if (line.contains(part)) {
                    return line;
                }
            }
            if (running.stream().noneMatch(Process::isAlive)) {
                break;
            }
            Thread.sleep(50);
        }
        throw new IOException(
                name + " did not say \"" + part + "\": " + Files.readString(log(name)));
    }

    @Override
    public void close() throws IOException {
        for (var process : running.reversed()) {
            process.destroy();
        }
        try {
            for (var process : running.reversed()) {
                if (!process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
                    process.descendants().forEach(ProcessHandle::destroyForcibly);
                    process.destroyForcibly().waitFor();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try (var files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(Programs::delete);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
