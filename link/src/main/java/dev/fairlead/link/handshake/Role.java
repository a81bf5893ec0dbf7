package dev.fairlead.link.handshake;

import dev.fairlead.link.ProtocolException;
import java.util.Locale;

/// As what a dialer comes.
public enum Role {
    /// An enrolled node, known by its key.
    NODE,
    /// A machine with an enrolment token, which is bound to the key that it shows.
    ENROL,
    /// A machine that asks to be approved by an operator.
    PAIR,
    /// A person's program with a bearer token; it has no key of its own.
    CLIENT;

    /// The word on the wire, such as `enrol`.
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// Whether it proves itself by a key.
    public boolean hasKey() {
        return this != CLIENT;
    }

    boolean hasCredential() {
        return this == ENROL || this == CLIENT;
    }

    /// The context of its signature.
    ///
    /// @param inside whether that is inside inner TLS
    String context(boolean inside) {
        return "fairlead/1 " + (inside ? "inner " : "") + label() + " identity";
    }

    static Role ofLabel(String label) {
        for (var role : values()) {
            if (role.label().equals(label)) {
                return role;
            }
        }
        throw new ProtocolException("header role must be node, enrol, pair or client");
    }
}
