package dev.fairlead.hub.audit;

import dev.fairlead.hub.db.Database;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.db.Tx;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The audit of each tenant. An act and its record are committed together, or neither is, with two
/// exceptions: acts that take away ([#recordTaking]) go through without their record where it
/// cannot be written, and what strangers cause ([#count]) is counted per source and minute.
public final class Audit {

    private static final Logger LOG = LoggerFactory.getLogger(Audit.class);

    /// Records owed, and sources counted within a minute, at most; what comes beyond is only logged
    /// or counted under the source `*`.
    private static final int MOST = 10_000;

    private final Database database;
    private final BiConsumer<String, String> refused;
    private final AuditStore store = new AuditStore();
    private final Followers followers = new Followers();
    private final Object lock = new Object();
    private final Deque<Owed> owed = new ArrayDeque<>();
    private Map<Counted, Integer> counts = new LinkedHashMap<>();

    private record Owed(TenantId tenant, AuditEntry entry) {}

    private record Counted(TenantId tenant, String act, String address, String reason) {}

    public Audit(Database database) {
        this(database, (act, reason) -> {});
    }

    /// @param refused hears of each act that is counted, with its reason
    public Audit(Database database, BiConsumer<String, String> refused) {
        this.database = database;
        this.refused = refused;
    }

    /// Records an act of this transaction, in its tenant. The last thing that a transaction does:
    /// its number makes the tenant's other writers wait until it ends.
    public void record(Tx tx, AuditEntry entry) {
        TenantId tenant = tx.tenant();
        store.insert(tx, entry);
        tx.afterCommit(() -> followers.wake(tenant));
    }

    /// Records an act in a transaction of its own.
    public void record(TenantId tenant, AuditEntry entry) {
        database.useTenant(tenant, tx -> record(tx, entry));
    }

    /// Records an act that takes away (cut, revoke, disable, sign out, remove). Such an act is
    /// never refused for want of its record: where that cannot be written, the act stands, the log
    /// says so, and the record is written by the next [#flush] that can.
    public void recordTaking(Tx tx, AuditEntry entry) {
        TenantId tenant = tx.tenant();
        tx.handle().savepoint("audit");
        try {
            record(tx, entry);
            tx.handle().releaseSavepoint("audit");
        } catch (RuntimeException e) {
            tx.handle().rollbackToSavepoint("audit");
            LOG.error("Not in the audit yet: {} {}", entry.act(), entry.subject(), e);
            tx.afterCommit(() -> owe(tenant, entry));
        }
    }

    /// Owes a record that no transaction could write, such as of a cut while the database is away.
    public void owe(TenantId tenant, AuditEntry entry) {
        synchronized (lock) {
            if (owed.size() < MOST) {
                owed.addLast(new Owed(tenant, entry));
            } else {
                LOG.error("Never in the audit: {}", entry);
            }
        }
    }

    /// Counts a failure that anybody can cause: a failed sign-in, a refused handshake. One record
    /// per source, act and reason is written by the next [#flush].
    ///
    /// @param tenant whose audit it belongs to; [TenantId#SYSTEM] where none is known
    public void count(TenantId tenant, String act, String address, String reason) {
        refused.accept(act, reason);
        synchronized (lock) {
            Counted key = new Counted(tenant, act, address, reason);
            if (counts.size() >= MOST && !counts.containsKey(key)) {
                key = new Counted(TenantId.SYSTEM, act, "*", reason);
            }
            counts.merge(key, 1, Integer::sum);
        }
    }

    /// How many records wait for [#flush].
    public int backlog() {
        synchronized (lock) {
            return owed.size() + counts.size();
        }
    }

    /// Writes what was counted and what is owed; the hub calls it once a minute and at its end.
    /// What cannot be written stays for the next time.
    public void flush() {
        Map<Counted, Integer> counted;
        synchronized (lock) {
            counted = counts;
            counts = new LinkedHashMap<>();
        }
        counted.forEach((key, count) ->
                owe(
                        key.tenant,
                        new AuditEntry(
                                key.act,
                                new Actor("unknown", null, null, key.address),
                                null,
                                null,
                                Outcome.DENIED,
                                count,
                                Map.of("reason", key.reason))));
        for (Owed next = take(); next != null; next = take()) {
            try {
                record(next.tenant, next.entry);
            } catch (RuntimeException e) {
                if (database.answers()) {
                    // This one cannot be written, whatever the time: its tenant is gone.
                    LOG.error("Never in the audit: {}", next.entry, e);
                } else {
                    synchronized (lock) {
                        owed.addFirst(next);
                    }
                    LOG.warn("The audit cannot be written now", e);
                    return;
                }
            }
        }
    }

    private @org.jspecify.annotations.Nullable Owed take() {
        synchronized (lock) {
            return owed.pollFirst();
        }
    }

    /// A page, newest first.
    ///
    /// @param before records with a smaller number than this; [Long#MAX_VALUE] for the newest
    public List<AuditRecord> before(TenantId tenant, AuditFilter filter, long before, int limit) {
        return database.inTenant(
                tenant, tx -> store.page(tx.handle(), filter, before, true, limit));
    }

    /// What follows a number, oldest first.
    public List<AuditRecord> after(TenantId tenant, AuditFilter filter, long seq, int limit) {
        return database.inTenant(tenant, tx -> store.page(tx.handle(), filter, seq, false, limit));
    }

    /// The number of the newest record; 0 when there is none.
    public long last(TenantId tenant) {
        return database.inTenant(tenant, tx -> store.last(tx, "audit"));
    }

    /// Wakes this action after each commit that recorded something, until closed.
    ///
    /// @param action short and non-blocking
    public AutoCloseable follow(TenantId tenant, Runnable action) {
        return followers.add(tenant, action);
    }
}
