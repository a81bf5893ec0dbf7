package dev.fairlead.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fairlead.agent.login.Login;
import dev.fairlead.agent.login.LoginProcess;
import dev.fairlead.agent.login.Terminal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A terminal with a program in it, and a person who types and reads.
final class LabTerminal implements AutoCloseable {

    private final LoginProcess program;
    private final StringBuffer screen = new StringBuffer();

    LabTerminal(Map<String, String> environment, int columns, int rows, String... argv)
            throws Exception {
        // A program on a terminal is started by its absolute path.
        var command = new ArrayList<>(List.of("/usr/bin/env", "FAIRLEAD_NO_BUILD=1"));
        command.addAll(List.of(argv));
        program =
                LoginProcess.start(
                        Login.ofAgent(),
                        command,
                        environment,
                        new Terminal("xterm", columns, rows, Map.of()));
        Thread.ofPlatform().daemon().start(this::watch);
    }

    private void watch() {
        var buffer = new byte[4_096];
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
        await().atMost(30, TimeUnit.SECONDS)
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
