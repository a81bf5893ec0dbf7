package dev.fairlead.hub.access;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.audit.Actor;
import dev.fairlead.hub.audit.Audit;
import dev.fairlead.hub.audit.AuditEntry;
import dev.fairlead.hub.audit.Events;
import dev.fairlead.hub.db.Database;
import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.db.SessionId;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.observe.LinkMeters;
import dev.fairlead.hub.rbac.Principal;
import dev.fairlead.hub.tunnel.Links;
import dev.fairlead.link.StreamEnd;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The sessions of this hub, live and past. The record of a session is committed, with its audit,
/// before its first byte goes to the node; its end is written afterwards, and again and again while
/// the database is away.
///
/// A session whose streams are lost and may be resumed is interrupted: it lives on here, by its
/// right, until a stream of it is resumed ([#resumed]) or the time for that has passed ([#expire]).
/// Those that the process before this one left open are taken up as such ([Leftovers]).
public final class Sessions {

    private static final Logger log = LoggerFactory.getLogger(Sessions.class);
    private static final int RESUMED_AT_ONCE = 4;
    private static final Duration WAITS_FOR_NODE = Duration.ofSeconds(5);

    private final Database database;
    private final Audit audit;
    private final RecordSessions records;
    private final LiveAccess access;
    private final Settings settings;
    private final LinkMeters meters;
    private final Links links;
    private final Executor threads;
    private final Farewell farewell;
    private final Semaphore turns = new Semaphore(RESUMED_AT_ONCE, true);
    private final Map<SessionId, LiveSession> live = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<LiveSession> unwritten = new ConcurrentLinkedQueue<>();

    /// @param hub this hub's name in the directory
    /// @param resumeWithin how long an interrupted session lives; zero where none is ever
    /// @param terminalsWithin the same for a terminal of the console
    public record Settings(String hub, Duration resumeWithin, Duration terminalsWithin) {

        Duration within(LiveSession session) {
            return session.kind() == OpenRequest.Kind.TERMINAL && !resumeWithin.isZero()
                    ? terminalsWithin
                    : resumeWithin;
        }
    }

    /// @param threads for work that blocks: virtual threads
    public Sessions(
            Database database,
            Audit audit,
            Events events,
            LiveAccess access,
            Settings settings,
            Links links,
            LinkMeters meters,
            Executor threads) {
        this.database = database;
        this.audit = audit;
        this.records = new RecordSessions(database, audit, events, settings.hub());
        this.access = access;
        this.settings = settings;
        this.links = links;
        this.meters = meters;
        this.threads = threads;
        this.farewell = new Farewell(threads);
        meters.sessions("live", this, sessions -> sessions.count(false));
        meters.sessions("interrupted", this, sessions -> sessions.count(true));
    }

    private long count(boolean interrupted) {
        return live.values().stream().filter(s -> s.isInterrupted() == interrupted).count();
    }

    /// Whether streams can be resumed at all.
    boolean resume() {
        return !settings.resumeWithin().isZero();
    }

    /// How long a resumption waits for the node's link: a part of the time that there is for it.
    Duration waitsForNode() {
        var part = settings.resumeWithin().dividedBy(4);
        return part.compareTo(WAITS_FOR_NODE) < 0 ? part : WAITS_FOR_NODE;
    }

    /// Records a session that is about to begin; from then on it is cut when its right ends.
    void begin(LiveSession session) {
        try {
            records.begin(session);
        } catch (Rejected e) {
            // A database that went away during the commit may have it or not: if it does, a session
            // that never was must not live there for ever.
            session.finish(StreamEnd.INTERNAL, "the session could not be recorded");
            unwritten.add(session);
            throw e;
        }
        keep(session);
    }

    /// Takes in a session that the process before this one began.
    void takeUp(LiveSession session) {
        keep(session);
        if (!resume()) {
            expire();
        }
    }

