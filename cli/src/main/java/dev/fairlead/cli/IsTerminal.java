package dev.fairlead.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Whether one of this process's standard streams is a terminal. `System.console()` tells only
/// about input and output together.
final class IsTerminal {

    private IsTerminal() {}

    /// @param descriptor 0, 1 or 2
    static boolean of(int descriptor) {
        try {
            String target =
                    Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
            return target.startsWith("/dev/pts/")
                    || target.startsWith("/dev/tty")
                    || target.equals("/dev/console");
        } catch (IOException e) {
            var console = System.console();
            return console != null && console.isTerminal();
        }
    }
}
