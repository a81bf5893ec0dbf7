package dev.fairlead.link.handshake;

import org.jspecify.annotations.Nullable;

/// A hub as the dialer's handshake proved it.
///
/// @param bundle the caller remembers it and hands its number to the next handshake
/// @param key the hub's own key, one of the bundle's
/// @param name the hub's display name
/// @param ca PEM of the CA that issued the hub's TLS certificate, where it is the hub's own
/// @param between who is on the way to it
public record HubIdentity(
        VerifyingKey root,
        KeyBundle bundle,
        VerifyingKey key,
        String name,
        @Nullable String ca,
        Between between) {

    /// What a person calls the hub's fingerprint.
    public Fingerprint fingerprint() {
        return Fingerprint.of(root);
    }
}
