package dev.fairlead.link;

/// The other side broke a rule of `docs/protocol.md`.
public final class ProtocolException extends RuntimeException {

    private final String rule;

    /// @param rule what was broken, in words that both sides may log
    public ProtocolException(String rule) {
        super(rule);
        this.rule = rule;
    }

    public String rule() {
        return rule;
    }
}
