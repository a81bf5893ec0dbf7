package dev.fairlead.cli;

import dev.fairlead.cli.output.Terminal;
import dev.fairlead.cli.ssh.Launcher;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

/// What a run of the CLI takes from its surroundings, and a test replaces.
///
/// @param home of this user
/// @param prompt how a person is asked
/// @param launcher how others start this program
public record CliParts(
        Map<String, String> env,
        Path home,
        InputStream in,
        Terminal terminal,
        Prompt prompt,
        Launcher launcher) {

    /// Those of this process.
    static CliParts ofProcess() {
        var env = System.getenv();
        return new CliParts(
                env,
                Path.of(System.getProperty("user.home")),
                System.in,
                new Terminal(
                        System.out,
                        System.err,
                        IsTerminal.of(1),
                        IsTerminal.of(2),
                        Terminal.wantsColours(env),
                        Clock.systemUTC()),
                Prompt.ofConsole(),
                Launcher.ofProcess(System.getProperty("fairlead.launcher", "")));
    }
}
