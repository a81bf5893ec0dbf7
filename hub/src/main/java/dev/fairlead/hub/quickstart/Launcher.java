package dev.fairlead.hub.quickstart;

import dev.fairlead.hub.ConfigException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Scanner;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The script that started this program, which starts the agent and the command line in the same
/// way: `./fairlead` of a clone.
record Launcher(Path script) {

    /// What is there is run: a source that changed meanwhile builds nothing.
    static final Map<String, String> ENVIRONMENT = Map.of("FAIRLEAD_NO_BUILD", "1");

    private static final long SECONDS = 120;

    /// @throws ConfigException where this program was started otherwise
    static Launcher ofProcess() {
        String script = System.getProperty("fairlead.launcher");
        if (script == null) {
            throw new ConfigException(
                    "Start this by ./fairlead quickstart; it starts the other programs too.");
        }
        return new Launcher(Path.of(script));
    }

    /// How a person types it here.
    String typed() {
        var here = Path.of("").toAbsolutePath();
        return here.equals(script.getParent()) ? "./" + script.getFileName() : script.toString();
    }

    List<String> argv(String... arguments) {
        var argv = new ArrayList<>(List.of(script.toString()));
        argv.addAll(List.of(arguments));
        return argv;
    }

    /// How a program ended and what it said.
    record Ran(int code, String output) {}

    /// Runs a program to its end, with this line on its standard input; at most two minutes.
    Ran run(@Nullable String input, String... arguments) throws IOException, InterruptedException {
        var builder = new ProcessBuilder(argv(arguments)).redirectErrorStream(true);
        builder.environment().putAll(ENVIRONMENT);
        var process = builder.start();
        try (var in = process.getOutputStream()) {
            if (input != null) {
                in.write((input + "\n").getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            // It ended without reading; its output says why.
        }
        var output =
                CompletableFuture.supplyAsync(() ->
                        new Scanner(process.getInputStream(), StandardCharsets.UTF_8)
                                .useDelimiter("\\A")
                                .tokens()
                                .findFirst()
                                .orElse("")
                                .strip());
        if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            return new Ran(-1, "it did not end within " + SECONDS + " s");
        }
        return new Ran(process.exitValue(), output.join());
    }
}
