package dev.fairlead.link.handshake;

import dev.fairlead.link.ProtocolException;

/// What kind of key follows: the first byte of every key on the wire and in files.
public enum KeyAlgorithm {
    /// RFC 8032; 32 bytes.
    ED25519(1, 32),
    /// NIST P-256, compressed point of 33 bytes: reserved for keys in TPM, PIV and FIPS modules. No
    /// version accepts it yet.
    P256(2, 33);

    private final int tag;
    private final int length;

    KeyAlgorithm(int tag, int length) {
        this.tag = tag;
        this.length = length;
    }

    public int tag() {
        return tag;
    }

    /// The length of the raw public key, in bytes.
    public int length() {
        return length;
    }

    static KeyAlgorithm ofTag(int tag) {
        return switch (tag) {
            case 1 -> ED25519;
            case 2 ->
                    throw new ProtocolException(
                            "keys of algorithm 2 (p256) are reserved, not yet spoken");
            default -> throw new ProtocolException("a key has the unknown algorithm " + tag);
        };
    }
}
