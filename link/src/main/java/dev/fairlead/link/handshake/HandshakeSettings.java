package dev.fairlead.link.handshake;

import java.security.SecureRandom;
import java.time.Duration;

/// Times of the handshake, and where its nonces come from; a test makes both small and fixed.
///
/// @param handshake for all messages, without the waiting for people
/// @param pairing for an operator to approve and the person at the node to confirm
/// @param keepOpen between the WAIT messages that keep a pairing's connection open
public record HandshakeSettings(
        Duration handshake, Duration pairing, Duration keepOpen, SecureRandom random) {

    public static HandshakeSettings standard() {
        return new HandshakeSettings(
                Duration.ofSeconds(10),
                Duration.ofMinutes(10),
                Duration.ofSeconds(15),
                new SecureRandom());
    }

    public HandshakeSettings withHandshake(Duration other) {
        return new HandshakeSettings(other, pairing, keepOpen, random);
    }

    byte[] nonce() {
        byte[] nonce = new byte[HandshakeMessage.NONCE];
        random.nextBytes(nonce);
        return nonce;
    }
}
