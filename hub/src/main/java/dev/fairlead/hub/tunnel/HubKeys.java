package dev.fairlead.hub.tunnel;

import dev.fairlead.link.ProtocolException;
import dev.fairlead.link.handshake.Fingerprint;
import dev.fairlead.link.handshake.HubProof;
import dev.fairlead.link.handshake.InnerTlsServer;
import dev.fairlead.link.handshake.KeyBundle;
import dev.fairlead.link.handshake.KeyFile;
import dev.fairlead.link.handshake.SigningKey;
import dev.fairlead.link.handshake.VerifyingKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The keys by which this hub proves itself, in files of one folder:
///
/// ```
/// root.key     the deployment's root key; its fingerprint is what agents trust
/// hub.key      this hub's own key
/// bundle       the numbered list of hub keys, signed by the root
/// ```
///
/// After the first start `root.key` is needed only to sign another bundle: it may be kept
/// elsewhere.
public final class HubKeys {

    private static final String HUB = "hub.key";

    /// The key that a rotation puts in the place of [#HUB].
    private static final String NEXT = "hub.key.next";

    private final SigningKey hub;
    private final KeyBundle bundle;
    private final VerifyingKey root;

    private HubKeys(SigningKey hub, KeyBundle bundle, VerifyingKey root) {
        this.hub = hub;
        this.bundle = bundle;
        this.root = root;
    }

    /// Reads them, or makes them where the folder has none.
    ///
    /// @throws IOException naming the file that is wrong and what to do
    public static HubKeys open(Path folder, SecureRandom random) throws IOException {
        Files.createDirectories(
                folder,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path rootFile = folder.resolve("root.key");
        Path rootPublic = folder.resolve("root.pub");
        Path bundleFile = folder.resolve("bundle");
        Path next = folder.resolve(NEXT);
        if (Files.exists(next)) {
            finishRotation(folder, next);
        }
        var hub = KeyFile.readOrCreate(folder.resolve(HUB), random);
        if (!Files.exists(bundleFile)) {
            var root = KeyFile.readOrCreate(rootFile, random);
            write(rootPublic, root.verifying().tagged());
            write(bundleFile, KeyBundle.sign(root, 1, List.of(hub.verifying())).encoded());
        }
        try {
            var root = VerifyingKey.ofTagged(Files.readAllBytes(rootPublic));
            var bundle = KeyBundle.verify(root, Files.readAllBytes(bundleFile));
            if (bundle == null || !bundle.keys().contains(hub.verifying())) {
                throw new IOException(
                        bundleFile
                                + " is not signed by the root key in "
                                + rootPublic
                                + ", or does not list hub.key; restore the folder "
                                + folder
                                + " from the backup");
            }
            return new HubKeys(hub, bundle, root);
        } catch (ProtocolException e) {
            throw new IOException(
                    "the key files in " + folder + " are damaged (" + e.rule() + "); restore them",
                    e);
        }
    }

    /// Gives this hub a new key: a new bundle has it in the place of the old one, which no agent
    /// that has seen that bundle accepts any more. A running hub takes it up at its next start.
    ///
    /// @param rootKey the deployment's root key, where it is kept elsewhere
    /// @return the number of the new bundle
    /// @throws IOException naming the file that is wrong or missing and what to do
    public static long rotate(Path folder, @Nullable Path rootKey, SecureRandom random)
            throws IOException {
        if (!Files.exists(folder.resolve("bundle"))) {
            throw new IOException(
                    "there are no keys in "
                            + folder
                            + " yet; the hub makes them at its first start");
        }
        var now = open(folder, random);
        Path rootFile = rootKey == null ? folder.resolve("root.key") : rootKey;
        if (!Files.exists(rootFile)) {
            throw new IOException(
                    "the deployment's root key is not in "
                            + rootFile
                            + "; bring it from where it is kept, and name it with --root-key");
        }
        var root = KeyFile.read(rootFile);
        if (!root.verifying().equals(now.root)) {
            throw new IOException(
                    rootFile
                            + " is the root key of another deployment: its fingerprint is "
                            + Fingerprint.of(root.verifying())
                            + ", this hub's is "
                            + now.fingerprint());
        }
        var fresh = SigningKey.generate(random);
        var keys = new ArrayList<>(now.bundle.keys());
        keys.remove(now.hub.verifying());
        keys.addFirst(fresh.verifying());
        var bundle = KeyBundle.sign(root, now.bundle.number() + 1, keys);
        // In this order: after a stop halfway either the old key is in the bundle, or the next one.
        KeyFile.write(folder.resolve(NEXT), fresh);
        write(folder.resolve("bundle"), bundle.encoded());
        finishRotation(folder, folder.resolve(NEXT));
        return bundle.number();
    }

    private static void finishRotation(Path folder, Path next) throws IOException {
        var root = VerifyingKey.ofTagged(Files.readAllBytes(folder.resolve("root.pub")));
        var bundle = KeyBundle.verify(root, Files.readAllBytes(folder.resolve("bundle")));
        if (bundle != null && bundle.keys().contains(KeyFile.read(next).verifying())) {
            Files.move(
                    next,
                    folder.resolve(HUB),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } else {
            Files.delete(next);
        }
    }

    private static void write(Path file, byte[] bytes) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.write(fresh, bytes);
        Files.move(
                fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /// What people call the hub's fingerprint.
    public Fingerprint fingerprint() {
        return Fingerprint.of(root);
    }

    /// The keys that speak for the deployment.
    public KeyBundle bundle() {
        return bundle;
    }

    /// Whether a key is this hub's own.
    public boolean isOwn(VerifyingKey key) {
        return key.equals(hub.verifying());
    }

    /// What the hub shows to a dialer.
    ///
    /// @param leaves SHA-256 of the TLS certificates that dialers see
    /// @param ca PEM of the hub's own CA, where it has one
    /// @param inner the hub's end of inner TLS
    public HubProof proof(
            List<Fingerprint> leaves, String name, @Nullable String ca, InnerTlsServer inner) {
        return new HubProof(root, bundle, hub, leaves, name, ca, inner);
    }
}
