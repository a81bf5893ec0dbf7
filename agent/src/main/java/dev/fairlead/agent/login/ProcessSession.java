package dev.fairlead.agent.login;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A Linux session: a leader and all that descends from it, except for what made a session of its
/// own (`setsid`, tmux, a daemon), which by that says that it wants to outlive its parent.
///
/// Process groups are no help: an interactive shell makes one for each job.
final class ProcessSession {

    static final int SIGHUP = 1;
    static final int SIGKILL = 9;
    static final int SIGCONT = 18;

    private static final MethodHandle KILL =
            Linker.nativeLinker()
                    .downcallHandle(
                            Linker.nativeLinker().defaultLookup().findOrThrow("kill"),
                            FunctionDescriptor.of(
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_INT));

    private static final Path PROC = Path.of("/proc");
    private static final Duration POLL = Duration.ofMillis(20);
    private static final Duration KILLED = Duration.ofSeconds(5);

    private final int id;
    private final long leaderStart;

    /// @param id the pid of the leader, which has just been started
    ProcessSession(long id) {
        this.id = (int) id;
        var leader = read(this.id);
        this.leaderStart = leader == null ? 0 : leader.start;
    }

    private record Stat(int pid, char state, int session, long start) {}

    /// Sends a signal to the leader's process group; false where that is gone.
    boolean signalLeader(int signal) {
        return kill(-id, signal) || kill(id, signal);
    }

    /// Ends every member: SIGHUP, and SIGKILL for those that are still there after the grace.
    /// Returns when none is left, or after 5 s more (a process in an uninterruptible wait of a
    /// broken disk or NFS server dies only when that is over).
    void end(Duration grace) {
        // A stopped process would see the SIGHUP only when somebody continues it.
        signalAll(SIGHUP);
        signalAll(SIGCONT);
        if (waitUntilEmpty(grace, false)) {
            return;
        }
        waitUntilEmpty(KILLED, true);
    }

    boolean isEmpty() {
        return members().isEmpty();
    }

    private boolean waitUntilEmpty(Duration time, boolean killing) {
        long end = System.nanoTime() + time.toNanos();
        while (true) {
            if (killing) {
                // Again at each turn: a member may have forked between the list and the signal.
                signalAll(SIGKILL);
            }
            if (members().isEmpty()) {
                return true;
            }
            if (System.nanoTime() > end) {
                return false;
            }
            try {
                Thread.sleep(POLL);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                signalAll(SIGKILL);
                return false;
            }
        }
    }

    private void signalAll(int signal) {
        members().forEach(pid -> kill(pid, signal));
    }

    private List<Integer> members() {
        var leader = read(id);
        if (leader != null && leader.start != leaderStart) {
            // All members are gone, or the kernel would not have given the number away again.
            return List.of();
        }
        var members = new ArrayList<Integer>();
        try (var entries = Files.newDirectoryStream(PROC, "[1-9]*")) {
            for (var entry : entries) {
                var stat = read(Integer.parseInt(entry.getFileName().toString()));
                if (stat != null && (stat.session == id || stat.pid == id) && stat.state != 'Z') {
                    members.add(stat.pid);
                }
            }
        } catch (IOException | NumberFormatException e) {
            return leader == null ? List.of() : List.of(id);
        }
        return members;
    }

    private static @Nullable Stat read(int pid) {
        try {
            var stat =
                    new String(
                            Files.readAllBytes(PROC.resolve(pid + "/stat")),
                            StandardCharsets.ISO_8859_1);
            // pid (name, which may hold anything) state ppid pgrp session ...; start is the 22nd.
            String[] rest = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return new Stat(
                    pid, rest[0].charAt(0), Integer.parseInt(rest[3]), Long.parseLong(rest[19]));
        } catch (IOException | RuntimeException e) {
            return null;
        }
    }

    private static boolean kill(int pid, int signal) {
        try {
            return (int) KILL.invokeExact(pid, signal) == 0;
        } catch (Throwable e) {
            throw new IllegalStateException("kill(2) cannot be called", e);
        }
    }
}
