package dev.fairlead.agent.ssh;

import dev.fairlead.agent.login.Login;
import dev.fairlead.agent.ssh.sftp.SftpMain;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import org.jspecify.annotations.Nullable;

/// The program that serves sftp, and scp on top of it, as a login.
///
/// OpenSSH's `sftp-server` where the machine has it: it starts at once, reaches names of files in
/// any encoding, and has all of the extensions. Else [SftpMain] in a JVM of its own, which starts
/// in a tenth of a second.
public final class FileServer {

    /// Where Debian, Fedora, SUSE, Alpine and Arch keep OpenSSH's.
    private static final List<Path> SYSTEM =
            List.of(
                    Path.of("/usr/lib/openssh/sftp-server"),
                    Path.of("/usr/libexec/openssh/sftp-server"),
                    Path.of("/usr/lib/ssh/sftp-server"),
                    Path.of("/usr/libexec/sftp-server"));

    private static final String PACKAGE = SftpMain.class.getPackageName().replace('.', '/');

    private final List<Path> system;
    private final Path stage;
    private @Nullable Path jar;

    /// A program, and what its environment has besides the usual.
    record Command(List<String> argv, Map<String, String> environment) {}

    /// The machine's `sftp-server`, else our own, laid out below `/run/fairlead`.
    public FileServer() {
        this(SYSTEM, Path.of("/run/fairlead"));
    }

    /// @param stage a folder for what other logins must read, made when it is needed; nobody but
    ///   the agent may write to its parent
    FileServer(List<Path> system, Path stage) {
        this.system = List.copyOf(system);
        this.stage = stage;
    }

    /// @throws IOException with a sentence for the person, where the node cannot serve files
    Command command(Login login) throws IOException {
        for (var program : system) {
            if (Files.isExecutable(program)) {
                return new Command(List.of(program.toString()), Map.of());
            }
        }
        var java = Path.of(System.getProperty("java.home"), "bin", "java");
        if (!login.own() && !openToAll(java)) {
            throw new IOException(
                    "This node has no sftp-server, and its Java runtime "
                            + java
                            + " lies where "
                            + login.name()
                            + " may not read it; install openssh-sftp-server on the node, or move"
                            + " the runtime.");
        }
        return new Command(
                List.of(
                        java.toString(),
                        "-Xshare:auto",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-XX:-UsePerfData",
                        "-Xmx64m",
                        "-cp",
                        jar(login).toString(),
                        SftpMain.class.getName()),
                // The JVM takes names of files for what the locale says.
                Map.of("LC_ALL", "C.UTF-8"));
    }

    /// Our own classes where the login can read them: as they are for the agent's own user, else in
    /// a small jar that is written anew by each agent, since the agent may have been started from a
    /// folder that is closed to others (a clone below /root).
    private synchronized Path jar(Login login) throws IOException {
        if (login.own()) {
            return source();
        }
        var ready = jar;
        if (ready == null || Files.notExists(ready)) {
            ready = write();
            jar = ready;
        }
        return ready;
    }

    private Path write() throws IOException {
        Files.createDirectories(stage);
        Files.setPosixFilePermissions(stage, PosixFilePermissions.fromString("rwxr-xr-x"));
        if (!Files.getOwner(stage, LinkOption.NOFOLLOW_LINKS)
                .equals(Files.getOwner(Path.of("/proc/self")))) {
            throw new IOException(stage + " belongs to somebody else than the agent");
        }
        var bytes = new ByteArrayOutputStream();
        try (var out = new JarOutputStream(bytes)) {
            for (var file : classes()) {
                out.putNextEntry(new JarEntry(file.name));
                out.write(file.bytes);
                out.closeEntry();
            }
        }
        var temporary = Files.createTempFile(stage, "sftp", null);
        Files.write(temporary, bytes.toByteArray());
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rw-r--r--"));
        var jar = stage.resolve("sftp.jar");
        return Files.move(temporary, jar, StandardCopyOption.ATOMIC_MOVE);
    }

    private record ClassFile(String name, byte[] bytes) {}

    private static List<ClassFile> classes() throws IOException {
        var source = source();
        var classes = new ArrayList<ClassFile>();
        if (Files.isDirectory(source)) {
            try (var files = Files.newDirectoryStream(source.resolve(PACKAGE), "*.class")) {
                for (var file : files) {
                    String name = PACKAGE + "/" + file.getFileName();
                    classes.add(new ClassFile(name, Files.readAllBytes(file)));
                }
            }
            return classes;
        }
        try (var from = new JarFile(source.toFile())) {
            for (var entry : Collections.list(from.entries())) {
                if (entry.getName().startsWith(PACKAGE + "/") && !entry.isDirectory()) {
                    try (var in = from.getInputStream(entry)) {
                        classes.add(new ClassFile(entry.getName(), in.readAllBytes()));
                    }
                }
            }
        }
        return classes;
    }

    private static Path source() throws IOException {
        try {
            return Path.of(
                    SftpMain.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IOException("the agent's own classes are not found", e);
        }
    }

    /// Whether everybody may execute a file and pass all folders above it.
    private static boolean openToAll(Path file) throws IOException {
        for (var each = file.toRealPath(); each != null; each = each.getParent()) {
            int mode = (int) Files.getAttribute(each, "unix:mode");
            if ((mode & 1) == 0) {
                return false;
            }
        }
        return true;
    }
}
