import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.spi.ToolProvider;
import java.util.zip.GZIPOutputStream;

/// Makes `fairlead-agent-VERSION-linux-amd64.tar.gz`, which the hub serves to new nodes: a Java
/// runtime of the modules below, the agent's jars and no others, and `bin/fairlead`.
///
/// Run by Maven on the toolchain's Java 25 as `java AgentPackage.java TARGET SOURCES VERSION TIME`:
/// TARGET has `fairlead/lib` and `fairlead/native`, SOURCES the launcher and its JVM's options, TIME (ISO 8601)
/// is the time of every file, so that the same inputs give the same bytes. The runtime is linked
/// again only for another JDK, and the package made again only when something in it changed.
public final class AgentPackage {

    /// What the agent needs, `java.xml` and `java.naming` for Logback; found with jdeps and proved by
    /// running the packaged agent in the lab's `SecondMachineTest`.
    private static final String MODULES =
            "java.base,java.logging,java.management,java.naming,java.security.jgss,java.xml,jdk.management,jdk.net,jdk.unsupported";

    public static void main(String[] args) throws Exception {
        var target = Path.of(args[0]).toAbsolutePath();
        var sources = Path.of(args[1]).toAbsolutePath();
        String version = args[2];
        String time = args[3];
        var lib = target.resolve("fairlead/lib");
        var out = target.resolve("fairlead/agent");
        var jars = jarsOf(lib, lib.resolve("fairlead-agent-" + version + ".jar"));

        var parts = new ArrayList<>(jars);
        parts.addAll(list(target.resolve("fairlead/native")));
        parts.addAll(list(sources));
        String inputs = hash(parts, Runtime.version() + "\n" + MODULES + "\n" + time + "\n");
        var archive = out.resolve("fairlead-agent-" + version + "-linux-amd64.tar.gz");
        var stamp = target.resolve("agent-package.inputs");
        if (Files.exists(archive) && Files.exists(stamp) && Files.readString(stamp).equals(inputs)) {
            return;
        }

        var runtime = runtime(target);
        var root = target.resolve("agent-package/fairlead");
        delete(target.resolve("agent-package"));
        for (var jar : jars) {
            copy(jar, root.resolve("lib").resolve(jar.getFileName()));
        }
        for (var library : list(target.resolve("fairlead/native"))) {
            copy(library, root.resolve("native").resolve(library.getFileName()));
        }
        copy(sources.resolve("jvm.options"), root.resolve("lib/jvm.options"));
        Files.createDirectories(root.resolve("bin"));
        Files.writeString(
                root.resolve("bin/fairlead"),
                Files.readString(sources.resolve("fairlead")).replace("@VERSION@", version));
        run("chmod", "755", root.resolve("bin/fairlead").toString());
        run("cp", "-a", runtime.toString(), root.resolve("runtime").toString());
        Files.createDirectories(out);
        for (var old : list(out)) {
            Files.delete(old);
        }
        var unfinished = target.resolve("agent-package.tar.gz");
        pack(root, time, unfinished);
        Files.move(unfinished, archive, StandardCopyOption.ATOMIC_MOVE);
        delete(target.resolve("agent-package"));
        Files.writeString(stamp, inputs);
    }

    /// The program's jar and what its manifest names.
    private static List<Path> jarsOf(Path lib, Path program) throws IOException {
        var jars = new ArrayList<>(List.of(program));
        try (var jar = new JarFile(program.toFile())) {
            String others = jar.getManifest().getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
            for (String name : others.split(" ")) {
                jars.add(lib.resolve(name));
            }
        }
        return jars;
    }

    /// The linked runtime, kept between builds. Where the JDK has no `jmods` it is linked from the
    /// JDK itself (JEP 493).
    private static Path runtime(Path target) throws IOException {
        var runtime = target.resolve("agent-runtime");
        var stamp = target.resolve("agent-runtime.of");
        String of = System.getProperty("java.vm.vendor") + " " + Runtime.version() + " " + MODULES;
        if (Files.exists(stamp) && Files.readString(stamp).equals(of)) {
            return runtime;
        }
        delete(runtime);
        var jlink = ToolProvider.findFirst("jlink").orElseThrow(() -> new IllegalStateException("this JDK has no jlink"));
        int status =
                jlink.run(
                        new PrintWriter(System.out, true),
                        new PrintWriter(System.err, true),
                        "--add-modules", MODULES,
                        "--strip-debug", "--no-header-files", "--no-man-pages",
                        "--compress", "zip-6",
                        "--output", runtime.toString());
        if (status != 0) {
            throw new IllegalStateException("jlink ended with " + status);
        }
        Files.writeString(stamp, of);
        return runtime;
    }

    /// Names in order, one time, owner 0: the same tree gives the same bytes.
    private static void pack(Path root, String time, Path archive) throws Exception {
        var tar =
                new ProcessBuilder(
                                "tar", "--create", "--format=gnu", "--sort=name", "--mtime=" + time,
                                "--owner=0", "--group=0", "--numeric-owner", "--mode=u=rwX,go=rX",
                                "--directory", root.getParent().toString(), root.getFileName().toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try (var in = tar.getInputStream();
                var out = new GZIPOutputStream(Files.newOutputStream(archive), 1 << 16)) {
            in.transferTo(out);
        }
        if (tar.waitFor() != 0) {
            throw new IllegalStateException("tar ended with " + tar.exitValue());
        }
    }

    private static String hash(List<Path> files, String more) throws IOException, NoSuchAlgorithmException {
        var sha = MessageDigest.getInstance("SHA-256");
        sha.update(more.getBytes(StandardCharsets.UTF_8));
        for (var file : files) {
            sha.update(file.getFileName().toString().getBytes(StandardCharsets.UTF_8));
            try (var in = new DigestInputStream(Files.newInputStream(file), sha)) {
                in.transferTo(OutputStream.nullOutputStream());
            }
        }
        return HexFormat.of().formatHex(sha.digest());
    }

    private static List<Path> list(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (var files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to.getParent());
        Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void run(String... argv) throws Exception {
        int status = new ProcessBuilder(argv).inheritIO().start().waitFor();
        if (status != 0) {
            throw new IllegalStateException(argv[0] + " ended with " + status);
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        Files.walkFileTree(
                folder,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                        Files.delete(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(Path dir, IOException e) throws IOException {
                        Files.delete(dir);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }
}
