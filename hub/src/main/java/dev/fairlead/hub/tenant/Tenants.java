package dev.fairlead.hub.tenant;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.audit.Actor;
import dev.fairlead.hub.audit.Audit;
import dev.fairlead.hub.audit.AuditEntry;
import dev.fairlead.hub.db.Database;
import dev.fairlead.hub.db.Name;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.rbac.Principal;
import dev.fairlead.hub.rbac.RightsChanged;
import dev.fairlead.hub.vault.Vault;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Makes, finds and removes tenants.
public final class Tenants {

    /// The name of the tenant of the hub's own staff.
    public static final String SYSTEM = "system";

    private final Database database;
    private final Vault vault;
    private final Audit audit;
    private final RightsChanged changed;

    public Tenants(Database database, Vault vault, Audit audit, RightsChanged changed) {
        this.database = database;
        this.vault = vault;
        this.audit = audit;
        this.changed = changed;
    }

    /// Gives the tenant `system` its data key at the first start, and finds out at every start
    /// whether the master key is the one of this database.
    ///
    /// @throws dev.fairlead.hub.vault.CannotOpen where it is not
    public void ensureSystem() {
        database.useTenant(
                TenantId.SYSTEM,
                tx -> {
                    vault.ensureKey(tx);
                    vault.open(
                            tx, "tenant", "probe", vault.seal(tx, "tenant", "probe", new byte[1]));
                });
    }

    /// @throws Rejected as `conflict` when the name is taken
    public Tenant create(Actor by, Name name) {
        TenantId id = TenantId.fresh();
        try {
            return database.inTenant(
                    id,
                    tx -> {
                        TenantStore.insert(tx.handle(), id, name);
                        vault.ensureKey(tx);
                        Tenant made = TenantStore.own(tx.handle()).orElseThrow();
                        AuditEntry entry =
                                AuditEntry.done("tenant.create", by, name.text(), id.text());
                        audit.record(tx, entry);
                        database.useTenant(TenantId.SYSTEM, system -> audit.record(system, entry));
                        return made;
                    });
        } catch (RuntimeException e) {
            if (Database.breaks(e, "tenant_name_key")) {
                throw Rejected.of(
                        Rejected.Code.CONFLICT, "There is a tenant " + name + " already.");
            }
            throw e;
        }
    }

    /// All tenants, by name; for administrators of the hub.
    public List<Tenant> all() {
        return database.system(tx -> TenantStore.all(tx.handle()));
    }

    /// Those that a principal has to do with, by name: the own one, and those with a grant.
    public List<Tenant> of(Principal principal) {
        return database.system(
                tx -> TenantStore.ofUser(tx.handle(), principal.tenant(), principal.user()));
    }

    /// By name or `ten_` id; empty for anything else. That there is one says nothing about who may
    /// know it: ask `Decide` first, and answer as if there were none where it says so.
    public Optional<Tenant> find(@Nullable String nameOrId) {
        Optional<TenantId> id = TenantId.parse(nameOrId);
        return id.isPresent()
                ? database.inTenant(id.get(), tx -> TenantStore.own(tx.handle()))
                : Name.parse(nameOrId)
                        .flatMap(name ->
                                database.system(tx -> TenantStore.byName(tx.handle(), name)));
    }

    /// Removes a tenant: it is disabled at once, so that nothing in it is served any more and all
    /// that lives is cut; then everything that it has is deleted, its audit included. `system`
    /// keeps the record of the removal. When it fails in between, the same call finishes it.
    public void remove(Actor by, TenantId id) {
        disable(by, id);
        database.system(tx -> TenantStore.delete(tx.handle(), id));
    }

    /// The first half of [#remove].
    ///
    /// @throws Rejected as `not-found`; as `conflict` for `system`
    public void disable(Actor by, TenantId id) {
        if (id.equals(TenantId.SYSTEM)) {
            throw Rejected.of(
                    Rejected.Code.CONFLICT, "The tenant system is the hub's own and stays.");
        }
        database.useTenant(
                id,
                tx -> {
                    Tenant tenant =
                            TenantStore.own(tx.handle())
                                    .orElseThrow(() -> Rejected.notFound("tenant"));
                    TenantStore.disable(tx.handle());
                    database.useTenant(
                            TenantId.SYSTEM,
                            system ->
                                    audit.recordTaking(
                                            system,
                                            AuditEntry.done(
                                                    "tenant.remove",
                                                    by,
                                                    tenant.name().text(),
                                                    id.text())));
                    tx.afterCommit(() ->
                            changed.rightsChanged(
                                    id, null, "The tenant " + tenant.name() + " was removed."));
                });
    }
}
