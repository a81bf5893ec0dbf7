import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/// Makes libraries fit for a quick start. An AOT cache takes no class of a signed jar and none whose file
/// is of Java 5: Bouncy Castle loses its signatures (OpenJDK asks for none), picocli is compiled from
/// its own sources. Together that is a third of the time of a short command's start. And the JVM reads
/// the manifest of each jar that it has classes of: what they say to OSGi and of their build is left out.
///
/// Run by Maven on the toolchain's Java 25 as `java Libraries.java LIB PICOCLI_SOURCES`. The same
/// inputs give the same bytes, and what is done already is left alone.
public final class Libraries {

    /// Any fixed time; a jar entry has one.
    private static final LocalDateTime TIME = LocalDateTime.of(2026, 1, 1, 0, 0);

    public static void main(String[] args) throws Exception {
        var lib = Path.of(args[0]);
        for (var jar : jars(lib, "bc")) {
            unsign(jar);
        }
        for (var jar : jars(lib, "picocli-")) {
            compile(jar, Path.of(args[1]));
        }
        for (var jar : jars(lib, "")) {
            if (!jar.getFileName().toString().startsWith("fairlead-")) {
                shortenManifest(jar);
            }
        }
    }

    /// What Java reads in a manifest, and who made the library.
    private static final Pattern KEPT =
            Pattern.compile("Manifest-Version|Multi-Release|Class-Path|Main-Class|Automatic-Module-Name|Enable-Native-Access|Add-.*|(Implementation|Specification)-.*");

    private static void shortenManifest(Path jar) throws IOException {
        try (var zip = FileSystems.newFileSystem(jar)) {
            var file = zip.getPath("META-INF/MANIFEST.MF");
            if (!Files.exists(file)) {
                return;
            }
            var manifest = new Manifest();
            try (var in = Files.newInputStream(file)) {
                manifest.read(in);
            }
            var entries = manifest.getEntries();
            boolean longer = manifest.getMainAttributes().keySet().removeIf(name -> !KEPT.matcher(name.toString()).matches());
            if (!longer && entries.isEmpty()) {
                return;
            }
            entries.clear();
            var text = new ByteArrayOutputStream();
            manifest.write(text);
            Files.write(file, text.toByteArray());
            Files.setLastModifiedTime(file, FileTime.from(TIME.toInstant(ZoneOffset.UTC)));
        }
    }

    private static List<Path> jars(Path lib, String prefix) throws IOException {
        try (var files = Files.list(lib)) {
            return files.filter(f -> f.getFileName().toString().startsWith(prefix)).toList();
        }
    }

    private static void unsign(Path jar) throws IOException {
        var kept = new ArrayList<Entry>();
        boolean signed = false;
        try (var zip = new ZipFile(jar.toFile())) {
            for (var entry : zip.stream().toList()) {
                String name = entry.getName().toUpperCase(Locale.ROOT);
                if (name.matches("META-INF/[^/]*\\.(SF|RSA|DSA|EC)")) {
                    signed = true;
                } else if (!entry.isDirectory()) {
                    byte[] bytes = zip.getInputStream(entry).readAllBytes();
                    // Behind the first blank line are the digests of the single entries.
                    kept.add(new Entry(entry.getName(), name.equals("META-INF/MANIFEST.MF") ? mainSection(bytes) : bytes));
                }
            }
        }
        if (signed) {
            write(jar, kept);
        }
    }

    private static byte[] mainSection(byte[] manifest) {
        String text = new String(manifest, StandardCharsets.UTF_8).replace("\r\n", "\n");
        int end = text.indexOf("\n\n");
        return (end < 0 ? text : text.substring(0, end + 2)).getBytes(StandardCharsets.UTF_8);
    }

    private static void compile(Path jar, Path sources) throws IOException {
        var entries = new ArrayList<Entry>();
        try (var zip = new ZipFile(jar.toFile())) {
            var some = zip.getEntry("picocli/CommandLine.class");
            try (var in = zip.getInputStream(some)) {
                if (in.readNBytes(8)[7] >= 50) {
                    return;
                }
            }
            for (var entry : zip.stream().toList()) {
                boolean ours = entry.getName().endsWith(".class") && entry.getName().startsWith("picocli/");
                if (!entry.isDirectory() && !ours) {
                    entries.add(new Entry(entry.getName(), zip.getInputStream(entry).readAllBytes()));
                }
            }
        }
        var work = Files.createTempDirectory(jar.getParent().getParent(), "picocli");
        var files = new ArrayList<String>();
        try (var zip = FileSystems.newFileSystem(sources); var found = Files.walk(zip.getPath("/picocli"))) {
            for (var source : found.filter(f -> f.toString().endsWith(".java")).toList()) {
                var copy = work.resolve("source" + source);
                Files.createDirectories(copy.getParent());
                Files.copy(source, copy);
                files.add(copy.toString());
            }
        }
        var classes = work.resolve("classes");
        var javac = new ArrayList<>(List.of("--release", "25", "-nowarn", "-proc:none", "-parameters", "-d", classes.toString()));
        javac.addAll(files);
        int status =
                ToolProvider.findFirst("javac")
                        .orElseThrow()
                        .run(new PrintWriter(System.out, true), new PrintWriter(System.err, true), javac.toArray(String[]::new));
        if (status != 0) {
            throw new IllegalStateException("javac ended with " + status);
        }
        try (var made = Files.walk(classes)) {
            for (var file : made.filter(Files::isRegularFile).sorted().toList()) {
                entries.add(new Entry(classes.relativize(file).toString(), Files.readAllBytes(file)));
            }
        }
        write(jar, entries);
        delete(work);
    }

    private record Entry(String name, byte[] bytes) {}

    /// The manifest first; one time for all.
    private static void write(Path jar, List<Entry> entries) throws IOException {
        var unfinished = jar.resolveSibling(jar.getFileName() + ".new");
        try (var out = new ZipOutputStream(Files.newOutputStream(unfinished))) {
            var sorted =
                    Stream.concat(
                                    entries.stream().filter(e -> e.name().equals("META-INF/MANIFEST.MF")),
                                    entries.stream().filter(e -> !e.name().equals("META-INF/MANIFEST.MF")))
                            .toList();
            for (var entry : sorted) {
                var zipped = new ZipEntry(entry.name());
                zipped.setTimeLocal(TIME);
                out.putNextEntry(zipped);
                out.write(entry.bytes());
            }
        }
        Files.move(unfinished, jar, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
