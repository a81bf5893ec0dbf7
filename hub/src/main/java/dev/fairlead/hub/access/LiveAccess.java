package dev.fairlead.hub.access;

import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.db.UserId;
import dev.fairlead.hub.http.Guard;
import dev.fairlead.hub.identity.Authenticate;
import dev.fairlead.hub.rbac.Principal;
import dev.fairlead.hub.rbac.RightsChanged;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Everything that lives by a right, and the one thread that cuts it when the right has ended.
///
/// Two things end a right. A change is told after its commit ([#rightsChanged]) and rechecked at
/// once. The time at which a credential expires is known beforehand, and looked at several times a
/// second. A recheck that fails because the database is away is repeated until it succeeds.
public final class LiveAccess implements RightsChanged, Guard, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(LiveAccess.class);
    private static final long TICK_MILLIS = 250;
    private static final String EXPIRED = "the sign-in or API token has expired";

    private final Authenticate authenticate;
    private final InstantSource clock;
    private final Set<Live> lives = ConcurrentHashMap.newKeySet();
    private final LinkedBlockingQueue<Change> changes = new LinkedBlockingQueue<>();
    private final Thread thread;

    private record Change(TenantId tenant, @Nullable UserId user, String cause) {

        /// Whether it may have touched this: by where it acts, or by whose it is.
        boolean concerns(Live live) {
            return user == null
                    ? tenant.equals(live.tenant()) || tenant.equals(live.principal().tenant())
                    : user.equals(live.principal().user());
        }
    }

    public LiveAccess(Authenticate authenticate, InstantSource clock) {
        this.authenticate = authenticate;
        this.clock = clock;
        this.thread = Thread.ofVirtual().name("live-access").start(this::watch);
    }

    /// Keeps it until it is removed, and rechecks it once now: a right may have ended between the
    /// decision and this call.
    public void add(Live live) {
        lives.add(live);
        changes.add(
                new Change(
                        live.principal().tenant(), live.principal().user(), "the right has ended"));
    }

    @Override
    public Kept keep(
            Principal principal, TenantId tenant, BooleanSupplier allowed, Consumer<String> cut) {
        var live = new Guarded(principal, tenant, allowed, cut);
        add(live);
        return () -> remove(live);
    }

    /// What somebody else keeps, such as a stream of events. Each is its own, whatever it holds.
    private static final class Guarded implements Live {

        private final Principal principal;
        private final TenantId tenant;
        private final BooleanSupplier allowed;
        private final Consumer<String> cut;

        Guarded(
                Principal principal,
                TenantId tenant,
                BooleanSupplier allowed,
                Consumer<String> cut) {
            this.principal = principal;
            this.tenant = tenant;
            this.allowed = allowed;
            this.cut = cut;
        }

        @Override
        public Principal principal() {
            return principal;
        }

        @Override
        public TenantId tenant() {
            return tenant;
        }

        @Override
        public boolean isAllowed() {
            return allowed.getAsBoolean();
        }

        @Override
        public void cut(String cause) {
            cut.accept(cause);
        }
    }

    public void remove(Live live) {
        lives.remove(live);
    }

    @Override
    public void rightsChanged(TenantId tenant, @Nullable UserId user, String cause) {
        changes.add(new Change(tenant, user, cause));
    }

    private void watch() {
        try {
            while (true) {
                var change = changes.poll(TICK_MILLIS, TimeUnit.MILLISECONDS);
                if (change != null) {
                    recheck(change);
                }
                cutExpired();
            }
        } catch (InterruptedException e) {
            // The hub closes.
        }
    }

    private void recheck(Change change) throws InterruptedException {
        for (var live : lives) {
            if (change.concerns(live)) {
                try {
                    if (authenticate.recheck(live.principal()).isEmpty() || !live.isAllowed()) {
                        cut(live, change.cause);
                    }
                } catch (RuntimeException e) {
                    log.warn("Rights cannot be rechecked now; trying again", e);
                    changes.add(change);
                    Thread.sleep(TICK_MILLIS);
                    return;
                }
            }
        }
    }

    private void cutExpired() {
        var now = clock.instant();
        for (var live : lives) {
            if (!live.principal().expires().isAfter(now)) {
                cut(live, EXPIRED);
            }
        }
    }

    private void cut(Live live, String cause) {
        if (lives.remove(live)) {
            try {
                live.cut(cause);
            } catch (RuntimeException e) {
                log.error("Something that lived by an ended right was not cut", e);
            }
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
