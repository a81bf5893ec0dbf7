package dev.fairlead.hub.rbac;

import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.db.UserId;
import org.jspecify.annotations.Nullable;

/// Told, after the commit, that a right may have ended: grant withdrawn, user disabled or removed,
/// password changed, sign-in or API token revoked, node or tenant removed or relabelled. Who keeps
/// live things recheck them then; what a recheck refuses is cut within a second.
@FunctionalInterface
public interface RightsChanged {

    /// Nobody listens.
    RightsChanged NOBODY = (tenant, user, cause) -> {};

    /// Returns soon: what takes time is done on a thread of the listener's own.
    ///
    /// @param tenant where it changed
    /// @param user whose rights changed, wherever they are used; null for everybody's in the tenant
    /// @param cause a sentence for the person whose things are cut
    void rightsChanged(TenantId tenant, @Nullable UserId user, String cause);
}
