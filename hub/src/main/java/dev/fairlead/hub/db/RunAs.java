package dev.fairlead.hub.db;

import dev.fairlead.hub.db.DatabaseUnusable.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// As whom PostgreSQL runs. It refuses to be root, so a hub that is root starts it as the system
/// user `fairlead`, made when missing; any other hub starts it as itself.
///
/// @param user the user to become, or null to stay who we are
record RunAs(@Nullable String user) {

    private static final String SYSTEM_USER = "fairlead";

    /// @param user the user that this process runs as
    static RunAs forProcess(String user) {
        return "root".equals(user) ? new RunAs(existingSystemUser()) : new RunAs(null);
    }

    private static String existingSystemUser() {
        try {
            if (!isThere()) {
                Ran made =
                        run(
                                List.of(
                                        program("useradd"),
                                        "--system",
                                        "--user-group",
                                        "--no-create-home",
                                        "--home-dir",
                                        "/nonexistent",
                                        "--shell",
                                        "/usr/sbin/nologin",
                                        SYSTEM_USER));
                // 9: somebody else made it in the meantime.
                if (made.code() != 0 && made.code() != 9) {
                    throw new DatabaseUnusable(
                            Reason.NOT_SUPPORTED,
                            "The system user fairlead cannot be made: " + made.output().strip(),
                            "PostgreSQL refuses to run as root. Make the user (useradd --system"
                                    + " fairlead), or run the hub as an ordinary user.");
                }
            }
            return SYSTEM_USER;
        } catch (IOException e) {
            throw new DatabaseUnusable(
                    Reason.NOT_SUPPORTED,
                    "The system user fairlead cannot be looked up: " + e.getMessage(),
                    "PostgreSQL refuses to run as root. Run the hub as an ordinary user.",
                    e);
        }
    }

    private static boolean isThere() throws IOException {
        try {
            FileSystems.getDefault()
                    .getUserPrincipalLookupService()
                    .lookupPrincipalByName(SYSTEM_USER);
            return true;
        } catch (UserPrincipalNotFoundException e) {
            return false;
        }
    }

    /// The argv that runs `argv` as that user, in a session of its own: Ctrl-C at the hub's
    /// terminal must stop the hub first, which then stops its database.
    List<String> argv(List<String> argv) {
        List<String> all = new ArrayList<>();
        Path setsid = Path.of("/usr/bin/setsid");
        if (Files.isExecutable(setsid)) {
            all.add(setsid.toString());
        }
        if (user != null) {
            all.addAll(
                    List.of(
                            program("setpriv"),
                            "--reuid=" + user,
                            "--regid=" + user,
                            "--clear-groups",
                            "--"));
        }
        all.addAll(argv);
        return all;
    }

    ProcessBuilder builder(List<String> argv) {
        ProcessBuilder builder = new ProcessBuilder(argv(argv)).redirectErrorStream(true);
        // Nothing of the hub's environment decides how its database behaves.
        Map<String, String> env = builder.environment();
        env.clear();
        env.put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        env.put("LC_ALL", "C");
        env.put("TZ", "UTC");
        return builder.directory(Path.of("/").toFile());
    }

    /// Gives a file or folder to that user.
    void own(Path path) throws IOException {
        if (user != null) {
            Files.setOwner(
                    path,
                    path.getFileSystem()
                            .getUserPrincipalLookupService()
                            .lookupPrincipalByName(user));
        }
    }

    /// Checks that the user can enter a folder.
    void mustEnter(Path folder) throws IOException {
        if (user == null
                || run(argv(List.of("/usr/bin/test", "-x", folder.toString()))).code() == 0) {
            return;
        }
        throw new DatabaseUnusable(
                Reason.NOT_ENTERABLE,
                "The hub's database runs as user " + user + ", which cannot enter " + folder + ".",
                "Choose a data folder that others may pass through, such as /var/lib/fairlead, or"
                        + " allow it (chmod o+x on each folder above it).");
    }

    record Ran(int code, String output) {}

    /// Runs a short program to its end; at most 30 s.
    static Ran run(List<String> argv) throws IOException {
        return finish(new ProcessBuilder(argv).redirectErrorStream(true), null, 30);
    }

    /// Runs a program to its end with this on its standard input.
    static Ran finish(ProcessBuilder builder, @Nullable String input, long seconds)
            throws IOException {
        Process process = builder.start();
        try {
            if (input != null) {
                process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
            }
            process.getOutputStream().close();
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                throw new IOException(builder.command().getFirst() + " does not end");
            }
            return new Ran(process.exitValue(), output);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            process.destroyForcibly();
        }
    }

    private static String program(String name) {
        for (String folder : List.of("/usr/sbin", "/usr/bin", "/sbin", "/bin")) {
            Path path = Path.of(folder, name);
            if (Files.isRegularFile(path, new LinkOption[0])) {
                return path.toString();
            }
        }
        throw new DatabaseUnusable(
                Reason.NOT_SUPPORTED,
                "PostgreSQL refuses to run as root, and this machine has no "
                        + name
                        + " to become another user.",
                "Install it (Debian: util-linux, passwd), or run the hub as an ordinary user.");
    }
}
