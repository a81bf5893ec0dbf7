package dev.fairlead.hub.db;

import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A view that a person has given a name.
public record ViewId(UUID uuid) implements Id {

    public static final String PREFIX = "view_";

    public static ViewId fresh() {
        return new ViewId(Ids.fresh());
    }

    /// Empty for any text that is not exactly one of these.
    public static Optional<ViewId> parse(@Nullable String text) {
        return Id.parse(PREFIX, text).map(ViewId::new);
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
