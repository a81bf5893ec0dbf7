package dev.fairlead.cli.ssh;

import dev.fairlead.cli.CliException;
import dev.fairlead.cli.Exit;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/// How this very program is started again by others: OpenSSH runs it as `ProxyCommand`.
///
/// @param argv absolute program and first arguments
public record Launcher(List<String> argv) {

    public Launcher {
        argv = List.copyOf(argv);
    }

    /// The script that started this process says where it is; without one, Java and its class path.
    ///
    /// @param script of the system property `fairlead.launcher`, or empty
    public static Launcher ofProcess(String script) {
        if (!script.isEmpty()) {
            return new Launcher(List.of(script));
        }
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return new Launcher(
                List.of(
                        java,
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        absolute(System.getProperty("java.class.path")),
                        "dev.fairlead.cli.Main"));
    }

    private static String absolute(String classPath) {
        return java.util.Arrays.stream(classPath.split(":", -1))
                .filter(entry -> !entry.isEmpty())
                .map(entry -> Path.of(entry).toAbsolutePath().normalize().toString())
                .collect(Collectors.joining(":"));
    }

    /// As OpenSSH's configuration wants it: a line for a shell, in which `%` is special.
    ///
    /// @throws CliException where a path holds what cannot be quoted in both
    String inSshConfig() {
        return argv.stream().map(Launcher::quoted).collect(Collectors.joining(" "));
    }

    private static String quoted(String word) {
        if (word.matches("[A-Za-z0-9/._:=+@,-]+")) {
            return word;
        }
        if (word.chars().anyMatch(c -> c == '\'' || c == '"' || c == '\\' || c < 0x20)) {
            throw new CliException(
                    Exit.FAILED,
                    "OpenSSH's configuration cannot name the program " + word + ".",
                    "Move Fairlead to a folder without quotes, backslashes and control characters in its path.");
        }
        return "'" + word.replace("%", "%%") + "'";
    }
}
