package dev.fairlead.agent.login;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// A user of this machine that sessions act as, as the machine's name service knows it now.
///
/// @param groups all groups, the primary one among them
/// @param shell absolute path, `/bin/sh` where none is set
/// @param own whether this is the user that the agent runs as, so that nothing has to be switched
/// @param limits `prlimit` options with what PAM gives this login; empty for the own one
public record Login(
        String name,
        int uid,
        int gid,
        List<Integer> groups,
        Path home,
        String shell,
        boolean own,
        List<String> limits) {

    /// Stricter than useradd, wider than the usual: directory services have dots and `@`. A leading
    /// `-` would be an option, and a number would be looked up as a uid.
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.@-]{0,63}\\$?");

    /// Shells that know `-l`; others are started without arguments, as a login shell is by a name
    /// that begins with `-`, which a JVM cannot give.
    private static final Set<String> KNOW_LOGIN_OPTION =
            Set.of(
                    "ash", "bash", "busybox", "csh", "dash", "fish", "ksh", "ksh93", "mksh", "sh",
                    "tcsh", "zsh");

    public Login {
        groups = List.copyOf(groups);
        limits = List.copyOf(limits);
    }

    /// Asks the machine. Blocks for some milliseconds, longer where a directory service is slow.
    ///
    /// @throws LoginException where there is no such login, or PAM gives it no session
    /// @throws IOException where the machine cannot be asked
    public static Login lookUp(String name) throws IOException, LoginException {
        if (!NAME.matcher(name).matches()) {
            throw new LoginException(
                    "\"" + printable(name) + "\" is not a name that a login can have.");
        }
        int agent = agentUid();
        var entry = passwdEntry(name);
        int uid = Integer.parseInt(entry[2]);
        boolean own = uid == agent;
        if (!own && agent != 0) {
            throw new LoginException(
                    "The agent on this node runs as uid "
                            + agent
                            + " and cannot act as "
                            + name
                            + "; only an agent that runs as root can act as another login.");
        }
        return new Login(
                name,
                uid,
                Integer.parseInt(entry[3]),
                groups(name),
                Path.of(entry[5].startsWith("/") ? entry[5] : "/"),
                entry[6].startsWith("/") ? entry[6] : "/bin/sh",
                own,
                own ? List.of() : limits(name));
    }

    /// What starts the login's own shell, as at a log-in.
    public List<String> startShell() {
        String name = shell.substring(shell.lastIndexOf('/') + 1);
        return KNOW_LOGIN_OPTION.contains(name) ? List.of(shell, "-l") : List.of(shell);
    }

    /// The user that the agent runs as.
    ///
    /// @throws IOException also where that uid has no name
    public static Login ofAgent() throws IOException, LoginException {
        var answer = Tools.run(List.of(Tools.path("id"), "-un"));
        if (answer.code() != 0) {
            throw new IOException(
                    "The uid "
                            + agentUid()
                            + " that the agent runs as has no entry in /etc/passwd; sessions need"
                            + " one: "
                            + answer.error());
        }
        return lookUp(answer.out().strip());
    }

    /// The name of that user, without a look at its groups and home.
    ///
    /// @throws IOException also where that uid has no name
    public static String nameOfAgent() throws IOException, LoginException {
        // The JVM has asked the name service for it, and says `?` where there is none.
        String name = System.getProperty("user.name", "");
        return NAME.matcher(name).matches() ? name : ofAgent().name();
    }

    /// The uid of this process.
    public static int agentUid() throws IOException {
        return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    }

    private static String[] passwdEntry(String name) throws IOException, LoginException {
        var answer = Tools.run(List.of(Tools.path("getent"), "passwd", name));
        String[] entry = answer.out().strip().split(":", -1);
        // The name is compared because some name services answer for other spellings as well.
        if (answer.code() != 0 || entry.length != 7 || !entry[0].equals(name)) {
            throw new LoginException("There is no login " + name + " on this node.");
        }
        return entry;
    }

    private static List<Integer> groups(String name) throws IOException {
        var answer = Tools.run(List.of(Tools.path("id"), "-G", name));
        if (answer.code() != 0) {
            throw new IOException("the groups of " + name + " are not known: " + answer.error());
        }
        return Arrays.stream(answer.out().strip().split(" +")).map(Integer::valueOf).toList();
    }

    /// What pam_limits sets for this login, learned from one real PAM session (`runuser` opens
    /// one).
    private static List<String> limits(String name) throws IOException, LoginException {
        var answer =
                Tools.run(
                        List.of(
                                Tools.path("runuser"),
                                "-u",
                                name,
                                "--",
                                Tools.path("prlimit"),
                                "--raw",
                                "--noheadings",
                                "--output=RESOURCE,SOFT,HARD"));
        if (answer.code() != 0) {
            throw new LoginException(
                    "This node's PAM gives " + name + " no session: " + printable(answer.error()));
        }
        var limits = new ArrayList<String>();
        for (String line : answer.out().lines().toList()) {
            String[] words = line.strip().split(" +");
            if (words.length == 3) {
                limits.add(
                        "--" + words[0].toLowerCase(Locale.ROOT) + "=" + words[1] + ":" + words[2]);
            }
        }
        return limits;
    }

    private static String printable(String text) {
        String clean = text.replaceAll("[^\\x20-\\x7e]", "?");
        return clean.length() <= 200 ? clean : clean.substring(0, 200) + "...";
    }
}
