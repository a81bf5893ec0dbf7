package dev.fairlead.hub.audit;

import dev.fairlead.hub.db.TenantId;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Who wants to be woken when a tenant's log has grown. Being woken means: read from the number
/// that you have.
final class Followers {

    private final ConcurrentHashMap<TenantId, Set<Wake>> wakes = new ConcurrentHashMap<>();

    /// @param action short and non-blocking; runs on the thread that committed
    AutoCloseable add(TenantId tenant, Runnable action) {
        Wake wake = new Wake(action);
        wakes.compute(
                tenant,
                (key, set) -> {
                    Set<Wake> all = set == null ? ConcurrentHashMap.newKeySet() : set;
                    all.add(wake);
                    return all;
                });
        return () -> remove(tenant, wake);
    }

    private void remove(TenantId tenant, Wake wake) {
        wakes.computeIfPresent(
                tenant,
                (key, set) -> {
                    set.remove(wake);
                    return set.isEmpty() ? null : set;
                });
    }

    void wake(TenantId tenant) {
        @Nullable Set<Wake> set = wakes.get(tenant);
        if (set != null) {
            set.forEach(wake -> wake.action.run());
        }
    }

    /// By identity: two followers may bring the same action.
    private static final class Wake {
        private final Runnable action;

        Wake(Runnable action) {
            this.action = action;
        }
    }
}
