package dev.fairlead.hub.enroll;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The agent's package and the script that installs it, for this hub: the script names the
/// configured address (never what a request said) and the package's SHA-256.
///
/// The package is hashed once and again only when the file changed (50 MB take 0.1 s).
public final class Installer {

    private static final String PACKAGES = "fairlead-agent-*-linux-amd64.tar.gz";

    private final URI hub;
    private final @Nullable String ca;
    private final Path folder;
    private final String template = template();
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Offer last;

    /// @param hub the configured address
    /// @param ca the hub's own CA certificate as PEM, null where a public one signed
    /// @param folder of the installation where the package lies
    public Installer(URI hub, @Nullable String ca, Path folder) {
        this.hub = hub;
        this.ca = ca;
        this.folder = folder;
    }

    /// What is served now.
    ///
    /// @param script what runs on the new node
    /// @param packageFile what it fetches
    record Offer(
            byte[] script,
            String scriptSha256,
            Path packageFile,
            String packageSha256,
            FileTime modified,
            long size) {}

    /// The line to paste, or empty where this installation has no agent package. May hash the
    /// package: not for an event loop.
    ///
    /// @throws UncheckedIOException where the package cannot be read
    public Optional<String> line(String token) {
        return offer().map(o -> new InstallLine(hub, ca, o.scriptSha256()).text(token));
    }

    Optional<Offer> offer() {
        lock.lock();
        try {
            var file = packageFile();
            if (file.isEmpty()) {
                last = null;
                return Optional.empty();
            }
            var modified = Files.getLastModifiedTime(file.get());
            long size = Files.size(file.get());
            var known = last;
            if (known == null
                    || !known.packageFile().equals(file.get())
                    || !known.modified().equals(modified)
                    || known.size() != size) {
                String sha256 = sha256(Files.newInputStream(file.get()));
                byte[] script = script(sha256);
                known =
                        new Offer(
                                script,
                                HexFormat.of().formatHex(digest().digest(script)),
                                file.get(),
                                sha256,
                                modified,
                                size);
                last = known;
            }
            return Optional.of(known);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            lock.unlock();
        }
    }

    private byte[] script(String packageSha256) {
        return template.replace("@HUB@", hub.toString())
                .replace("@PACKAGE_SHA256@", packageSha256)
                .replace("@CA@", ca == null ? "" : ca.strip())
                .getBytes(StandardCharsets.UTF_8);
    }

    private Optional<Path> packageFile() throws IOException {
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        try (var files = Files.newDirectoryStream(folder, PACKAGES)) {
            var found = files.iterator();
            return found.hasNext() ? Optional.of(found.next()) : Optional.empty();
        }
    }

    private static String sha256(InputStream file) throws IOException {
        var digest = digest();
        byte[] buffer = new byte[1 << 16];
        try (file) {
            for (int n = file.read(buffer); n >= 0; n = file.read(buffer)) {
                digest.update(buffer, 0, n);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    private static String template() {
        try (var in = Installer.class.getResourceAsStream("install.sh")) {
            if (in == null) {
                throw new IllegalStateException("install.sh is not in the hub's jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
