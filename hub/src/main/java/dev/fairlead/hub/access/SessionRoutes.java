package dev.fairlead.hub.access;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.db.SessionId;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.fleet.Node;
import dev.fairlead.hub.fleet.Nodes;
import dev.fairlead.hub.http.Answer;
import dev.fairlead.hub.http.Call;
import dev.fairlead.hub.http.Endpoints;
import dev.fairlead.hub.http.Page;
import dev.fairlead.hub.rbac.Act;
import dev.fairlead.hub.rbac.Labels;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Sessions: list, show, end.
public final class SessionRoutes implements Endpoints.Routes {

    private static final int BATCH = 500;

    private final Sessions sessions;
    private final Nodes nodes;

    public SessionRoutes(Sessions sessions, Nodes nodes) {
        this.sessions = sessions;
        this.nodes = nodes;
    }

    @Override
    public void addTo(Endpoints endpoints) {
        endpoints
                .needs(Act.SESSIONS_SEE, "listSessions", this::list)
                .needs(Act.SESSIONS_SEE, "showSession", call -> Answer.ok(Shown.of(find(call))))
                .needs(Act.SESSIONS_END_OWN, "endSession", this::end);
    }

    /// The schema `Session`.
    record Shown(
            String id,
            String kind,
            String node,
            String nodeId,
            String user,
            @Nullable String login,
            @Nullable String target,
            String address,
            String state,
            Instant started,
            @Nullable Instant ended,
            @Nullable String cause,
            long bytesIn,
            long bytesOut) {

        static Shown of(Session session) {
            return new Shown(
                    session.id().text(),
                    session.kind(),
                    session.node(),
                    session.nodeId().text(),
                    session.user(),
                    session.login(),
                    session.target(),
                    session.address(),
                    session.state(),
                    session.started(),
                    session.ended(),
                    session.cause(),
                    session.bytesIn(),
                    session.bytesOut());
        }
    }

    record EndBody(@Nullable String reason) {}

    private Answer list(Call call) {
        var node = call.get("node").map(name -> nodes.need(call.tenant(), name).id()).orElse(null);
        var filter =
                new SessionFilter(
                        node,
                        call.get("user")
                                .map(user ->
                                        user.contains("@")
                                                ? user
                                                : user + "@" + call.need("tenant"))
                                .orElse(null),
                        call.get("state").map("live"::equals).orElse(null),
                        call.time("since"),
                        call.time("until"));
        var before =
                call.cursor()
                        .map(cursor ->
                                SessionId.parse(cursor).orElseThrow(SessionRoutes::notOfThisList))
                        .orElse(null);
        return Answer.ok(
                Page.of(
                        visible(call, filter, before),
                        call.limit(),
                        s -> s.id().text(),
                        Shown::of));
    }

    private static Rejected notOfThisList() {
        return Rejected.invalid(
                "The cursor is not one of this list: take `next` of the page before.");
    }

    /// One more than a page, of those on nodes that the asker sees.
    private List<Session> visible(Call call, SessionFilter filter, @Nullable SessionId before) {
        var rights = call.rights();
        var seen = new HashMap<NodeId, Boolean>();
        List<Session> found = new ArrayList<>();
        var last = before;
        List<Session> batch;
        do {
            batch = sessions.page(call.tenant(), filter, last, BATCH);
            for (var session : batch) {
                boolean sees =
                        seen.computeIfAbsent(
                                session.nodeId(), id -> rights.sees(labels(call.tenant(), id)));
                if (sees && found.size() <= call.limit()) {
                    found.add(session);
                }
                last = session.id();
            }
        } while (batch.size() == BATCH && found.size() <= call.limit());
        return found;
    }

    /// Those of a node that was removed are for whoever sees all nodes.
    private Labels labels(TenantId tenant, NodeId node) {
        return nodes.find(tenant, node.text()).map(Node::labels).orElse(Labels.NONE);
    }

    private Session find(Call call) {
        var session =
                SessionId.parse(call.need("session"))
                        .flatMap(id -> sessions.find(call.tenant(), id))
                        .orElseThrow(() -> Rejected.notFound("session"));
        if (!call.rights().sees(labels(call.tenant(), session.nodeId()))) {
            throw Rejected.notFound("session");
        }
        return session;
    }

    /// One's own, or with `sessions.end` on the node anybody's.
    private Answer end(Call call) {
        var session = find(call);
        if (!session.user().equals(call.principal().who())) {
            call.mayOn(Act.SESSIONS_END, labels(call.tenant(), session.nodeId()));
        }
        String reason = call.body() == null ? null : call.body(EndBody.class).reason();
        sessions.endByOperator(
                call.actor(), call.tenant(), session.id(), reason == null ? "" : reason);
        return Answer.ok(Shown.of(sessions.find(call.tenant(), session.id()).orElse(session)));
    }
}
