package dev.fairlead.hub.audit;

import java.util.Locale;

/// How an act came out.
public enum Outcome {
    DONE,
    /// Refused: no right to it, or a wrong credential.
    DENIED,
    FAILED;

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// @param label one of the labels, as the table's check makes sure
    static Outcome of(String label) {
        return valueOf(label.toUpperCase(Locale.ROOT));
    }
}
