package dev.fairlead.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.lab.Programs.Ran;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A machine with the agent's program on it, in a folder of its own, laid out as that of a
/// [LabAgent]: it may have joined or not.
final class LabMachine implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path folder;
    private final Map<String, String> environment;
    private final List<Process> started = new ArrayList<>();

    /// @param environment what is set besides
    LabMachine(Path folder, Map<String, String> environment) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.environment = new HashMap<>(environment);
        this.environment.put("HOME", folder.toString());
    }

    Path config() {
        return folder.resolve("agent.yaml");
    }

    Path state() {
        return folder.resolve("state");
    }

    Path log() {
        return folder.resolve("agent.log");
    }

    /// The command line of `fairlead agent ARGS...` here.
    List<String> command(String... args) {
        List<String> command = new ArrayList<>(List.of(Programs.LAUNCHER.toString(), "agent"));
        command.addAll(List.of(args));
        command.addAll(List.of("--config", config().toString(), "--state", state().toString()));
        return command;
    }

    /// Runs `fairlead agent ARGS...` to its end.
    Ran agent(String stdin, String... args) throws Exception {
        return Programs.run(
                Programs.builder(environment, command(args)),
                stdin.getBytes(StandardCharsets.UTF_8),
                PATIENCE);
    }

    /// Starts a program here that is ended with this machine, if not before; its output goes to
    /// [#log].
    Process start(List<String> command) throws IOException {
        var process =
                Programs.builder(environment, command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                        .start();
        started.add(process);
        return process;
    }

    /// Starts the agent, linked or not.
    Process run() throws IOException {
        return start(command("run"));
    }

    /// The exit code of a program that ends by itself.
    int ended(Process process) throws Exception {
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as("it ends: %s", Files.exists(log()) ? Files.readString(log()) : "")
                .isTrue();
        return process.exitValue();
    }

    @Override
    public void close() throws Exception {
        for (var process : started) {
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroy();
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        }
    }
}
