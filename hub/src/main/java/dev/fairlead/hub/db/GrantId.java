package dev.fairlead.hub.db;

import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A grant.
public record GrantId(UUID uuid) implements Id {

    public static final String PREFIX = "grant_";

    public static GrantId fresh() {
        return new GrantId(Ids.fresh());
    }

    /// Empty for any text that is not exactly one of these.
    public static Optional<GrantId> parse(@Nullable String text) {
        return Id.parse(PREFIX, text).map(GrantId::new);
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
