package dev.fairlead.link.handshake;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a hub proves itself with: read anew for each connection, because certificates are renewed
/// and keys rotate while the hub runs.
///
/// @param root the public half of the deployment's root key
/// @param bundle signed by that root
/// @param key this hub's own; the bundle holds its public half
/// @param leaves the TLS leaf certificates that the hub serves, or those that its configuration
///   lists for its load balancer; 1 to 64
/// @param name the hub's display name
/// @param ca PEM of the local TLS CA, where the hub has one
/// @param inner the hub's end of inner TLS; null where it offers none
public record HubProof(
        VerifyingKey root,
        KeyBundle bundle,
        SigningKey key,
        List<Fingerprint> leaves,
        String name,
        @Nullable String ca,
        @Nullable InnerTlsServer inner) {

    public HubProof {
        leaves = List.copyOf(leaves);
        if (leaves.isEmpty() || leaves.size() > HandshakeMessage.MAX_LEAVES) {
            throw new IllegalArgumentException(
                    "a hub must know 1 to 64 TLS certificates that dialers see, not "
                            + leaves.size());
        }
        if (!bundle.keys().contains(key.verifying())) {
            throw new IllegalArgumentException(
                    "the hub's key is not in the deployment's key bundle");
        }
    }

    /// One that offers no inner TLS.
    public HubProof(
            VerifyingKey root,
            KeyBundle bundle,
            SigningKey key,
            List<Fingerprint> leaves,
            String name,
            @Nullable String ca) {
        this(root, bundle, key, leaves, name, ca, null);
    }

    /// What is proved inside inner TLS: bound to its certificate and to nothing else.
    HubProof inside() {
        if (inner == null) {
            throw new IllegalStateException("this hub offers no inner TLS");
        }
        return new HubProof(root, bundle, key, List.of(inner.leaf()), name, ca, null);
    }
}
