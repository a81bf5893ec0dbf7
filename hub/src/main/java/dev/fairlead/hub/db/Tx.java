package dev.fairlead.hub.db;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// A transaction under way: its handle, whose it is, and what to do once it is committed.
public final class Tx {

    private final Handle handle;
    private final List<Runnable> afterCommit = new ArrayList<>();
    private @Nullable TenantId tenant;

    /// Whose rows the database lets through now: told only when they are asked for, since work of
    /// several tenants or none is often put together and much of it is one tenant's.
    private @Nullable TenantId told;

    /// What was read, by what it is; null where the transaction is no question.
    private final @Nullable Map<Object, Object> known;

    /// @param question whether it reads only, and each thing once ([#once])
    Tx(Handle handle, boolean question) {
        this.handle = handle;
        this.known = question ? new HashMap<>() : null;
    }

    /// For the next statement, and never to be kept: the database is told here whose rows it is
    /// about.
    public Handle handle() {
        if (!Objects.equals(told, tenant)) {
            tell(tenant);
        }
        return handle;
    }

    /// The tenant whose rows it sees.
    ///
    /// @throws IllegalStateException when it is nobody's
    public TenantId tenant() {
        TenantId now = tenant;
        if (now == null) {
            throw new IllegalStateException("this transaction is no tenant's");
        }
        return now;
    }

    /// Takes note that the last statement told the database itself whose rows are next, by
    /// `set_config('fairlead.tenant', ..., true)`, which saves a round trip.
    ///
    /// @param now as that returned it
    public void told(String now) {
        told = new TenantId(UUID.fromString(now));
    }

    /// Reads something, or gives what was read of it before: only where the transaction is a
    /// question ([Database#inOne]), which changes nothing and is over in a moment.
    ///
    /// @param what it is, as the key of a map
    @SuppressWarnings("unchecked") // a key stands for things of one type
    public <T> T once(Object what, Supplier<T> read) {
        if (known == null) {
            return read.get();
        }
        var before = known.get(what);
        if (before != null) {
            return (T) before;
        }
        T now = read.get();
        known.put(what, now);
        return now;
    }

    /// What [#once] is to give from now on.
    public void known(Object what, Object value) {
        if (known != null) {
            known.put(what, value);
        }
    }

    /// Runs once the transaction is committed, in the order of these calls, on the thread that
    /// committed; not at all when it is rolled back. What fails there is logged and does not fail
    /// the caller, whose change is made by then.
    public void afterCommit(Runnable action) {
        afterCommit.add(action);
    }

    List<Runnable> afterCommit() {
        return afterCommit;
    }

    @Nullable TenantId current() {
        return tenant;
    }

    /// From here on the rows of this tenant; null for nobody's.
    void become(@Nullable TenantId next) {
        tenant = next;
    }

    private void tell(@Nullable TenantId next) {
        // In one round trip with nothing to clean up: the setting ends with the transaction.
        handle.createQuery("select set_config('fairlead.tenant', :tenant, true)")
                .bind("tenant", next == null ? "" : next.uuid().toString())
                .mapTo(String.class)
                .one();
        told = next;
    }
}
