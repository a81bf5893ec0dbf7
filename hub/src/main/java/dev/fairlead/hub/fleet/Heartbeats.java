package dev.fairlead.hub.fleet;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.db.Database;
import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.fleet.SampleStore.Sample;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What agents say of their machines twice a minute. The newest is kept in memory; samples are
/// written in batches, one statement per tenant, and kept for a day.
public final class Heartbeats {

    private static final Logger LOG = LoggerFactory.getLogger(Heartbeats.class);

    /// Of an agent that says more, the rest is shown but not stored.
    private static final Duration STORED_EVERY = Duration.ofSeconds(10);

    /// Samples that wait to be written, at most; beyond it the oldest are dropped.
    private static final int MOST = 20_000;

    private static final Duration KEPT = Duration.ofDays(1);

    private final Database database;
    private final LastSeen seen;
    private final InstantSource clock;
    private final SampleStore store = new SampleStore();
    private final ConcurrentHashMap<NodeId, Statistics> latest = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<NodeId, Instant> stored = new ConcurrentHashMap<>();
    private final Object lock = new Object();
    private Deque<Waiting> waiting = new ArrayDeque<>();

    private record Waiting(TenantId tenant, Sample sample) {}

    public Heartbeats(Database database, LastSeen seen, InstantSource clock) {
        this.database = database;
        this.seen = seen;
        this.clock = clock;
    }

    /// Takes a heartbeat of a node whose link is up. Does not block.
    ///
    /// @param json hostile input
    /// @throws Rejected as `invalid-request`; it counts as a sign of life all the same
    public Statistics take(TenantId tenant, NodeId node, byte[] json) {
        seen.now(node);
        // Of the database's precision, so that what is read back is the same.
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        Statistics statistics = ReadCall.statistics(json, now);
        latest.put(node, statistics);
        Instant due =
                stored.merge(
                        node,
                        now,
                        (last, next) -> next.isBefore(last.plus(STORED_EVERY)) ? last : next);
        if (due.equals(now)) {
            synchronized (lock) {
                if (waiting.size() >= MOST) {
                    waiting.removeFirst();
                }
                waiting.addLast(new Waiting(tenant, new Sample(node, statistics)));
            }
        }
        return statistics;
    }

    Optional<Statistics> latest(NodeId node) {
        return Optional.ofNullable(latest.get(node));
    }

    void forget(NodeId node) {
        latest.remove(node);
        stored.remove(node);
    }

    /// Writes what waits; the hub calls it every few seconds and at its end. What cannot be written
    /// while the database is away stays for the next time.
    public void flush() {
        Deque<Waiting> batch;
        synchronized (lock) {
            batch = waiting;
            waiting = new ArrayDeque<>();
        }
        Map<TenantId, List<Sample>> byTenant = new LinkedHashMap<>();
        batch.forEach(
                w -> byTenant.computeIfAbsent(w.tenant, t -> new ArrayList<>()).add(w.sample));
        byTenant.forEach((tenant, samples) -> {
            try {
                database.useTenant(tenant, tx -> store.insert(tx, samples));
            } catch (Rejected e) {
                again(tenant, samples);
            } catch (RuntimeException e) {
                LOG.error("{} samples of {} are lost", samples.size(), tenant, e);
            }
        });
    }

    private void again(TenantId tenant, List<Sample> samples) {
        synchronized (lock) {
            for (Sample sample : samples.reversed()) {
                if (waiting.size() < MOST) {
                    waiting.addFirst(new Waiting(tenant, sample));
                }
            }
        }
    }

    /// Makes room in the database for today and tomorrow, drops what is past its day, and forgets
    /// who was silent for so long; the hub calls it at its start and once an hour.
    public void keep() {
        database.system(tx -> SampleStore.keepPartitions(tx));
        Instant before = clock.instant().minus(KEPT);
        latest.values().removeIf(statistics -> statistics.at().isBefore(before));
        stored.values().removeIf(at -> at.isBefore(before));
        seen.forgetOld();
    }

    /// A node's samples, newest first.
    ///
    /// @param since not before; null for all that is kept
    /// @param before earlier than this; null for the newest
    public List<Statistics> page(
            TenantId tenant,
            NodeId node,
            @Nullable Instant since,
            @Nullable Instant before,
            int limit) {
        Instant day = clock.instant().minus(KEPT);
        return database.inTenant(
                tenant,
                tx ->
                        store.page(
                                tx,
                                node,
                                since == null || since.isBefore(day) ? day : since,
                                before == null ? clock.instant().plus(KEPT) : before,
                                limit));
    }
}
