package dev.fairlead.hub.access;

import dev.fairlead.hub.audit.Audit;
import dev.fairlead.hub.audit.AuditEntry;
import dev.fairlead.hub.audit.Events;
import dev.fairlead.hub.audit.Outcome;
import dev.fairlead.hub.db.Database;
import dev.fairlead.hub.rbac.Principal;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/// Writes down what becomes of sessions: the row, the event and the audit in one transaction each.
final class RecordSessions {

    private final Database database;
    private final Audit audit;
    private final Events events;
    private final String hub;

    /// @param hub this hub's name in the directory
    RecordSessions(Database database, Audit audit, Events events, String hub) {
        this.database = database;
        this.audit = audit;
        this.events = events;
        this.hub = hub;
    }

    void begin(LiveSession session) {
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

    /// @param by whose credential it lives by from now on
    /// @param address where it was resumed from
    /// @param pause how long it was interrupted
    void resumed(LiveSession session, Principal by, String address, Duration pause) {
        database.useTenant(
                session.tenant(),
                tx -> {
                    events.tell(
                            tx,
                            "session.resumed",
                            session.id().text(),
                            session.nodeName(),
                            Map.of("user", by.who(), "kind", session.kind().label()));
                    var facts = facts(session);
                    facts.put("pauseMillis", pause.toMillis());
                    audit.record(
                            tx,
                            AuditEntry.done(
                                            "session.resume",
                                            by.actor(address),
                                            session.nodeName(),
                                            session.node().text())
                                    .with(facts));
                });
    }

    /// Does nothing where the end is written already.
    void end(LiveSession session) {
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
                    var facts = facts(session);
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

    /// Notes what has passed so far in a session that the next process may take up.
    void count(LiveSession session) {
        database.useTenant(
                session.tenant(),
                tx -> SessionStore.count(tx, session.id(), session.bytesIn(), session.bytesOut()));
    }

    private static TreeMap<String, Object> facts(LiveSession session) {
        var facts = new TreeMap<String, Object>();
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
}
