package dev.fairlead.hub.rbac;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.audit.Actor;
import dev.fairlead.hub.audit.Audit;
import dev.fairlead.hub.audit.AuditEntry;
import dev.fairlead.hub.db.Database;
import dev.fairlead.hub.db.GrantId;
import dev.fairlead.hub.db.Name;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.db.Tx;
import dev.fairlead.hub.db.UserId;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Gives and withdraws grants.
///
/// Nobody gives more than they hold: an administrator of the tenant grants only logins that the own
/// grants for the whole tenant have (`*` has all), to users of the tenant or of `system`. The hub's
/// administrators, who hold nothing in a tenant, may give and withdraw grants of users of `system`
/// only; the tenant's audit shows it.
public final class Grants {

    private final Database database;
    private final Decide decide;
    private final Audit audit;
    private final RightsChanged changed;
    private final Clock clock;

    public Grants(
            Database database, Decide decide, Audit audit, RightsChanged changed, Clock clock) {
        this.database = database;
        this.decide = decide;
        this.audit = audit;
        this.changed = changed;
        this.clock = clock;
    }

    /// What is asked to be granted.
    ///
    /// @param user a `user_` id, `NAME` of this tenant, or `NAME@system`
    public record Wanted(String user, Role role, Selector selector, Logins logins) {

        /// @throws Rejected as `invalid-request`: a viewer uses no login
        public Wanted {
            if (role == Role.VIEWER && !logins.list().isEmpty()) {
                throw Rejected.invalid(
                        "A viewer uses no nodes, so a viewer's grant lists no logins.");
            }
        }
    }

    /// Gives a grant, if the giver may.
    public Grant add(Principal by, String address, TenantId tenant, Wanted wanted) {
        return database.inTenant(
                tenant,
                tx -> {
                    FoundUser user = find(tx, wanted.user());
                    Rights rights = decide.rights(by, tenant);
                    Decision here = rights.decide(Act.GRANTS_MANAGE, null, null);
                    if (!here.allowed()) {
                        mayManageStaff(by, user.tenant(), here);
                    } else if (wanted.role() != Role.VIEWER && !rights.mayGive(wanted.logins())) {
                        throw Rejected.of(
                                Rejected.Code.DENIED,
                                "You can grant only logins that your own grants have.",
                                "Leave out the others, or ask an administrator who has them.");
                    }
                    return insert(tx, by.actor(address), user, wanted);
                });
    }

    /// Gives a grant in the hub's own name: for the first administrator, from the command line.
    public Grant give(Actor by, TenantId tenant, Wanted wanted) {
        return database.inTenant(tenant, tx -> insert(tx, by, find(tx, wanted.user()), wanted));
    }

    private Grant insert(Tx tx, Actor by, FoundUser user, Wanted wanted) {
        Grant grant =
                new Grant(
                        GrantId.fresh(),
                        tx.tenant(),
                        user.tenant(),
                        user.id(),
                        user.who(),
                        wanted.role(),
                        wanted.selector(),
                        wanted.logins(),
                        clock.instant().truncatedTo(ChronoUnit.MICROS),
                        by.who());
        try {
            GrantStore.insert(tx.handle(), grant);
        } catch (RuntimeException e) {
            if (Database.breaks(e, "user_grant_tenant_id_user_id_role_selector_logins_key")) {
                throw Rejected.of(
                        Rejected.Code.CONFLICT, user.who() + " has exactly this grant already.");
            }
            throw e;
        }
        audit.record(
                tx,
                AuditEntry.done("grant.create", by, user.who(), grant.id().text())
                        .with(facts(grant)));
        return grant;
    }

