package dev.fairlead.link.handshake;

import dev.fairlead.link.ProtocolException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The hub keys that speak for a deployment, signed by its root key and numbered: a dialer follows
/// to a higher number and never back, so that a stolen key that was rotated out stays out.
///
/// Bytes: `u8 format (1), u32 number, u8 count, count x tagged key, 64 bytes signature`. The root
/// signs, in the context `fairlead/1 key bundle`, its own tagged key and then all bytes before the
/// signature. 1 to 16 keys. Only what [#verify] returned may be believed.
public final class KeyBundle {

    public static final int MAX_KEYS = 16;

    static final String CONTEXT = "fairlead/1 key bundle";

    private static final int FORMAT = 1;
    private static final int SIGNATURE = 64;

    private final long number;
    private final List<VerifyingKey> keys;
    private final byte[] encoded;

    private KeyBundle(long number, List<VerifyingKey> keys, byte[] encoded) {
        this.number = number;
        this.keys = keys;
        this.encoded = encoded;
    }

    /// Signs a new bundle with the deployment's root key.
    ///
    /// @param number higher than that of the bundle it replaces; 1 to 2^32-1
    public static KeyBundle sign(SigningKey root, long number, List<VerifyingKey> keys) {
        if (number < 1 || number > 0xffff_ffffL || keys.isEmpty() || keys.size() > MAX_KEYS) {
            throw new IllegalArgumentException(
                    "a key bundle has a number from 1 to 2^32-1 and 1 to " + MAX_KEYS + " keys");
        }
        var body = ByteBuffer.allocate(6 + keys.stream().mapToInt(k -> k.tagged().length).sum());
        body.put((byte) FORMAT).putInt((int) number).put((byte) keys.size());
        keys.forEach(key -> body.put(key.tagged()));
        byte[] signature = root.sign(CONTEXT, signed(root.verifying(), body.array()));
        return new KeyBundle(number, List.copyOf(keys), join(body.array(), signature));
    }

    /// Reads a bundle and checks that `root` signed it.
    ///
    /// @return null where the signature is not the root's
    /// @throws ProtocolException where the bytes break the format
    public static @Nullable KeyBundle verify(VerifyingKey root, byte[] encoded) {
        if (encoded.length < 6 + SIGNATURE) {
            throw new ProtocolException("the key bundle is cut short");
        }
        byte[] body = Arrays.copyOf(encoded, encoded.length - SIGNATURE);
        byte[] signature = Arrays.copyOfRange(encoded, body.length, encoded.length);
        var in = ByteBuffer.wrap(body);
        int format = in.get();
        if (format != FORMAT) {
            throw new ProtocolException("the key bundle has the unknown format " + (format & 0xff));
        }
        long number = in.getInt() & 0xffff_ffffL;
        int count = in.get() & 0xff;
        if (number == 0 || count == 0 || count > MAX_KEYS) {
            throw new ProtocolException(
                    "a key bundle has a number above 0 and 1 to " + MAX_KEYS + " keys");
        }
        var keys = new ArrayList<VerifyingKey>();
        try {
            for (int i = 0; i < count; i++) {
                byte[] tagged =
                        new byte[1 + KeyAlgorithm.ofTag(in.get(in.position()) & 0xff).length()];
                in.get(tagged);
                keys.add(VerifyingKey.ofTagged(tagged));
            }
        } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
            throw new ProtocolException("the key bundle is cut short");
        }
        if (in.hasRemaining()) {
            throw new ProtocolException("the key bundle has bytes after its last key");
        }
        return root.verifies(CONTEXT, signed(root, body), signature)
                ? new KeyBundle(number, List.copyOf(keys), encoded.clone())
                : null;
    }

    public long number() {
        return number;
    }

    public List<VerifyingKey> keys() {
        return keys;
    }

    public byte[] encoded() {
        return encoded.clone();
    }

    private static byte[] signed(VerifyingKey root, byte[] body) {
        return join(root.tagged(), body);
    }

    private static byte[] join(byte[] first, byte[] second) {
        byte[] joined = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, joined, first.length, second.length);
        return joined;
    }

    @Override
    public boolean equals(@Nullable Object o) {
        return o instanceof KeyBundle other && Arrays.equals(encoded, other.encoded);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(encoded);
    }

    @Override
    public String toString() {
        return "KeyBundle[number=" + number + ", keys=" + keys + "]";
    }
}
