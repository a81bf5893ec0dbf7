package dev.fairlead.hub.audit;

import dev.fairlead.hub.db.Tx;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// The SQL of the two logs.
final class AuditStore {

    private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};

    private final JsonMapper json = JsonMapper.builder().build();

    /// Takes the next numbers of one log, in the statement that writes what has them: the tenant's
    /// other writers wait until this transaction ends, so nothing may come in between.
    private static String counted(String log) {
        return "with counter as (update tenant_counter set %1$s = %1$s + :number".formatted(log)
                + " where tenant_id = :tenant returning %s as last) ".formatted(log);
    }

    /// Without its counter a tenant would write nothing, and nobody would notice.
    private static void mustBe(int wanted, int written) {
        if (written != wanted) {
            throw new IllegalStateException(
                    "%d of %d records were written: has the tenant no counter?"
                            .formatted(written, wanted));
        }
    }

    void insert(Tx tx, AuditEntry entry) {
        int written =
                tx.handle()
                        .createUpdate(
                                counted("audit")
                                        + """
                                        insert into audit_event (tenant_id, seq, act, who, who_id, credential, address,
                                                                 subject, subject_id, outcome, count, details)
                                        select :tenant, last, :act, :who, :whoId, :credential, :address,
                                               :subject, :subjectId, :outcome, :count, cast(:details as jsonb)
                                        from counter\
                                        """)
                        .bind("tenant", tx.tenant().uuid())
                        .bind("number", 1)
                        .bind("act", entry.act())
                        .bind("who", entry.actor().who())
                        .bind("whoId", entry.actor().id())
                        .bind("credential", entry.actor().credential())
                        .bind("address", entry.actor().address())
                        .bind("subject", clean(entry.subject()))
                        .bind("subjectId", entry.subjectId())
                        .bind("outcome", entry.outcome().label())
                        .bind("count", entry.count())
                        .bind("details", clean(json.writeValueAsString(entry.details())))
                        .execute();
        mustBe(1, written);
    }

    List<AuditRecord> page(
            Handle handle, AuditFilter filter, long after, boolean newestFirst, int limit) {
        StringBuilder where = new StringBuilder();
        if (filter.act() != null) {
            where.append(
                    filter.act().endsWith(".*")
                            ? " and starts_with(act, :act)"
                            : " and act = :act");
        }
        if (filter.who() != null) {
            where.append(" and who = :who");
        }
        if (filter.outcome() != null) {
            where.append(" and outcome = :outcome");
        }
        if (filter.since() != null) {
            where.append(" and at >= :since");
        }
        if (filter.until() != null) {
            where.append(" and at < :until");
        }
        var query =
                handle.createQuery(
                                "select * from audit_event where seq "
                                        + (newestFirst ? "<" : ">")
                                        + " :after"
                                        + where
                                        + " order by seq "
                                        + (newestFirst ? "desc" : "asc")
                                        + " limit :limit")
                        .bind("after", after)
                        .bind("limit", limit);
        if (filter.act() instanceof String act) {
            query.bind("act", act.endsWith(".*") ? act.substring(0, act.length() - 1) : act);
        }
        if (filter.who() instanceof String who) {
            query.bind("who", who);
        }
        if (filter.outcome() instanceof Outcome outcome) {
            query.bind("outcome", outcome.label());
        }
        if (filter.since() instanceof Instant since) {
            query.bind("since", since);
        }
        if (filter.until() instanceof Instant until) {
            query.bind("until", until);
        }
        return query.map((row, context) -> record(row)).list();
    }

    private AuditRecord record(ResultSet row) throws SQLException {
        return new AuditRecord(
                row.getLong("seq"),
                row.getObject("at", OffsetDateTime.class).toInstant(),
                new AuditEntry(
                        row.getString("act"),
                        new Actor(
                                row.getString("who"),
                                row.getString("who_id"),
                                row.getString("credential"),
                                row.getString("address")),
                        row.getString("subject"),
                        row.getString("subject_id"),
                        Outcome.of(row.getString("outcome")),
                        row.getInt("count"),
                        json.readValue(row.getString("details"), OBJECT)));
    }

    void insert(
            Tx tx, String kind, @Nullable String id, @Nullable String name, Map<String, ?> data) {
        insert(tx, List.of(new Events.Told(kind, id, name, data)));
    }

    /// All in one statement.
    void insert(Tx tx, List<Events.Told> all) {
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        for (var told : all) {
            Map<String, @Nullable Object> row = new HashMap<>();
            row.put("place", rows.size() + 1);
            row.put("kind", told.kind());
            row.put("id", told.id());
            row.put("name", told.name());
            row.put("data", told.data());
            rows.add(row);
        }
        int written =
                tx.handle()
                        .createUpdate(
                                counted("event")
                                        + """
                                        insert into event (tenant_id, seq, kind, id, name, data)
                                        select :tenant, last - :number + e.place, e.kind, e.id, e.name, e.data
                                        from counter, jsonb_to_recordset(cast(:rows as jsonb)) as e(
                                            place bigint, kind text, id text, name text, data jsonb)\
                                        """)
                        .bind("tenant", tx.tenant().uuid())
                        .bind("number", all.size())
                        .bind("rows", clean(json.writeValueAsString(rows)))
                        .execute();
        mustBe(all.size(), written);
    }

    List<Event> events(Handle handle, long after, int limit) {
        return handle.createQuery(
                        "select * from event where seq > :after order by seq limit :limit")
                .bind("after", after)
                .bind("limit", limit)
                .map((row, context) ->
                        new Event(
                                row.getLong("seq"),
                                row.getObject("at", OffsetDateTime.class).toInstant(),
                                row.getString("kind"),
                                row.getString("id"),
                                row.getString("name"),
                                json.readValue(row.getString("data"), OBJECT)))
                .list();
    }

    /// The last number of a log, 0 when it is empty.
    long last(Tx tx, String log) {
        return tx.handle()
                .createQuery("select " + log + " from tenant_counter")
                .mapTo(Long.class)
                .findOne()
                .orElse(0L);
    }

    /// PostgreSQL's text holds no NUL, and JSON's escape of one is refused too.
    private static @Nullable String clean(@Nullable String text) {
        return text == null ? null : text.replace("\0", "\ufffd").replace("\\u0000", "\\ufffd");
    }
}
