package dev.fairlead.hub.tunnel;

import dev.fairlead.hub.access.Sessions;
import dev.fairlead.hub.db.Database;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.db.UserId;
import dev.fairlead.hub.rbac.RightsChanged;
import dev.fairlead.link.LinkEnd;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// Passes on that rights have changed, and cuts the nodes' links of a tenant that was disabled or
/// removed, when the people on those nodes have been told why.
public final class CutTenants implements RightsChanged {

    private final Database database;
    private final RightsChanged next;
    private final Links links;
    private final Sessions sessions;
    private final Executor threads;

    /// @param threads for work that blocks: virtual threads
    public CutTenants(
            Database database,
            RightsChanged next,
            Links links,
            Sessions sessions,
            Executor threads) {
        this.database = database;
        this.next = next;
        this.links = links;
        this.sessions = sessions;
        this.threads = threads;
    }

    @Override
    public void rightsChanged(TenantId tenant, @Nullable UserId user, String cause) {
        next.rightsChanged(tenant, user, cause);
        if (user == null) {
            threads.execute(() -> {
                if (!isEnabled(tenant)) {
                    cut(tenant, cause);
                }
            });
        }
    }

    private void cut(TenantId tenant, String cause) {
        var taken = links.takeAll(tenant);
        sessions.cutTenant(tenant, cause)
                .thenRun(() ->
                        taken.forEach(link ->
                                link.link()
                                        .close(
                                                LinkEnd.REVOKED,
                                                "the tenant of this node was removed")));
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
