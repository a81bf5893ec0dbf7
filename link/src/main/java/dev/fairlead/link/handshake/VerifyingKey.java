package dev.fairlead.link.handshake;

import dev.fairlead.link.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.jspecify.annotations.Nullable;

/// A public identity key with the tag of its algorithm: `u8 algorithm, raw key`. Immutable.
public final class VerifyingKey {

    private final KeyAlgorithm algorithm;
    private final byte[] raw;

    private VerifyingKey(KeyAlgorithm algorithm, byte[] raw) {
        this.algorithm = algorithm;
        this.raw = raw;
    }

    /// From its tagged form.
    ///
    /// @throws ProtocolException where the algorithm is unknown, the length is not the algorithm's,
    ///   or the bytes are no point of the curve, or one of small order (such a key would let one
    ///   signature fit many messages). That a point of large order has no small part besides is not
    ///   looked at: it harms nobody but its owner, and would cost as much as a signature
    public static VerifyingKey ofTagged(byte[] tagged) {
        var key = ofChecked(tagged);
        if (!Ed25519.validatePublicKeyPartial(key.raw, 0)) {
            throw new ProtocolException("a key is not a valid ed25519 public key");
        }
        return key;
    }

    /// From its tagged form, of which [#ofTagged] was asked before it was stored: that the bytes
    /// are a point is not looked at again.
    ///
    /// @throws ProtocolException where the algorithm is unknown, or the length is not the
    ///   algorithm's
    public static VerifyingKey ofChecked(byte[] tagged) {
        if (tagged.length == 0) {
            throw new ProtocolException("a key is empty");
        }
        var algorithm = KeyAlgorithm.ofTag(tagged[0] & 0xff);
        if (tagged.length != 1 + algorithm.length()) {
            throw new ProtocolException(
                    "a key of algorithm "
                            + tagged[0]
                            + " must have "
                            + algorithm.length()
                            + " bytes");
        }
        return new VerifyingKey(algorithm, Arrays.copyOfRange(tagged, 1, tagged.length));
    }

    /// From the text that [#toString()] gives.
    public static VerifyingKey ofText(String text) {
        try {
            return ofTagged(Base64.getUrlDecoder().decode(text));
        } catch (IllegalArgumentException e) {
            throw new ProtocolException("a key is not base64url");
        }
    }

    static VerifyingKey ofRaw(byte[] raw) {
        return new VerifyingKey(KeyAlgorithm.ED25519, raw);
    }

    public KeyAlgorithm algorithm() {
        return algorithm;
    }

    public byte[] tagged() {
        byte[] tagged = new byte[1 + raw.length];
        tagged[0] = (byte) algorithm.tag();
        System.arraycopy(raw, 0, tagged, 1, raw.length);
        return tagged;
    }

    /// The key without its tag.
    public byte[] raw() {
        return raw.clone();
    }

    /// The same, not to be written to.
    byte[] point() {
        return raw;
    }

    /// Whether `signature` is this key's over `context`, a zero byte, and the message.
    public boolean verifies(String context, byte[] message, byte[] signature) {
        if (signature.length != Ed25519.SIGNATURE_SIZE) {
            return false;
        }
        byte[] signed = inContext(context, message);
        return Ed25519.verify(signature, 0, raw, 0, signed, 0, signed.length);
    }

    /// What is really signed: the context keeps a signature made for one purpose from being used
    /// for another.
    static byte[] inContext(String context, byte[] message) {
        byte[] prefix = context.getBytes(StandardCharsets.UTF_8);
        byte[] signed = Arrays.copyOf(prefix, prefix.length + 1 + message.length);
        System.arraycopy(message, 0, signed, prefix.length + 1, message.length);
        return signed;
    }

    @Override
    public boolean equals(@Nullable Object o) {
        return o instanceof VerifyingKey other
                && algorithm == other.algorithm
                && Arrays.equals(raw, other.raw);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(raw);
    }

    /// The tagged form in base64url: for files, logs and the database.
    @Override
    public String toString() {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(tagged());
    }
}