    private void keep(LiveSession session) {
        session.whenCutIdle(() -> threads.execute(() -> end(session, StreamEnd.RIGHT_ENDED, "")));
        session.farewell((end, unheard) -> {
            // Where it is being cut nobody finds it any more, but it still tells.
            var node =
                    links.find(session.tenant(), session.node())
                            .map(found -> found.link())
                            .orElse(session.nodeLink());
            if (node == null) {
                unheard.run();
            } else {
                farewell.ask(node, session, end, unheard);
            }
        });
        live.put(session.id(), session);
        access.add(session);
    }

    /// A session that lives here; empty for one that has ended, or is another hub's.
    Optional<LiveSession> live(SessionId id) {
        return Optional.ofNullable(live.get(id));
    }

    /// All streams of a session are lost.
    void interrupted(LiveSession session) {
        log.debug("{} is interrupted", session.id());
        meters.interrupted();
    }

    /// Records, before a byte passes, that a session is taken up again; once per interruption,
    /// however many streams it has. May block.
    ///
    /// @param by the credential that it lives by from now on
    /// @param address where it was resumed from
    void resumed(LiveSession session, Principal by, String address) {
        // Held over the database's work: its other streams wait for the record.
        synchronized (session.resuming()) {
            boolean anotherCredential = !session.principal().credential().equals(by.credential());
            session.resumedBy(by);
            if (anotherCredential) {
                // Nobody has looked at the end of this one yet.
                access.add(session);
            }
            if (!session.isInterrupted() || session.isRecordedAsResumed()) {
                return;
            }
            var pause = session.interruptedFor();
            inTurn(
                    session,
                    () -> {
                        records.resumed(session, by, address, pause);
                        return pause;
                    });
            session.recordedAsResumed();
            meters.resumed(pause);
        }
    }

    /// Does what a resumption needs of the database, in one transaction in the session's tenant. A
    /// few at a time: all sessions of a hub that was killed come back at once, and others get at
    /// the database meanwhile. May block.
    <T> T inTurn(LiveSession session, Supplier<T> work) {
        turns.acquireUninterruptibly();
        try {
            return database.inTenant(session.tenant(), tx -> work.get());
        } finally {
            turns.release();
        }
    }

    /// Ends interrupted sessions whose time has passed; the hub calls it every second.
    public void expire() {
        long now = System.nanoTime();
        for (var session : live.values()) {
            var within = settings.within(session);
            session.expire(
                    now - within.toNanos(),
                    StreamEnd.LINK_LOST,
                    "nobody resumed the session within " + within.toSeconds() + " s");
        }
    }

    /// Records the end of a session in which no stream is left. May block.
    void end(LiveSession session, StreamEnd cause, String message) {
        session.finish(cause, message);
        access.remove(session);
        live.remove(session.id());
        try {
            records.end(session);
        } catch (RuntimeException e) {
            log.warn("The end of session {} is not written yet", session.id(), e);
            unwritten.add(session);
        }
    }

    /// Writes the ends that could not be written; the hub calls it every few seconds.
    public void flush() {
        for (var session = unwritten.poll(); session != null; session = unwritten.poll()) {
            try {
                records.end(session);
            } catch (Rejected e) {
                unwritten.add(session);
                return;
            } catch (RuntimeException e) {
                log.error("The end of session {} is never written", session.id(), e);
            }
        }
    }

    /// Notes what has passed in the sessions that the next process may take up. For the end of this
    /// one.
    public void leave() {
        flush();
        for (var session : live.values()) {
            if (session.outlivesHub()) {
                records.count(session);
            }
        }
    }

    /// A page, newest first, with the bytes of live ones as they are now.
    ///
    /// @param before the last one of the page before; null for the newest
    public List<Session> page(
            TenantId tenant, SessionFilter filter, @Nullable SessionId before, int limit) {
        return database
                .inTenant(tenant, tx -> SessionStore.page(tx, filter, before, limit))
                .stream()
                .map(this::asOfNow)
                .toList();
    }

    public Optional<Session> find(TenantId tenant, SessionId id) {
        return database.inTenant(tenant, tx -> SessionStore.byId(tx, id)).map(this::asOfNow);
    }

