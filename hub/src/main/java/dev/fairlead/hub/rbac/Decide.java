package dev.fairlead.hub.rbac;

import dev.fairlead.hub.db.Database;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.db.Tx;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The one place that decides. It reads the grants anew in each transaction, so that an answer is
/// as old as that; what lives longer than a request asks again when [RightsChanged] is told.
///
/// Whether the principal's credential still holds is `identity.Authenticate`'s to say, not asked
/// here again.
public final class Decide {

    private final Database database;

    public Decide(Database database) {
        this.database = database;
    }

    /// What rights are remembered by, for a question.
    private record Held(Principal principal, TenantId tenant) {}

    /// Takes note of rights that were just read along with something else: for the rest of the
    /// question that the transaction answers they are not read again ([Tx#once]).
    public static void known(Tx tx, Rights rights) {
        tx.known(new Held(rights.principal(), rights.tenant()), rights);
    }

    /// What a principal holds in a tenant, for deciding about many nodes at once.
    public Rights rights(Principal principal, TenantId tenant) {
        return database.inTenant(
                tenant, tx -> tx.once(new Held(principal, tenant), () -> read(tx, principal)));
    }

    private static Rights read(Tx tx, Principal principal) {
        var grants = GrantStore.ofUser(tx.handle(), principal.tenant(), principal.user());
        // Who has none is refused, whatever the tenant is.
        boolean enabled = !grants.isEmpty() && GrantStore.isEnabled(tx.handle());
        return new Rights(principal, tx.tenant(), enabled, grants);
    }

    /// Whether a principal may do this in a tenant.
    ///
    /// The hub's administrators have no right inside a tenant without a grant in it, except to see
    /// that it exists and to manage grants of the hub's own staff there ([Grants] holds them to
    /// that, and records it in that tenant's audit).
    ///
    /// @param tenant where; not looked at for acts of scope `SYSTEM` and `OWN`
    /// @param node the labels of the node that it is about, if any
    /// @param login the login that is asked for; null or empty for the default
    public Decision decide(
            Principal principal,
            TenantId tenant,
            Act act,
            @Nullable Labels node,
            @Nullable String login) {
        return switch (act.scope()) {
            case OWN -> new Rights(principal, tenant, true, List.of()).decide(act, node, login);
            case SYSTEM -> rights(principal, TenantId.SYSTEM).decide(act, node, login);
            case TENANT, NODE -> {
                Decision here = rights(principal, tenant).decide(act, node, login);
                yield !here.allowed()
                                && (act == Act.TENANT_SEE || act == Act.GRANTS_MANAGE)
                                && principal.isStaff()
                                && managesTenants(principal)
                        ? new Decision.Allowed(Logins.NODE_DEFAULT)
                        : here;
            }
        };
    }

    /// [#decide] for an act that is about no node.
    public Decision decide(Principal principal, TenantId tenant, Act act) {
        return decide(principal, tenant, act, null, null);
    }

    boolean managesTenants(Principal principal) {
        return rights(principal, TenantId.SYSTEM).decide(Act.TENANTS_MANAGE, null, null).allowed();
    }
}
