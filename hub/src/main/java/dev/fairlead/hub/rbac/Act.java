package dev.fairlead.hub.rbac;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Everything that somebody may or may not do. The label is what the API contract's `x-needs` and
/// the kinds of streams name.
///
/// | scope | a grant counts when |
/// |---|---|
/// | `OWN` | none is needed: it is about the asker's own credentials |
/// | `NODE` | its role suffices, and its selector takes in the node (where one is given) |
/// | `TENANT` | its role suffices and its selector is empty |
/// | `SYSTEM` | as `TENANT`, in the tenant `system` |
public enum Act {
    /// The own user, grants and credentials.
    OWN_SEE("own.see", Scope.OWN, Role.VIEWER),
    /// The own password and API tokens: a sign-in is needed, or a stolen API token could outlive
    /// itself.
    OWN_CHANGE("own.change", Scope.OWN, Role.VIEWER),
    /// A session of the asker's own.
    SESSIONS_END_OWN("sessions.end-own", Scope.OWN, Role.VIEWER),

    TENANT_SEE("tenant.see", Scope.NODE, Role.VIEWER),
    NODES_SEE("nodes.see", Scope.NODE, Role.VIEWER),
    /// Rename, remove.
    NODES_MANAGE("nodes.manage", Scope.NODE, Role.ADMIN),
    /// Labels decide whose grants take in a node, so they are the tenant's administrators'.
    NODES_LABEL("nodes.label", Scope.TENANT, Role.ADMIN),
    SESSIONS_SEE("sessions.see", Scope.NODE, Role.VIEWER),
    /// Anybody's session on the node.
    SESSIONS_END("sessions.end", Scope.NODE, Role.ADMIN),

    STREAM_SSH("stream.ssh", Scope.NODE, Role.OPERATOR),
    STREAM_EXEC("stream.exec", Scope.NODE, Role.OPERATOR),
    STREAM_TCP("stream.tcp", Scope.NODE, Role.OPERATOR),

    /// A new node sees no selector yet, so an operator of all nodes.
    PAIRINGS_APPROVE("pairings.approve", Scope.TENANT, Role.OPERATOR),
    ENROLMENT_SEE("enrolment.see", Scope.TENANT, Role.ADMIN),
    ENROLMENT_MANAGE("enrolment.manage", Scope.TENANT, Role.ADMIN),
    USERS_SEE("users.see", Scope.TENANT, Role.ADMIN),
    USERS_MANAGE("users.manage", Scope.TENANT, Role.ADMIN),
    GRANTS_SEE("grants.see", Scope.TENANT, Role.ADMIN),
    GRANTS_MANAGE("grants.manage", Scope.TENANT, Role.ADMIN),
    AUDIT_SEE("audit.see", Scope.TENANT, Role.ADMIN),

    PORTS_SEE("ports.see", Scope.SYSTEM, Role.VIEWER),
    /// Which machines wait with a code: no tenant's yet, so no tenant's people are told of them.
    PAIRINGS_SEE("pairings.see", Scope.SYSTEM, Role.OPERATOR),
    /// Its certificates, limits and health.
    HUB_SEE("hub.see", Scope.SYSTEM, Role.ADMIN),
    /// Makes and removes tenants, sees their names, gives the hub's own staff grants in them.
    TENANTS_MANAGE("tenants.manage", Scope.SYSTEM, Role.ADMIN);

    /// See the table above.
    public enum Scope {
        OWN,
        NODE,
        TENANT,
        SYSTEM
    }

    private final String label;
    private final Scope scope;
    private final Role role;

    Act(String label, Scope scope, Role role) {
        this.label = label;
        this.scope = scope;
        this.role = role;
    }

    public String label() {
        return label;
    }

    public Scope scope() {
        return scope;
    }

    /// The least role that suffices.
    public Role role() {
        return role;
    }

    /// Whether it is done as a login of the node, which the grant must allow.
    public boolean asLogin() {
        return this == STREAM_SSH || this == STREAM_EXEC;
    }

    public static Optional<Act> parse(@Nullable String label) {
        for (Act act : values()) {
            if (act.label.equals(label)) {
                return Optional.of(act);
            }
        }
        return Optional.empty();
    }
}
