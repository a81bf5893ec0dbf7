package dev.fairlead.hub.db;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `postmaster.pid`: the process id in the first line, the state in the eighth.
record PostmasterPid(long pid, boolean ready) {

    static final String NAME = "postmaster.pid";

    static @Nullable PostmasterPid read(Path data) {
        try {
            List<String> lines = Files.readAllLines(data.resolve(NAME));
            return lines.isEmpty()
                    ? null
                    : new PostmasterPid(
                            Long.parseLong(lines.getFirst().strip()),
                            lines.size() >= 8 && lines.get(7).strip().equals("ready"));
        } catch (IOException | NumberFormatException e) {
            // Not there, or just being written.
            return null;
        }
    }

    /// Whether a process really is a postgres that works on this data folder.
    static boolean isOurs(ProcessHandle process, Path data) {
        Path cmdline = Path.of("/proc", Long.toString(process.pid()), "cmdline");
        try {
            List<String> argv =
                    Files.exists(cmdline)
                            ? List.of(Files.readString(cmdline).split("\0"))
                            : List.of(process.info().arguments().orElse(new String[0]));
            int flag = argv.indexOf("-D");
            return flag >= 0
                    && flag + 1 < argv.size()
                    && argv.get(flag + 1).equals(data.toString())
                    && (argv.getFirst().endsWith("/postgres") || flag == 0);
        } catch (IOException e) {
            return false;
        }
    }

    /// Whether a process has not ended. An orphan that has can stay in the list of processes for
    /// long: until its new parent asks how it ended, which the first process of a container may
    /// never do.
    static boolean runs(ProcessHandle process) {
        if (!process.isAlive()) {
            return false;
        }
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
            // Its name, in brackets, may have any character.
            return !stat.startsWith(" Z", stat.lastIndexOf(')') + 1);
        } catch (IOException e) {
            return process.isAlive();
        }
    }
}
