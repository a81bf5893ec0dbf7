package dev.fairlead.link.handshake;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Set;

/// A private key on disk: PKCS#8 in PEM, as `openssl pkey` reads it, mode 0600, written beside its
/// place, synced and moved there, so that a crash leaves the old key or the new one.
public final class KeyFile {

    /// RFC 8410: PrivateKeyInfo of ed25519 up to the 32 bytes of the key.
    private static final byte[] PKCS8_ED25519 =
            HexFormat.of().parseHex("302e020100300506032b657004220420");

    private static final String BEGIN = "-----BEGIN PRIVATE KEY-----";
    private static final String END = "-----END PRIVATE KEY-----";
    private static final Set<PosixFilePermission> OTHERS =
            EnumSet.complementOf(
                    EnumSet.of(
                            PosixFilePermission.OWNER_READ,
                            PosixFilePermission.OWNER_WRITE,
                            PosixFilePermission.OWNER_EXECUTE));

    private KeyFile() {}

    /// @throws NoSuchFileException where there is none
    /// @throws IOException where it is unreadable, no ed25519 key, or open to other users
    public static SigningKey read(Path file) throws IOException {
        var mode = Files.getPosixFilePermissions(file);
        if (mode.stream().anyMatch(OTHERS::contains)) {
            throw new IOException(
                    "the key file %s can be used by other users (mode %s); if nobody has copied it, run: chmod 600 %s"
                            .formatted(file, PosixFilePermissions.toString(mode), file));
        }
        return parse(Files.readString(file), file.toString());
    }

    /// The key in the file, which is made if it is missing.
    public static SigningKey readOrCreate(Path file, SecureRandom random) throws IOException {
        if (Files.exists(file)) {
            return read(file);
        }
        var key = SigningKey.generate(random);
        write(file, key);
        return key;
    }

    /// Puts the key in the place of whatever the file held; the folder must exist.
    public static void write(Path file, SigningKey key) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        Path name = file.getFileName();
        if (folder == null || name == null) {
            throw new IOException(file + " is not the name of a file");
        }
        var mode =
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        Path fresh = Files.createTempFile(folder, "." + name, ".new", mode);
        try {
            try (var out = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
                var text = ByteBuffer.wrap(pem(key).getBytes(StandardCharsets.US_ASCII));
                while (text.hasRemaining()) {
                    out.write(text);
                }
                out.force(true);
            } catch (IOException e) {
                // A channel does not say which file it could not write.
                throw new FileSystemException(file.toString(), null, e.getMessage());
            }
            Files.move(
                    fresh,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(fresh);
        }
        try (var directory = FileChannel.open(folder, StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    static String pem(SigningKey key) {
        byte[] seed = key.seed();
        byte[] der = Arrays.copyOf(PKCS8_ED25519, PKCS8_ED25519.length + seed.length);
        System.arraycopy(seed, 0, der, PKCS8_ED25519.length, seed.length);
        return BEGIN + "\n" + Base64.getEncoder().encodeToString(der) + "\n" + END + "\n";
    }

    static SigningKey parse(String pem, String where) throws IOException {
        String text = pem.strip();
        if (!text.startsWith(BEGIN)
                || !text.endsWith(END)
                || text.length() < BEGIN.length() + END.length()) {
            throw new IOException(where + " is not a private key in PEM (PKCS#8)");
        }
        byte[] der;
        try {
            String body = text.substring(BEGIN.length(), text.length() - END.length());
            der = Base64.getMimeDecoder().decode(body);
        } catch (IllegalArgumentException e) {
            throw new IOException(where + " is damaged: its PEM is not base64", e);
        }
        int prefix = PKCS8_ED25519.length;
        if (der.length != prefix + 32 || !Arrays.equals(der, 0, prefix, PKCS8_ED25519, 0, prefix)) {
            throw new IOException(where + " holds no ed25519 key");
        }
        return SigningKey.ofSeed(Arrays.copyOfRange(der, prefix, der.length));
    }
}