    private Session asOfNow(Session session) {
        var now = live.get(session.id());
        return now == null
                ? session
                : new Session(
                        session.id(),
                        session.kind(),
                        session.node(),
                        session.nodeId(),
                        session.user(),
                        session.login(),
                        session.target(),
                        session.address(),
                        now.isInterrupted(),
                        session.started(),
                        session.ended(),
                        session.cause(),
                        now.bytesIn(),
                        now.bytesOut());
    }

    /// A person's own terminals that live here, in whatever tenant, oldest first.
    public List<LiveTerminal> terminals(Principal of) {
        return live.values().stream()
                .filter(session -> isTerminalOf(session, of))
                .map(session -> LiveTerminal.of(session, settings.within(session)))
                .sorted(Comparator.comparing(terminal -> terminal.id().text()))
                .toList();
    }

    /// Ends a terminal because its own person says so. False where they have no such.
    public boolean endTerminal(Principal by, SessionId id) {
        var session = live.get(id);
        if (session == null || !isTerminalOf(session, by)) {
            return false;
        }
        var ignored = session.cut(StreamEnd.CANCELLED, "you ended this terminal");
        return true;
    }

    private static boolean isTerminalOf(LiveSession session, Principal of) {
        return session.kind() == OpenRequest.Kind.TERMINAL
                && session.end() == null
                && session.principal().user().equals(of.user());
    }

    /// Ends a session because an operator says so; one that is over stays as it is. The stream is
    /// cut before the act is recorded: taking away does not wait for the audit.
    ///
    /// @param reason shown to the person; may be empty
    public void endByOperator(Actor by, TenantId tenant, SessionId id, String reason) {
        var session = live.get(id);
        if (session == null || !session.tenant().equals(tenant)) {
            return;
        }
        var ignored =
                session.cut(
                        StreamEnd.ENDED_BY_OPERATOR,
                        "the session was ended by "
                                + by.who()
                                + (reason.isEmpty() ? "" : ": " + reason));
        var entry =
                AuditEntry.done("session.cut", by, session.nodeName(), id.text())
                        .with(Map.of("user", session.principal().who(), "reason", reason));
        try {
            database.useTenant(tenant, tx -> audit.recordTaking(tx, entry));
        } catch (RuntimeException e) {
            log.error("Not in the audit yet: {}", entry, e);
            audit.owe(tenant, entry);
        }
    }

    /// Streams that are open here now.
    public int streamCount() {
        return live.values().stream().mapToInt(LiveSession::openStreams).sum();
    }

    /// Sessions that the end of this process would cut: with streams that cannot be resumed.
    public int cutCount() {
        return (int)
                live.values().stream()
                        .filter(session -> session.openStreams() > 0)
                        .filter(session -> !resume() || !session.outlivesHub())
                        .count();
    }

    /// How many live here now.
    public int liveCount() {
        return live.size();
    }

    /// Cuts those that cannot be resumed, when the hub stops.
    ///
    /// @return completes when their streams are broken off, [Farewell#WITHIN] later at the latest
    public CompletableFuture<Void> cutForGood(StreamEnd cause, String message) {
        return cut(session -> !resume() || !session.outlivesHub(), cause, message);
    }

    /// Cuts those on a node that has lost its right to be one.
    ///
    /// @return as [#cutForGood]
    public CompletableFuture<Void> cutNode(TenantId tenant, NodeId node, String message) {
        return cut(
                session -> session.node().equals(node) && session.tenant().equals(tenant),
                StreamEnd.RIGHT_ENDED,
                message);
    }

    /// Cuts those in a tenant that is no more.
    ///
    /// @return as [#cutForGood]
    public CompletableFuture<Void> cutTenant(TenantId tenant, String message) {
        return cut(session -> session.tenant().equals(tenant), StreamEnd.RIGHT_ENDED, message);
    }

    private CompletableFuture<Void> cut(
            Predicate<LiveSession> which, StreamEnd cause, String message) {
        return CompletableFuture.allOf(
                live.values().stream()
                        .filter(which)
                        .map(session -> session.cut(cause, message))
                        .toArray(CompletableFuture<?>[]::new));
    }
}
