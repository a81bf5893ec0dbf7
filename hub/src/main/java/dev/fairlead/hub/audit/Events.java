package dev.fairlead.hub.audit;

import dev.fairlead.hub.db.Database;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.db.Tx;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The events of each tenant: told inside the transaction that changes, kept for an hour, read from
/// any number on.
///
/// Take the number last in the transaction, as [Audit#record] does: until it ends, the tenant's
/// other writers wait for theirs.
public final class Events {

    private final Database database;
    private final AuditStore store = new AuditStore();
    private final Followers followers = new Followers();

    public Events(Database database) {
        this.database = database;
    }

    /// Tells of a change in this transaction's tenant.
    public void tell(
            Tx tx, String kind, @Nullable String id, @Nullable String name, Map<String, ?> data) {
        TenantId tenant = tx.tenant();
        store.insert(tx, kind, id, name, data);
        tx.afterCommit(() -> followers.wake(tenant));
    }

    /// What [#tell] takes.
    public record Told(
            String kind, @Nullable String id, @Nullable String name, Map<String, ?> data) {}

    /// Tells of many changes in this transaction's tenant, in this order.
    public void tell(Tx tx, List<Told> all) {
        if (!all.isEmpty()) {
            TenantId tenant = tx.tenant();
            store.insert(tx, all);
            tx.afterCommit(() -> followers.wake(tenant));
        }
    }

    /// The events after this number, oldest first.
    public List<Event> after(TenantId tenant, long seq, int limit) {
        return database.inTenant(tenant, tx -> store.events(tx.handle(), seq, limit));
    }

    /// The number of the newest event; 0 when there was none.
    public long last(TenantId tenant) {
        return database.inTenant(tenant, tx -> store.last(tx, "event"));
    }

    /// Wakes this action after each commit that told something, until closed.
    ///
    /// @param action short and non-blocking
    public AutoCloseable follow(TenantId tenant, Runnable action) {
        return followers.add(tenant, action);
    }
}
