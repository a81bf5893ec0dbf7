package dev.fairlead.hub.db;

import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// An API token.
public record ApiTokenId(UUID uuid) implements Id {

    public static final String PREFIX = "api_";

    public static ApiTokenId fresh() {
        return new ApiTokenId(Ids.fresh());
    }

    /// Empty for any text that is not exactly one of these.
    public static Optional<ApiTokenId> parse(@Nullable String text) {
        return Id.parse(PREFIX, text).map(ApiTokenId::new);
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
