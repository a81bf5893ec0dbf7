package dev.fairlead.hub.db;

import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A user.
public record UserId(UUID uuid) implements Id {

    public static final String PREFIX = "user_";

    public static UserId fresh() {
        return new UserId(Ids.fresh());
    }

    /// Empty for any text that is not exactly one of these.
    public static Optional<UserId> parse(@Nullable String text) {
        return Id.parse(PREFIX, text).map(UserId::new);
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
