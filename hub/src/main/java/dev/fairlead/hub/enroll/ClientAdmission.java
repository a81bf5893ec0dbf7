package dev.fairlead.hub.enroll;

import dev.fairlead.link.handshake.PeerIdentity;
import dev.fairlead.link.handshake.Verdict;

/// Who decides about client links; `tunnel` does it by `identity.Authenticate`.
@FunctionalInterface
public interface ClientAdmission {

    /// May block.
    ///
    /// @param peer of the role client, with the bearer token that it showed
    /// @param address where from
    Verdict admit(PeerIdentity peer, String address);
}