    /// Withdraws a grant; what lived by it is cut.
    ///
    /// @throws Rejected as `conflict` for the last grant that makes somebody administrator of the
    ///   hub
    public void remove(Principal by, String address, TenantId tenant, GrantId id) {
        database.useTenant(
                tenant,
                tx -> {
                    Grant grant =
                            GrantStore.find(tx.handle(), id)
                                    .orElseThrow(() -> Rejected.notFound("grant"));
                    Decision here = decide.rights(by, tenant).decide(Act.GRANTS_MANAGE, null, null);
                    if (!here.allowed()) {
                        mayManageStaff(by, grant.userTenant(), here);
                    }
                    keepAnAdministrator(tx, () -> GrantStore.delete(tx.handle(), id));
                    audit.recordTaking(
                            tx,
                            AuditEntry.done(
                                            "grant.remove",
                                            by.actor(address),
                                            grant.userName(),
                                            id.text())
                                    .with(facts(grant)));
                    tx.afterCommit(() ->
                            changed.rightsChanged(
                                    tenant, grant.user(), "Your grant was withdrawn."));
                });
    }

    /// The grants of a tenant, oldest first.
    public List<Grant> page(TenantId tenant, @Nullable GrantId after, int limit) {
        return database.inTenant(
                tenant, tx -> GrantStore.page(tx.handle(), Optional.ofNullable(after), limit));
    }

    /// A user's grants by the names of the tenants in which they hold; the own tenant is there in
    /// any case.
    public Map<String, List<Grant>> ofUser(TenantId userTenant, UserId user) {
        return database.inTenant(userTenant, tx -> GrantStore.ofUserAnywhere(tx, user));
    }

    /// Makes a change that may take somebody's right to administer the hub, unless it was the last
    /// one's. Outside `system` nothing is checked: there the hub's administrators can help.
    ///
    /// @throws Rejected as `conflict` where nobody could administer the hub any more
    public static void keepAnAdministrator(Tx tx, Runnable change) {
        boolean had =
                tx.tenant().equals(TenantId.SYSTEM)
                        && GrantStore.hasAdministratorAlone(tx.handle());
        change.run();
        if (had && !GrantStore.hasAdministrator(tx.handle())) {
            throw Rejected.of(
                    Rejected.Code.CONFLICT,
                    "Nobody could administer this hub any more.",
                    "Make another user of the tenant system its administrator first.");
        }
    }

    private void mayManageStaff(Principal by, TenantId userTenant, Decision otherwise) {
        if (!by.isStaff() || !userTenant.equals(TenantId.SYSTEM) || !decide.managesTenants(by)) {
            otherwise.orReject("tenant");
            throw new IllegalStateException("an allowed act was about to be refused");
        }
    }

    private static Map<String, String> facts(Grant grant) {
        return Map.of(
                "role", grant.role().label(),
                "selector", grant.selector().toString(),
                "logins", grant.logins().toString());
    }

    /// @param who `NAME@TENANT`
    record FoundUser(TenantId tenant, UserId id, String who) {}

    /// @param reference a `user_` id, `NAME` of the transaction's tenant, or `NAME@system`
    FoundUser find(Tx tx, String reference) {
        Optional<UserId> id = UserId.parse(reference);
        Optional<FoundUser> found;
        if (id.isPresent()) {
            found =
                    GrantStore.user(tx.handle(), id.get())
                            .or(() ->
                                    database.inTenant(
                                            TenantId.SYSTEM,
                                            system -> GrantStore.user(system.handle(), id.get())));
        } else {
            int at = reference.indexOf('@');
            Optional<Name> name = Name.parse(at < 0 ? reference : reference.substring(0, at));
            String tenantName =
                    at < 0 ? GrantStore.tenantName(tx.handle()) : reference.substring(at + 1);
            found =
                    name.flatMap(n -> GrantStore.user(tx.handle(), tenantName, n.text()))
                            // Another tenant's user is nobody here.
                            .filter(u ->
                                    u.tenant().equals(tx.tenant())
                                            || u.tenant().equals(TenantId.SYSTEM));
        }
        return found.orElseThrow(() -> Rejected.notFound("user"));
    }
}
