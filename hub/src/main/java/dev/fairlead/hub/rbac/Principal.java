package dev.fairlead.hub.rbac;

import dev.fairlead.hub.audit.Actor;
import dev.fairlead.hub.db.Id;
import dev.fairlead.hub.db.Name;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.db.UserId;
import java.time.Instant;

/// Who is there, and by which credential. Made by `identity.Authenticate` only.
///
/// @param tenant the user's own tenant
/// @param expires when the credential ends by itself
public record Principal(
        TenantId tenant,
        Name tenantName,
        UserId user,
        Name name,
        CredentialKind kind,
        Id credential,
        Instant expires) {

    public enum CredentialKind {
        SIGN_IN("sign-in"),
        API_TOKEN("api-token");

        private final String label;

        CredentialKind(String label) {
            this.label = label;
        }

        public String label() {
            return label;
        }
    }

    /// `NAME@TENANT`, as sessions, grants and the audit write it.
    public String who() {
        return name + "@" + tenantName;
    }

    /// Of the hub's own staff.
    public boolean isStaff() {
        return tenant.equals(TenantId.SYSTEM);
    }

    /// @param address where the request or link comes from
    public Actor actor(String address) {
        return new Actor(who(), user.text(), credential.text(), address);
    }
}
