package dev.fairlead.hub.tenant;

import dev.fairlead.hub.db.Name;
import dev.fairlead.hub.db.TenantId;
import java.time.Instant;

/// @param enabled false from the moment that its removal began
public record Tenant(TenantId id, Name name, boolean enabled, Instant created) {}
