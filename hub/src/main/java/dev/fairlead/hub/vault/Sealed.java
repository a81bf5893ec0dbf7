package dev.fairlead.hub.vault;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.UUID;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/// A secret under AES-256-GCM, as it lies in a column:
///
/// ```
/// u8 format = 1 | u32 version of the key | 12 bytes nonce | ciphertext and 16-byte tag
/// ```
///
/// The associated data are format, key version, tenant, table and id, so that it opens only where
/// it was put. Nonces are random: with 96 bits a key may seal 2^32 values.
public record Sealed(byte[] bytes) {

    private static final byte FORMAT = 1;
    private static final int NONCE = 12;
    private static final int TAG = 16;
    private static final int HEADER = 1 + 4 + NONCE;

    /// What a value is bound to.
    public record Place(UUID tenant, String table, String id) {

        private byte[] associatedData(int version) {
            byte[] tableName = table.getBytes(StandardCharsets.UTF_8);
            byte[] idText = id.getBytes(StandardCharsets.UTF_8);
            return ByteBuffer.allocate(1 + 4 + 16 + 4 + tableName.length + 4 + idText.length)
                    .put(FORMAT)
                    .putInt(version)
                    .putLong(tenant.getMostSignificantBits())
                    .putLong(tenant.getLeastSignificantBits())
                    .putInt(tableName.length)
                    .put(tableName)
                    .putInt(idText.length)
                    .put(idText)
                    .array();
        }
    }

    static Sealed seal(
            SecretKey key, int version, Place place, byte[] secret, SecureRandom random) {
        byte[] nonce = new byte[NONCE];
        random.nextBytes(nonce);
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(8 * TAG, nonce));
            cipher.updateAAD(place.associatedData(version));
            return new Sealed(
                    ByteBuffer.allocate(HEADER + secret.length + TAG)
                            .put(FORMAT)
                            .putInt(version)
                            .put(nonce)
                            .put(cipher.doFinal(secret))
                            .array());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM failed", e);
        }
    }

    /// The version of the key that opens it.
    ///
    /// @throws CannotOpen where these bytes are no sealed value
    int version() {
        if (bytes.length < HEADER + TAG || bytes[0] != FORMAT) {
            throw new CannotOpen("this is not a sealed value", null);
        }
        return ByteBuffer.wrap(bytes, 1, 4).getInt();
    }

    byte[] open(SecretKey key, Place place) {
        int version = version();
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(
                    Cipher.DECRYPT_MODE, key, new GCMParameterSpec(8 * TAG, bytes, 1 + 4, NONCE));
            cipher.updateAAD(place.associatedData(version));
            return cipher.doFinal(bytes, HEADER, bytes.length - HEADER);
        } catch (GeneralSecurityException e) {
            throw new CannotOpen(
                    "the value of "
                            + place.table()
                            + " was sealed by another key or for another row",
                    e);
        }
    }

    @Override
    public String toString() {
        return "sealed, " + bytes.length + " bytes";
    }
}
