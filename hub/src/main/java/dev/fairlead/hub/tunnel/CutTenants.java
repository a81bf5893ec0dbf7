package dev.fairlead.hub.tunnel;

import dev.fairlead.hub.db.Database;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.db.UserId;
import dev.fairlead.hub.rbac.RightsChanged;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// Passes on that rights have changed, and cuts the nodes' links of a tenant that was disabled or
/// removed.
public final class CutTenants implements RightsChanged {

    private final Database database;
    private final RightsChanged next;
    private final Links links;
    private final Executor threads;

    /// @param threads for work that blocks: virtual threads
    public CutTenants(Database database, RightsChanged next, Links links, Executor threads) {
        this.database = database;
        this.next = next;
        this.links = links;
        this.threads = threads;
    }

    @Override
    public void rightsChanged(TenantId tenant, @Nullable UserId user, String cause) {
        next.rightsChanged(tenant, user, cause);
        if (user == null) {
            threads.execute(() -> {
                if (!isEnabled(tenant)) {
                    links.cutTenant(tenant, "the tenant of this node was removed");
                }
            });
        }
    }

    private boolean isEnabled(TenantId tenant) {
        return database.inTenant(
                tenant,
                tx ->
                        tx.handle()
                                .createQuery(
                                        "select exists (select from tenant where state = 'enabled')")
                                .mapTo(Boolean.class)
                                .one());
    }
}
