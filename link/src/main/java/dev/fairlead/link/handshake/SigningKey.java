package dev.fairlead.link.handshake;

import java.security.SecureRandom;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/// A private identity key (ed25519) and its public half. BouncyCastle's, because the JDK's takes
/// ten times as long. It is kept in a [KeyFile] and goes nowhere else.
public final class SigningKey {

    private final byte[] seed;
    private final VerifyingKey verifying;

    private SigningKey(byte[] seed) {
        this.seed = seed;
        byte[] raw = new byte[Ed25519.PUBLIC_KEY_SIZE];
        Ed25519.generatePublicKey(seed, 0, raw, 0);
        this.verifying = VerifyingKey.ofRaw(raw);
    }

    public static SigningKey generate(SecureRandom random) {
        byte[] seed = new byte[Ed25519.SECRET_KEY_SIZE];
        Ed25519.generatePrivateKey(random, seed);
        return new SigningKey(seed);
    }

    /// From the 32 bytes of RFC 8032's private key.
    public static SigningKey ofSeed(byte[] seed) {
        if (seed.length != Ed25519.SECRET_KEY_SIZE) {
            throw new IllegalArgumentException("an ed25519 private key has 32 bytes");
        }
        return new SigningKey(seed.clone());
    }

    public VerifyingKey verifying() {
        return verifying;
    }

    /// Signs `context`, a zero byte, and the message.
    public byte[] sign(String context, byte[] message) {
        byte[] signed = VerifyingKey.inContext(context, message);
        byte[] signature = new byte[Ed25519.SIGNATURE_SIZE];
        // Without the public half it would be computed again, which takes as long as the signature.
        Ed25519.sign(seed, 0, verifying.point(), 0, signed, 0, signed.length, signature, 0);
        return signature;
    }

    byte[] seed() {
        return seed.clone();
    }

    /// The public half only.
    @Override
    public String toString() {
        return "SigningKey[" + verifying + "]";
    }
}
