package dev.fairlead.link.handshake;

import org.jspecify.annotations.Nullable;

/// A handshake that did not lead to a link. The message is a sentence for a person.
public final class HandshakeException extends Exception {

    /// How it ended.
    public enum End {
        /// The hub is not the one whose fingerprint was expected.
        OTHER_IDENTITY,
        /// The hub's key bundle is older than one that this node has seen.
        ROLLED_BACK,
        /// The hub could not prove its identity: a signature does not fit.
        BAD_PROOF,
        /// The TLS certificate is none of the hub's: somebody is in between.
        INTERCEPTED,
        /// The hub said no; [#refused()] says why.
        REFUSED,
        /// The person at the node did not confirm.
        DECLINED,
        /// The other side broke a rule of the protocol.
        PROTOCOL,
        /// The other side took too long.
        TIMED_OUT,
        /// The connection ended before the handshake did.
        CLOSED
    }

    private final End end;
    private final transient @Nullable Refused refused;

    HandshakeException(End end, String message) {
        super(message);
        this.end = end;
        this.refused = null;
    }

    HandshakeException(Refused refused) {
        super(refused.message());
        this.end = End.REFUSED;
        this.refused = refused;
    }

    public End end() {
        return end;
    }

    /// What the hub said, where it refused; on the hub's side, what it said to the dialer.
    public @Nullable Refused refused() {
        return refused;
    }
}
