package dev.fairlead.link;

/// The other side broke a rule of `docs/protocol.md`. The message names the rule, for the log of
/// both sides.
public final class ProtocolException extends RuntimeException {

    public ProtocolException(String message) {
        super(message);
    }
}
