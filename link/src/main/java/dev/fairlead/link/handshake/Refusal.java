package dev.fairlead.link.handshake;

import java.util.Locale;

/// Why a hub did not let a dialer in. The label is the word on the wire, in metrics, logs and
/// audit.
public enum Refusal {
    /// The certificate that the dialer saw is none of the hub's: somebody is in between.
    INTERCEPTED(false),
    /// No node has this key.
    UNKNOWN_NODE(true),
    /// The node, or its key, was removed.
    REVOKED(true),
    /// No such enrolment token, API token or sign-in.
    BAD_TOKEN(true),
    /// The token is past its time.
    EXPIRED_TOKEN(true),
    /// The enrolment token has admitted as many nodes as it may.
    USED_TOKEN(true),
    /// The right that the credential stood for has ended.
    RIGHT_ENDED(true),
    /// Two machines use the key of one node.
    CLONED(false),
    /// Nobody approved the pairing in its time.
    PAIRING_EXPIRED(true),
    /// An operator, or the person at the node, said no.
    PAIRING_DENIED(true),
    /// Hub and dialer speak no common version.
    VERSION(false),
    /// The dialer broke a rule of the protocol, or its signature does not fit.
    PROTOCOL(false),
    /// Too much at once, or the hub is shutting down; it says when to come back.
    BUSY(false),
    /// The hub failed; its log says how. Also what a code of a later version is read as.
    INTERNAL(false);

    private final boolean lasting;

    Refusal(boolean lasting) {
        this.lasting = lasting;
    }

    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// True where dialling again with the same identity cannot help.
    public boolean isLasting() {
        return lasting;
    }

    /// True where a hub may say so before it has proved who it is; anything else would let a
    /// stranger tell a node that it was revoked.
    boolean isAllowedUnproved() {
        return this == VERSION || this == PROTOCOL || this == BUSY || this == INTERNAL;
    }

    static Refusal ofLabel(String label) {
        for (var refusal : values()) {
            if (refusal.label().equals(label)) {
                return refusal;
            }
        }
        return INTERNAL;
    }
}
