package dev.fairlead.hub.rbac;

import dev.fairlead.hub.db.GrantId;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.db.UserId;
import java.time.Instant;

/// Who may do what to which nodes, as whom.
///
/// @param tenant where it holds
/// @param userTenant the user's own tenant: the same, or `system`
/// @param userName `NAME@TENANT`
/// @param createdBy `NAME@TENANT`, or `hub`
public record Grant(
        GrantId id,
        TenantId tenant,
        TenantId userTenant,
        UserId user,
        String userName,
        Role role,
        Selector selector,
        Logins logins,
        Instant created,
        String createdBy) {

    /// For the whole tenant.
    boolean isTenantWide() {
        return selector.isAll();
    }
}
