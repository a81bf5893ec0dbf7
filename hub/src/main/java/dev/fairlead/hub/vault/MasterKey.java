package dev.fairlead.hub.vault;

import dev.fairlead.hub.db.SecretFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/// The key that seals the tenants' data keys: 256 random bits in a file of its own, one line
/// `aes256:1:BASE64` (algorithm, version, key), readable by the hub's user only. Whoever has this
/// file and a dump of the database has every secret; without it nobody has any, so it belongs in
/// the backup, but not in the same one.
public final class MasterKey {

    private final int version;
    private final SecretKey key;

    private MasterKey(int version, SecretKey key) {
        this.version = version;
        this.key = key;
    }

    /// Reads the file, or makes it when there is none.
    ///
    /// @throws IOException where it cannot be read or made, others may read it, or it holds no key;
    ///   the message says which and what to do
    public static MasterKey open(Path file, SecureRandom random) throws IOException {
        if (!Files.exists(file)) {
            make(file, random);
        }
        String[] parts = SecretFile.read(file).strip().split(":", -1);
        try {
            byte[] bits = Base64.getDecoder().decode(parts[parts.length - 1]);
            if (parts.length == 3 && parts[0].equals("aes256") && bits.length == 32) {
                return new MasterKey(Integer.parseInt(parts[1]), new SecretKeySpec(bits, "AES"));
            }
        } catch (IllegalArgumentException e) {
            // The message below says it.
        }
        throw new IOException(
                "The file " + file + " holds no master key: restore it from a backup.");
    }

    private static void make(Path file, SecureRandom random) throws IOException {
        byte[] bits = new byte[32];
        random.nextBytes(bits);
        SecretFile.write(file, "aes256:1:" + Base64.getEncoder().encodeToString(bits) + "\n");
    }

    int version() {
        return version;
    }

    SecretKey key() {
        return key;
    }
}
