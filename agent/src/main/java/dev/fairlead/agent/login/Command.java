package dev.fairlead.agent.login;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What is really executed so that a program runs as a login with that login's environment.
///
/// `setpriv` and not `runuser` or `su`, although those open a PAM session around the program: to
/// close it again they stay as a parent that is root, so that the pid, the process group and the
/// controlling terminal would not be the program's, signals would reach it second-hand, and a
/// program that is killed would be a line on its own stderr. `setpriv`, `prlimit` and `env` each
/// replace themselves by the next, and the last one by the program. What PAM does for a session of
/// `runuser` (its stack is pam_limits) is taken over as [Login#limits()].
record Command(List<String> argv, Map<String, String> environment, String folder) {

    private static final String ROOT_PATH =
            "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private static final String USER_PATH =
            "/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games";

    private static final Pattern LANG = Pattern.compile("LANG=\"?([A-Za-z0-9_.@-]{1,64})\"?\\s*");

    static Command of(Login login, List<String> argv, Map<String, String> more) throws IOException {
        var environment = new LinkedHashMap<String, String>();
        environment.put("HOME", login.home().toString());
        environment.put("USER", login.name());
        environment.put("LOGNAME", login.name());
        environment.put("SHELL", login.shell());
        environment.put("PATH", login.uid() == 0 ? ROOT_PATH : USER_PATH);
        environment.put("LANG", language());
        environment.putAll(more);
        for (var variable : environment.entrySet()) {
            if (!variable.getKey().matches("[A-Za-z_][A-Za-z0-9_]*")
                    || variable.getValue().indexOf('\0') >= 0) {
                throw new IOException("not an environment variable: " + variable.getKey());
            }
        }
        for (String argument : argv) {
            if (argument.indexOf('\0') >= 0) {
                throw new IOException(
                        "an argument holds a NUL byte, which no program can be given");
            }
        }
        return login.own()
                ? new Command(argv, environment, homeOrRoot(login))
                : switching(login, argv, environment);
    }

    /// The tools run as root with an empty environment; the program's own is set by `env`, which
    /// already runs as the login, and so does the change to a home that root may not enter (NFS).
    private static Command switching(
            Login login, List<String> argv, Map<String, String> environment) throws IOException {
        if (argv.getFirst().indexOf('=') >= 0) {
            throw new IOException(
                    "a program whose name has a '=' cannot be started as another login");
        }
        var command = new ArrayList<String>();
        command.add(Tools.path("prlimit"));
        command.addAll(login.limits());
        var drop = dropRights(login);
        command.addAll(drop);
        command.addAll(List.of(Tools.path("env"), "-i"));
        // A missing or closed home must not keep a person out; `test` asks as the login.
        var probe = new ArrayList<>(drop);
        probe.addAll(List.of(Tools.path("test"), "-x", login.home().toString()));
        if (Tools.run(probe).code() == 0) {
            command.add("--chdir=" + login.home());
        }
        environment.forEach((name, value) -> command.add(name + "=" + value));
        command.addAll(argv);
        return new Command(command, Map.of(), "/");
    }

    /// The machine's language, as PAM's pam_env would read it.
    private static String language() {
        for (var file : List.of(Path.of("/etc/default/locale"), Path.of("/etc/locale.conf"))) {
            try (var lines = Files.lines(file)) {
                var found =
                        lines.map(LANG::matcher)
                                .filter(Matcher::matches)
                                .map(line -> line.group(1))
                                .findFirst();
                if (found.isPresent()) {
                    return found.get();
                }
            } catch (IOException | UncheckedIOException e) {
                // Not on this kind of system.
            }
        }
        return "C.UTF-8";
    }

    private static List<String> dropRights(Login login) throws IOException {
        var groups = String.join(",", login.groups().stream().map(String::valueOf).toList());
        return List.of(
                Tools.path("setpriv"),
                "--reuid=" + login.uid(),
                "--regid=" + login.gid(),
                "--groups=" + groups,
                "--inh-caps=-all");
    }

    private static String homeOrRoot(Login login) {
        return login.home().toFile().canExecute() ? login.home().toString() : "/";
    }
}
