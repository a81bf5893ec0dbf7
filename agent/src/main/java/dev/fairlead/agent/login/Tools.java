package dev.fairlead.agent.login;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The machine's own small programs that this package leans on (util-linux, coreutils, libc-bin).
final class Tools {

    private static final List<String> FOLDERS = List.of("/usr/bin", "/bin", "/usr/sbin", "/sbin");
    private static final int TIMEOUT_S = 20;
    private static final int MAX_OUTPUT = 64 * 1024;

    private Tools() {}

    /// What a tool said.
    record Answer(int code, String out, String error) {}

    /// The absolute path: a tool that runs as root is never searched for by somebody's PATH.
    static String path(String name) throws IOException {
        for (String folder : FOLDERS) {
            var file = Path.of(folder, name);
            if (Files.isExecutable(file)) {
                return file.toString();
            }
        }
        throw new IOException(
                "the program "
                        + name
                        + " is missing on this node; install util-linux and coreutils");
    }

    /// Runs a tool to its end with an empty environment and no input.
    static Answer run(List<String> argv) throws IOException {
        var builder = new ProcessBuilder(argv).directory(Path.of("/").toFile());
        builder.environment().clear();
        builder.environment().putAll(Map.of("PATH", String.join(":", FOLDERS), "LC_ALL", "C"));
        var process = builder.start();
        try {
            process.getOutputStream().close();
            var error = new String[] {""};
            var errors = Thread.startVirtualThread(() -> error[0] = read(process.errorReader()));
            String out = read(process.inputReader());
            if (!process.waitFor(TIMEOUT_S, TimeUnit.SECONDS)) {
                throw new IOException(argv.getFirst() + " did not end within " + TIMEOUT_S + " s");
            }
            errors.join();
            return new Answer(process.exitValue(), out, error[0].strip());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + argv.getFirst() + " ran", e);
        } finally {
            process.destroyForcibly();
        }
    }

    private static String read(Reader reader) {
        var text = new StringBuilder();
        var buffer = new char[4096];
        try (reader) {
            int n;
            while ((n = reader.read(buffer)) >= 0) {
                if (text.length() < MAX_OUTPUT) {
                    text.append(buffer, 0, n);
                }
            }
        } catch (IOException e) {
            // It was ended: what was read until then is the answer.
        }
        return text.toString();
    }
}
