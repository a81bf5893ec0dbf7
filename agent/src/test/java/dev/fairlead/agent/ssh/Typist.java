package dev.fairlead.agent.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.agent.login.Login;
import dev.fairlead.agent.login.LoginProcess;
import dev.fairlead.agent.login.Terminal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/// A person at a terminal of their own, in which a program runs.
final class Typist implements AutoCloseable {

    private final LoginProcess program;
    private final StringBuffer screen = new StringBuffer();

    Typist(List<String> argv, int columns, int rows) throws Exception {
        program =
                LoginProcess.start(
                        Login.ofAgent(),
                        prefixed(argv),
                        Map.of(),
                        new Terminal("xterm", columns, rows, Map.of()));
        Thread.ofPlatform().daemon().start(this::watch);
    }

    /// A program on a terminal is started by its absolute path.
    private static List<String> prefixed(List<String> argv) {
        var all = new ArrayList<>(List.of("/usr/bin/env"));
        all.addAll(argv);
        return all;
    }

    private void watch() {
        var buffer = new byte[4096];
        try {
            int n;
            while ((n = program.output().read(buffer)) >= 0) {
                screen.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            screen.append("[broken: ").append(e).append("]");
        }
    }

    void type(String text) throws IOException {
        program.input().write(text.getBytes(StandardCharsets.UTF_8));
        program.input().flush();
    }

    void sees(String text) {
        Awaitility.await()
                .atMost(30, TimeUnit.SECONDS)
                .untilAsserted(() -> assertThat(screen.toString()).contains(text));
    }

    void resize(int columns, int rows) throws IOException {
        program.resize(columns, rows);
    }

    int code() throws Exception {
        return program.exit().get(30, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        program.end();
    }
}
