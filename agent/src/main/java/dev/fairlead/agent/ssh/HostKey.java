package dev.fairlead.agent.ssh;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.util.io.resource.PathResource;
import org.apache.sshd.common.util.security.SecurityUtils;

/// The node's SSH host key (ed25519), made by the agent; the private half never leaves the node.
public record HostKey(KeyPair pair) {

    private static final int BITS = 256;

    /// Reads the key, or makes it where the file is missing.
    ///
    /// @param file in OpenSSH's form, mode 0600
    /// @throws IOException also where the file holds no ed25519 key, which is never replaced:
    ///   people have it in their known_hosts
    public static HostKey loadOrMake(Path file) throws IOException {
        try {
            return load(file);
        } catch (NoSuchFileException e) {
            return make(file);
        }
    }

    private static HostKey load(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            var pairs = SecurityUtils.loadKeyPairIdentities(null, new PathResource(file), in, null);
            for (var pair : pairs) {
                if (KeyPairProvider.SSH_ED25519.equals(KeyUtils.getKeyType(pair))) {
                    return new HostKey(pair);
                }
            }
            throw new IOException("there is no ed25519 key in it");
        } catch (NoSuchFileException e) {
            throw e;
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            throw new IOException(
                    "The SSH host key "
                            + file
                            + " cannot be read ("
                            + e.getMessage()
                            + "). Restore it, or remove it to get a new one, which people must"
                            + " accept anew where they have no host certificate.",
                    e);
        }
    }

    private static HostKey make(Path file) throws IOException {
        try {
            var pair = KeyUtils.generateKeyPair(KeyPairProvider.SSH_ED25519, BITS);
            var text = new ByteArrayOutputStream();
            OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(pair, "fairlead", null, text);
            var temporary =
                    Files.createTempFile(
                            file.toAbsolutePath().getParent(),
                            "host-key",
                            null,
                            PosixFilePermissions.asFileAttribute(
                                    PosixFilePermissions.fromString("rw-------")));
            try {
                Files.write(temporary, text.toByteArray());
                Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(temporary);
            }
            return new HostKey(pair);
        } catch (GeneralSecurityException e) {
            throw new IOException("an ed25519 key cannot be made: " + e.getMessage(), e);
        }
    }

    /// The public half in OpenSSH's form: what the hub signs.
    public String publicLine() {
        return PublicKeyEntry.toString(pair.getPublic());
    }
}
