package dev.fairlead.cli;

import dev.fairlead.cli.output.Terminal;
import dev.fairlead.cli.profile.Folder;
import dev.fairlead.cli.profile.Profile;
import dev.fairlead.cli.ssh.Launcher;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One run of the CLI in this JVM, with a folder of its own.
final class CliRun {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Path home;
    private boolean terminal;
    private String stdin = "";
    private @Nullable String answer;
    private int exit = -1;

    CliRun(Path home) {
        this.home = home;
    }

    /// Makes a person sit at stdout and stderr.
    CliRun onTerminal() {
        terminal = true;
        return this;
    }

    CliRun stdin(String text) {
        stdin = text;
        return this;
    }

    /// What the person answers to every question.
    CliRun answering(String text) {
        answer = text;
        return this;
    }

    CliRun signedIn(StubHub hub) {
        new Folder(home)
                .change(p ->
                        p.with(
                                        "default",
                                        new Profile(
                                                hub.uri(),
                                                null,
                                                hub.ca().toString(),
                                                "ann@acme",
                                                "acme",
                                                "fls_secret",
                                                Instant.parse("2026-11-22T10:00:00Z")))
                                .withCurrent("default"));
        return this;
    }

    CliRun run(String... args) {
        exit = Cli.run(parts(), args);
        return this;
    }

    CliParts parts() {
        return new CliParts(
                Map.of("FAIRLEAD_HOME", home.toString()),
                home,
                new ByteArrayInputStream(stdin.getBytes(StandardCharsets.UTF_8)),
                new Terminal(
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        terminal,
                        terminal,
                        true,
                        Clock.fixed(Instant.parse("2026-11-21T10:00:00Z"), ZoneOffset.UTC)),
                new Prompt() {
                    @Override
                    public @Nullable String ask(String question) {
                        return answer;
                    }

                    @Override
                    public @Nullable String secret(String question) {
                        return answer;
                    }
                },
                new Launcher(List.of("/opt/fairlead/fairlead")));
    }

    int exit() {
        return exit;
    }

    String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    String err() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
