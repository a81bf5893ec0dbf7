package dev.fairlead.hub.db;

import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A session: one recorded use of a target.
public record SessionId(UUID uuid) implements Id {

    public static final String PREFIX = "sess_";

    public static SessionId fresh() {
        return new SessionId(Ids.fresh());
    }

    /// Empty for any text that is not exactly one of these.
    public static Optional<SessionId> parse(@Nullable String text) {
        return Id.parse(PREFIX, text).map(SessionId::new);
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
