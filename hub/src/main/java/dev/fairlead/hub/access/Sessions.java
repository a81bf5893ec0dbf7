package dev.fairlead.hub.access;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.audit.Actor;
import dev.fairlead.hub.audit.Audit;
import dev.fairlead.hub.audit.AuditEntry;
import dev.fairlead.hub.audit.Events;
import dev.fairlead.hub.audit.Outcome;
import dev.fairlead.hub.db.Database;
import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.db.SessionId;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.link.StreamEnd;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The sessions of this hub, live and past. The record of a session is committed, with its audit,
/// before its first byte goes to the node; its end is written afterwards, and again and again while
/// the database is away.
public final class Sessions {

    private static final Logger log = LoggerFactory.getLogger(Sessions.class);

    private final Database database;
    private final Audit audit;
    private final Events events;
    private final LiveAccess access;
    private final String hub;
    private final Map<SessionId, LiveSession> live = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<LiveSession> unwritten = new ConcurrentLinkedQueue<>();

    /// @param hub this hub's name in the directory
    public Sessions(Database database, Audit audit, Events events, LiveAccess access, String hub) {
        this.database = database;
        this.audit = audit;
        this.events = events;
        this.access = access;
        this.hub = hub;
    }

    /// Records a session that is about to begin; from then on it is cut when its right ends.
    void begin(LiveSession session) {
        try {
            record(session);
        } catch (Rejected e) {
            // A database that went away during the commit may have it or not: if it does, a session
            // that never was must not live there for ever.
            session.finish(StreamEnd.INTERNAL, "the session could not be recorded");
            unwritten.add(session);
            throw e;
        }
        live.put(session.id(), session);
        access.add(session);
    }

    private void record(LiveSession session) {
        database.useTenant(
                session.tenant(),
                tx -> {
                    SessionStore.insert(tx, session, hub);
                    events.tell(
                            tx,
                            "session.started",
                            session.id().text(),
                            session.nodeName(),
                            Map.of(
                                    "user",
                                    session.principal().who(),
                                    "kind",
                                    session.kind().label()));
                    audit.record(
                            tx,
                            AuditEntry.done(
                                            "session.start",
                                            session.principal().actor(session.address()),
                                            session.nodeName(),
                                            session.node().text())
                                    .with(facts(session)));
                });
    }

    private static Map<String, String> facts(LiveSession session) {
        var facts = new TreeMap<String, String>();
        facts.put("session", session.id().text());
        facts.put("kind", session.kind().label());
        if (!session.login().isEmpty()) {
            facts.put("login", session.login());
        }
        if (!session.target().isEmpty()) {
            facts.put("target", session.target());
        }
        return facts;
    }

    /// Records the end of a session in which no stream is left. May block.
    void end(LiveSession session, StreamEnd cause, String message) {
        session.finish(cause, message);
        access.remove(session);
        live.remove(session.id());
        try {
            writeEnd(session);
        } catch (RuntimeException e) {
            log.warn("The end of session {} is not written yet", session.id(), e);
            unwritten.add(session);
        }
    }

    /// Writes the ends that could not be written; the hub calls it every few seconds.
    public void flush() {
        for (var session = unwritten.poll(); session != null; session = unwritten.poll()) {
            try {
                writeEnd(session);
            } catch (Rejected e) {
                unwritten.add(session);
                return;
            } catch (RuntimeException e) {
                log.error("The end of session {} is never written", session.id(), e);
            }
        }
    }

    private void writeEnd(LiveSession session) {
        var end = Objects.requireNonNull(session.end());
        database.useTenant(
                session.tenant(),
                tx -> {
                    if (!SessionStore.end(
                            tx,
                            session.id(),
                            end.cause().label(),
                            session.bytesIn(),
                            session.bytesOut())) {
                        return;
                    }
                    var facts = new TreeMap<String, Object>(facts(session));
                    facts.put("cause", end.cause().label());
                    facts.put("bytesIn", session.bytesIn());
                    facts.put("bytesOut", session.bytesOut());
                    facts.put("streams", session.streams());
                    events.tell(
                            tx,
                            "session.ended",
                            session.id().text(),
                            session.nodeName(),
                            Map.of("cause", end.cause().label()));
                    audit.recordTaking(
                            tx,
                            new AuditEntry(
                                    "session.end",
                                    session.principal().actor(session.address()),
                                    session.nodeName(),
                                    session.node().text(),
                                    Outcome.DONE,
                                    1,
                                    facts));
                });
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
                        session.started(),
                        session.ended(),
                        session.cause(),
                        now.bytesIn(),
                        now.bytesOut());
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

    /// How many live here now.
    public int liveCount() {
        return live.size();
    }

    /// Cuts all, when the hub stops.
    ///
    /// @return completes when their streams are broken off, [Farewell#WITHIN] later at the latest
    public CompletableFuture<Void> cutAll(StreamEnd cause, String message) {
        return cut(session -> true, cause, message);
    }

    /// Cuts those on a node that has lost its right to be one.
    ///
    /// @return as [#cutAll]
    public CompletableFuture<Void> cutNode(TenantId tenant, NodeId node, String message) {
        return cut(
                session -> session.node().equals(node) && session.tenant().equals(tenant),
                StreamEnd.RIGHT_ENDED,
                message);
    }

    /// Cuts those in a tenant that is no more.
    ///
    /// @return as [#cutAll]
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
