package dev.fairlead.link.handshake;

import org.jspecify.annotations.Nullable;

/// Whom the dialer expects.
///
/// @param root the fingerprint that the hub must prove; null to take whichever proves itself, which
///   is right only where people compare the pairing's fingerprint, or where TLS was verified
/// @param bundle the highest number of a key bundle seen from this root; 0 for none
public record HubAnchor(@Nullable Fingerprint root, long bundle) {

    public static HubAnchor of(Fingerprint root) {
        return new HubAnchor(root, 0);
    }

    /// Takes whichever root proves itself.
    public static HubAnchor any() {
        return new HubAnchor(null, 0);
    }
}
