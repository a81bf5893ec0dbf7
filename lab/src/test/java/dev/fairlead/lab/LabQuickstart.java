package dev.fairlead.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// `fairlead quickstart` in a terminal of its own, as a person starts it, and that person's command
/// line.
final class LabQuickstart implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final LabCli cli;
    private final Path terminal;
    private final Process process;

    private LabQuickstart(LabCli cli, Path terminal, Process process) {
        this.cli = cli;
        this.terminal = terminal;
        this.process = process;
    }

    /// Returns when it is ready.
    ///
    /// @param folder an empty one, or that of a quickstart that has ended
    /// @param options besides `--data`
    static LabQuickstart start(Path folder, List<String> options) throws Exception {
        return start(folder, Map.of(), options);
    }

    /// @param environment for it and for its person's programs
    static LabQuickstart start(Path folder, Map<String, String> environment, List<String> options)
            throws Exception {
        // Root's database runs as another user, who has to pass through.
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        var cli = new LabCli(folder.resolve("home"), environment);
        var arguments = new ArrayList<>(List.of("quickstart", "--data", folder + "/data"));
        arguments.addAll(options);
        var terminal = folder.resolve("terminal");
        var process =
                cli.fairlead(arguments.toArray(String[]::new))
                        .redirectErrorStream(true)
                        .redirectOutput(terminal.toFile())
                        .start();
        var started = new LabQuickstart(cli, terminal, process);
        try {
            await().atMost(PATIENCE)
                    .until(() -> !process.isAlive() || started.said().contains("Ctrl-C ends it"));
            assertThat(process.isAlive()).as(started.said()).isTrue();
            return started;
        } catch (RuntimeException | Error e) {
            started.close();
            throw e;
        }
    }

    /// What stands on its terminal.
    String said() throws IOException {
        return Files.readString(terminal, StandardCharsets.UTF_8);
    }

    /// What stands behind a word of the block that it prints when it is ready.
    String row(String word) throws IOException {
        return said().lines()
                .filter(line -> line.startsWith("  " + word + " "))
                .map(line -> line.substring(word.length() + 2).strip())
                .findFirst()
                .orElseThrow();
    }

    /// Of whoever started it.
    LabCli cli() {
        return cli;
    }

    /// As Ctrl-C, and waits for its end.
    @Override
    public void close() throws IOException {
        cli.close();
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
