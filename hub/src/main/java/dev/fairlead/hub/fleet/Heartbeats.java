package dev.fairlead.hub.fleet;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.db.Database;
import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.fleet.SampleStore.Sample;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
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
/// written in batches, one statement per tenant, kept for a day, and rolled up for longer
/// ([Series]).
public final class Heartbeats {

    private static final Logger LOG = LoggerFactory.getLogger(Heartbeats.class);

    /// Of an agent that says more, the rest is shown but not stored.
    private static final Duration STORED_EVERY = Duration.ofSeconds(10);

    /// Samples that wait to be written, at most; beyond it the oldest are dropped.
    private static final int MOST = 20_000;

    private static final Duration KEPT = Duration.ofDays(1);
    private static final Duration AHEAD = Duration.ofMinutes(5);

    private final Database database;
    private final LastSeen seen;
    private final InstantSource clock;
    private final SampleStore store = new SampleStore();
    private final ConcurrentHashMap<NodeId, Statistics> latest = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<NodeId, Instant> stored = new ConcurrentHashMap<>();
    private final Object lock = new Object();
    private Deque<Waiting> waiting = new ArrayDeque<>();
    private @Nullable LocalDate roomFor;

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
    public synchronized void flush() {
        Instant now = clock.instant();
        if (!today(now).equals(roomFor) && !makeRoom(now)) {
            return;
        }
        Deque<Waiting> batch;
        synchronized (lock) {
            batch = waiting;
            waiting = new ArrayDeque<>();
        }
        Map<TenantId, List<Sample>> byTenant = new LinkedHashMap<>();
        for (Waiting w : batch) {
            // Too old to be kept, or heard when the clock was ahead of its time.
            Instant at = w.sample.statistics().at();
            if (at.isAfter(now.minus(KEPT)) && at.isBefore(now.plus(AHEAD))) {
                byTenant.computeIfAbsent(w.tenant, t -> new ArrayList<>()).add(w.sample);
            }
        }
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

    /// The clock may have jumped, or the hub may have slept for days: room is made when it is
    /// needed.
    private boolean makeRoom(Instant now) {
        try {
            database.useSystem(tx -> SampleStore.keepPartitions(tx, now));
            roomFor = today(now);
            return true;
        } catch (RuntimeException e) {
            LOG.warn("There is no room for samples yet; they wait", e);
            return false;
        }
    }

    private static LocalDate today(Instant now) {
        return LocalDate.ofInstant(now, ZoneOffset.UTC);
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

    /// Rolls up the five minutes and hours that are over; the hub calls it again and again. What
    /// was missed is made up for.
    public void rollUp() {
        flush();
        Instant now = clock.instant();
        // A statement for each: a transaction over days would last longer than one may.
        while (!Thread.currentThread().isInterrupted()
                && database.<Boolean>system(tx -> SampleStore.rollUp(tx, now))) {
            LOG.debug("Rolling up what was missed");
        }
    }

    /// Makes room in the database, drops what is past its time, and forgets who was silent for a
    /// day; the hub calls it again and again.
    public void keep() {
        Instant now = clock.instant();
        database.useSystem(tx -> SampleStore.keepPartitions(tx, now));
        Instant before = now.minus(KEPT);
        latest.values().removeIf(statistics -> statistics.at().isBefore(before));
        stored.values().removeIf(at -> at.isBefore(before));
        seen.forgetOld();
    }

    /// As [Series#read].
    public Series series(
            TenantId tenant,
            NodeId node,
            @Nullable Instant since,
            @Nullable Instant until,
            int points) {
        return Series.read(database, clock, tenant, node, since, until, points);
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
