package dev.fairlead.hub.db;

import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A node.
public record NodeId(UUID uuid) implements Id {

    public static final String PREFIX = "node_";

    public static NodeId fresh() {
        return new NodeId(Ids.fresh());
    }

    /// Empty for any text that is not exactly one of these.
    public static Optional<NodeId> parse(@Nullable String text) {
        return Id.parse(PREFIX, text).map(NodeId::new);
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
