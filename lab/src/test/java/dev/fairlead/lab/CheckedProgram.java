package dev.fairlead.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// A program of a person's, such as `fairlead exec` or `ssh`, whose far side gives back what it
/// gets: so what passes both ways is under watch here.
final class CheckedProgram implements AutoCloseable {

    private final Process process;
    private final Path said;
    private final CheckedStream echo;

    private CheckedProgram(Process process, Path said, CheckedStream echo) {
        this.process = process;
        this.said = said;
        this.echo = echo;
    }

    /// @param folder for what it says on standard error
    static CheckedProgram start(
            ProcessBuilder program, Path folder, String name, long seed, int bytesPerSecond)
            throws IOException {
        var said = Files.createTempFile(folder, "said", ".txt");
        var process = program.redirectError(said.toFile()).start();
        var echo = new CheckedStream(name, seed, bytesPerSecond);
        var out = process.getOutputStream();
        echo.start(out, out::close, process.getInputStream());
        return new CheckedProgram(process, said, echo);
    }

    CheckedStream stream() {
        return echo;
    }

    /// What it said on standard error.
    String said() throws IOException {
        return Files.readString(said);
    }

    /// Ends its input, waits for its end, and gives its exit code.
    int end(Duration patience) throws Exception {
        echo.end();
        echo.awaitOver(patience);
        return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)
                ? process.exitValue()
                : -1;
    }

    @Override
    public void close() throws IOException {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        Files.deleteIfExists(said);
    }
}
