package dev.fairlead.hub.rbac;

import dev.fairlead.hub.db.GrantId;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.db.UserId;
import java.sql.ResultSet;
import java.sql.SQLException;
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

    /// One among the columns of a row that tells more, such as those of `asking()`.
    ///
    /// @param prefix of each of its columns
    public static Grant of(ResultSet row, String prefix) throws SQLException {
        return GrantStore.grant(row, prefix);
    }

    /// For the whole tenant.
    boolean isTenantWide() {
        return selector.isAll();
    }
}
