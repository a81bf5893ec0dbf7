package dev.fairlead.hub.access;

import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.db.SessionId;
import dev.fairlead.hub.db.Tx;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The SQL of sessions.
final class SessionStore {

    private static final String COLUMNS =
            """
            session_id, kind, node_name, node_id, user_name, login, target, address, started_at, ended_at,
            end_reason, bytes_in, bytes_out
            """;

    private SessionStore() {}

    static void insert(Tx tx, LiveSession session, String hub) {
        var principal = session.principal();
        tx.handle()
                .createUpdate(
                        """
                        insert into session (tenant_id, session_id, user_tenant_id, user_id, user_name, credential,
                            node_id, node_name, kind, login, target, address, hub, resumable)
                        values (:tenant, :id, :userTenant, :user, :userName, :credential,
                            :node, :nodeName, :kind, nullif(:login, ''), nullif(:target, ''), :address, :hub, :resumable)
                        """)
                .bind("tenant", tx.tenant().uuid())
                .bind("id", session.id().uuid())
                .bind("userTenant", principal.tenant().uuid())
                .bind("user", principal.user().uuid())
                .bind("userName", principal.who())
                .bind("credential", principal.credential().text())
                .bind("node", session.node().uuid())
                .bind("nodeName", session.nodeName())
                .bind("kind", session.kind().label())
                .bind("login", session.login())
                .bind("target", session.target())
                .bind("address", session.address())
                .bind("hub", hub)
                .bind("resumable", session.isResumable())
                .execute();
    }

    /// True where it was still open.
    static boolean end(Tx tx, SessionId id, String reason, long bytesIn, long bytesOut) {
        return tx.handle()
                        .createUpdate(
                                """
                                update session set ended_at = now(), end_reason = :reason,
                                    bytes_in = :in, bytes_out = :out
                                where session_id = :id and ended_at is null
                                """)
                        .bind("id", id.uuid())
                        .bind("reason", reason)
                        .bind("in", bytesIn)
                        .bind("out", bytesOut)
                        .execute()
                > 0;
    }

    /// Notes what has passed so far in a session that the next process may take up.
    static void count(Tx tx, SessionId id, long bytesIn, long bytesOut) {
        tx.handle()
                .createUpdate(
                        """
                        update session set bytes_in = :in, bytes_out = :out
                        where session_id = :id and ended_at is null
                        """)
                .bind("id", id.uuid())
                .bind("in", bytesIn)
                .bind("out", bytesOut)
                .execute();
    }

    static Optional<Session> byId(Tx tx, SessionId id) {
        return tx.handle()
                .createQuery("select " + COLUMNS + " from session where session_id = :id")
                .bind("id", id.uuid())
                .map((row, context) -> session(row))
                .findOne();
    }

    /// Newest first: ids are UUIDv7, so their order is that of time.
    static List<Session> page(Tx tx, SessionFilter filter, @Nullable SessionId before, int limit) {
        return tx.handle()
                .createQuery(
                        "select "
                                + COLUMNS
                                + """
                                 from session
                                where (cast(:before as uuid) is null or session_id < :before)
                                  and (cast(:node as uuid) is null or node_id = :node)
                                  and (cast(:user as text) is null or user_name = :user)
                                  and (cast(:live as boolean) is null or (ended_at is null) = :live)
                                  and (cast(:since as timestamptz) is null or started_at >= :since)
                                  and (cast(:until as timestamptz) is null or started_at < :until)
                                order by session_id desc limit :limit
                                """)
                .bind("before", before == null ? null : before.uuid())
                .bind("node", filter.node() == null ? null : filter.node().uuid())
                .bind("user", filter.user())
                .bind("live", filter.live())
                .bind("since", filter.since())
                .bind("until", filter.until())
                .bind("limit", limit)
                .map((row, context) -> session(row))
                .list();
    }

    private static Session session(ResultSet row) throws SQLException {
        var ended = row.getObject("ended_at", OffsetDateTime.class);
        return new Session(
                new SessionId(row.getObject("session_id", UUID.class)),
                row.getString("kind"),
                row.getString("node_name"),
                new NodeId(row.getObject("node_id", UUID.class)),
                row.getString("user_name"),
                row.getString("login"),
                row.getString("target"),
                row.getString("address"),
                false,
                row.getObject("started_at", OffsetDateTime.class).toInstant(),
                ended == null ? null : ended.toInstant(),
                row.getString("end_reason"),
                row.getLong("bytes_in"),
                row.getLong("bytes_out"));
    }
}
