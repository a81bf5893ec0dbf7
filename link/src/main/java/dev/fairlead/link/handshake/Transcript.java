package dev.fairlead.link.handshake;

import java.security.MessageDigest;

/// SHA-256 over all handshake messages so far, each with its framing, in the order in which they
/// were sent. What is signed is signed over this, so that nobody in between can change, drop or
/// replay a message.
final class Transcript {

    private final MessageDigest digest = Fingerprint.newSha256();

    void add(Wire.Framed message) {
        digest.update(message.bytes());
    }

    byte[] hash() {
        return copy().digest();
    }

    /// The hash as if `more` had been added.
    byte[] hashWith(byte[] more) {
        return copy().digest(more);
    }

    private MessageDigest copy() {
        try {
            return (MessageDigest) digest.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the JDK's SHA-256 can be cloned", e);
        }
    }
}
