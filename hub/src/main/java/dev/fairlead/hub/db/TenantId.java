package dev.fairlead.hub.db;

import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A tenant.
public record TenantId(UUID uuid) implements Id {

    public static final String PREFIX = "ten_";

    /// The tenant of the hub's own staff; made by the first migration, under this fixed id.
    public static final TenantId SYSTEM =
            new TenantId(UUID.fromString("00000000-0000-7000-8000-000000000001"));

    public static TenantId fresh() {
        return new TenantId(Ids.fresh());
    }

    /// Empty for any text that is not exactly one of these.
    public static Optional<TenantId> parse(@Nullable String text) {
        return Id.parse(PREFIX, text).map(TenantId::new);
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
