package dev.fairlead.hub.db;

import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A pairing that waits for an operator.
public record PairingId(UUID uuid) implements Id {

    public static final String PREFIX = "pair_";

    public static PairingId fresh() {
        return new PairingId(Ids.fresh());
    }

    /// Empty for any text that is not exactly one of these.
    public static Optional<PairingId> parse(@Nullable String text) {
        return Id.parse(PREFIX, text).map(PairingId::new);
    }

    @Override
    public String prefix() {
        return PREFIX;
    }

    @Override
    public String toString() {
        return text();
    }
}
