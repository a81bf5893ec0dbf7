package dev.fairlead.hub.identity;

import dev.fairlead.hub.db.Name;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.db.UserId;
import java.time.Instant;

/// A local user of one tenant.
///
/// @param enabled a user who is not has neither sign-ins nor API tokens
public record User(
        TenantId tenant, Name tenantName, UserId id, Name name, boolean enabled, Instant created) {

    /// `NAME@TENANT`.
    public String who() {
        return name + "@" + tenantName;
    }
}
