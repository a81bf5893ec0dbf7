package dev.fairlead.lab.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// What some processes and all below them have used, from `/proc` (proc_pid_stat(5)).
final class ProcessTree {

    /// USER_HZ, which is 100 on every Linux that Java runs on.
    private static final double TICKS_PER_SECOND = 100;

    /// Of the fields behind the name: utime, stime, cutime, cstime.
    private static final int UTIME = 11;

    private final List<Long> roots;

    ProcessTree(List<Long> roots) {
        this.roots = List.copyOf(roots);
    }

    /// User and system time in seconds: of those that live, and of children that have ended.
    double cpuSeconds() {
        long ticks = 0;
        for (long pid : pids()) {
            try {
                String stat = Files.readString(proc(pid, "stat"), StandardCharsets.ISO_8859_1);
                String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
                for (int i = UTIME; i < UTIME + 4; i++) {
                    ticks += Long.parseLong(fields[i]);
                }
            } catch (IOException e) {
                // It has ended.
            }
        }
        return ticks / TICKS_PER_SECOND;
    }

    /// Resident memory in MB, pages shared with others by their share.
    double megabytes() {
        long kilobytes = 0;
        for (long pid : pids()) {
            try {
                kilobytes +=
                        Files.readAllLines(proc(pid, "smaps_rollup")).stream()
                                .filter(line -> line.startsWith("Pss:"))
                                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                                .sum();
            } catch (IOException e) {
                // It has ended.
            }
        }
        return kilobytes / 1024.0;
    }

    private List<Long> pids() {
        return roots.stream()
                .flatMap(root -> ProcessHandle.of(root).stream())
                .flatMap(root -> Stream.concat(Stream.of(root), root.descendants()))
                .map(ProcessHandle::pid)
                .distinct()
                .toList();
    }

    private static Path proc(long pid, String file) {
        return Path.of("/proc", Long.toString(pid), file);
    }
}
