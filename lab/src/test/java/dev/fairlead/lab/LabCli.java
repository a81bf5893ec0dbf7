package dev.fairlead.lab;

import dev.fairlead.lab.Programs.Ran;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A person's command line: the real program, with a home folder of its own.
final class LabCli implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path home;
    private final Map<String, String> more;

    LabCli(Path home) throws IOException {
        this(home, Map.of());
    }

    /// @param more environment for every program of this person
    LabCli(Path home, Map<String, String> more) throws IOException {
        this.home = home;
        this.more = Map.copyOf(more);
        Files.createDirectories(
                home,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    /// The same person, for whom whatever runs over a link ends with it.
    LabCli withoutResume() throws IOException {
        var environment = new HashMap<>(more);
        environment.put("FAIRLEAD_RESUME", "off");
        return new LabCli(home, environment);
    }

    Path home() {
        return home;
    }

    /// What every program of this person is started with.
    Map<String, String> environment() {
        var environment = new HashMap<>(more);
        environment.put("HOME", home.toString());
        environment.put("FAIRLEAD_HOME", home.resolve("fairlead").toString());
        environment.put("NO_COLOR", "1");
        return environment;
    }

    /// `fairlead ARGS...`, not yet started.
    ProcessBuilder fairlead(String... args) {
        List<String> command = new ArrayList<>();
        command.add(Programs.LAUNCHER.toString());
        command.addAll(List.of(args));
        return Programs.builder(environment(), command);
    }

    /// Starts a command that lasts.
    Programs.Running start(String... args) throws IOException {
        return Programs.start(fairlead(args));
    }

    /// Starts ssh with the settings that `fairlead ssh-config` writes, on a connection of its own.
    Programs.Running startSsh(String host, String command) throws IOException {
        return Programs.start(ssh(host, command));
    }

    /// The same, not yet started.
    ProcessBuilder ssh(String host, String command, String... options) {
        List<String> argv =
                new ArrayList<>(
                        List.of("ssh", "-F", sshConfig().toString(), "-o", "ControlPath=none"));
        argv.addAll(List.of(options));
        argv.addAll(List.of(host, command));
        return Programs.builder(environment(), argv);
    }

    Ran run(String stdin, String... args) throws Exception {
        return Programs.run(fairlead(args), stdin.getBytes(StandardCharsets.UTF_8), PATIENCE);
    }

    Ran fails(String... args) throws Exception {
        return run("", args);
    }

    /// Runs a command that must go well, and gives its standard output.
    String ok(String... args) throws Exception {
        return run("", args).ok();
    }

    /// Any other program, such as ssh, in this person's environment.
    Ran program(String stdin, String... command) throws Exception {
        return Programs.run(
                Programs.builder(environment(), List.of(command)),
                stdin.getBytes(StandardCharsets.UTF_8),
                Duration.ofMinutes(3));
    }

    /// ssh, scp, sftp ... with the settings that `fairlead ssh-config` writes.
    Path sshConfig() {
        return home.resolve("fairlead/ssh_config");
    }

    /// Ends the shared connections that OpenSSH keeps open behind a command.
    @Override
    public void close() {
        String mine = home.toString();
        ProcessHandle.allProcesses()
                .filter(process -> process.info().commandLine().orElse("").contains(mine))
                .filter(process -> process.pid() != ProcessHandle.current().pid())
                .forEach(ProcessHandle::destroy);
    }
}
