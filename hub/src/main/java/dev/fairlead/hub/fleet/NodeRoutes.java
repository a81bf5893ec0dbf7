package dev.fairlead.hub.fleet;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.db.Name;
import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.http.Answer;
import dev.fairlead.hub.http.Call;
import dev.fairlead.hub.http.Endpoints;
import dev.fairlead.hub.http.Page;
import dev.fairlead.hub.rbac.Act;
import dev.fairlead.hub.rbac.Selector;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Nodes: list, show, change, remove, their statistics and their links.
public final class NodeRoutes implements Endpoints.Routes {

    private static final int POINTS = 300;
    private static final int MOST = 500;

    private final Nodes nodes;
    private final Heartbeats heartbeats;
    private final NodeLinks links;

    public NodeRoutes(Nodes nodes, Heartbeats heartbeats, NodeLinks links) {
        this.nodes = nodes;
        this.heartbeats = heartbeats;
        this.links = links;
    }

    @Override
    public void addTo(Endpoints endpoints) {
        endpoints
                .needs(Act.NODES_SEE, "listNodes", this::list)
                .needs(
                        Act.NODES_SEE,
                        "showNode",
                        call -> Answer.ok(NodeShown.of(find(call, Act.NODES_SEE))))
                .needs(Act.NODES_MANAGE, "changeNode", this::change)
                .needs(Act.NODES_MANAGE, "deleteNode", this::delete)
                .needs(Act.NODES_SEE, "listStatistics", this::statistics)
                .needs(Act.NODES_SEE, "showSeries", this::series)
                .needs(Act.NODES_SEE, "listLinks", this::links);
    }

    private record ChangeBody(
            @Nullable String name, @Nullable Map<String, @Nullable String> labels) {}

    private Answer list(Call call) {
        boolean brief = call.get("fields").filter("brief"::equals).isPresent();
        if (!brief && call.limit() > MOST) {
            throw Rejected.of(
                    Rejected.Code.INVALID_REQUEST,
                    "A page of whole nodes has at most " + MOST + " of them.",
                    "Ask for fields=brief, or for limit=" + MOST + " and page after page.");
        }
        var filter =
                new NodeFilter(
                        Selector.parse(call.get("labels").orElse(null)),
                        call.get("link").map("online"::equals).orElse(null),
                        call.get("ids").map(NodeRoutes::ids).orElse(null),
                        brief);
        var rows =
                nodes.list(
                        call.tenant(),
                        filter,
                        call.rights()::sees,
                        call.cursor().orElse(null),
                        call.limit() + 1);
        return Answer.ok(
                brief
                        ? Page.of(rows, call.limit(), n -> n.name().text(), NodeBrief::of)
                        : Page.of(rows, call.limit(), n -> n.name().text(), NodeShown::of));
    }

    private static List<NodeId> ids(String text) {
        return Arrays.stream(text.split(",")).map(NodeId::parse).flatMap(Optional::stream).toList();
    }

    private Answer change(Call call) {
        var node = find(call, Act.NODES_MANAGE);
        var body = call.body(ChangeBody.class);
        if (body.labels() != null) {
            call.may(Act.NODES_LABEL);
        }
        var name = body.name();
        var changed =
                nodes.change(
                        call.actor(),
                        call.tenant(),
                        node.id(),
                        name == null ? null : Name.of("node", name),
                        body.labels() == null ? Map.of() : body.labels());
        return Answer.ok(NodeShown.of(changed));
    }

    private Answer delete(Call call) {
        nodes.remove(call.actor(), call.tenant(), find(call, Act.NODES_MANAGE).id());
        return Answer.done();
    }

    private Answer statistics(Call call) {
        var node = find(call, Act.NODES_SEE);
        var rows =
                heartbeats.page(
                        call.tenant(),
                        node.id(),
                        call.time("since"),
                        call.cursor().map(NodeRoutes::instant).orElse(null),
                        call.limit() + 1);
        return Answer.ok(Page.of(rows, call.limit(), s -> s.at().toString(), NodeShown.Sample::of));
    }

    private Answer series(Call call) {
        var node = find(call, Act.NODES_SEE);
        return Answer.ok(
                SeriesShown.of(
                        heartbeats.series(
                                call.tenant(),
                                node.id(),
                                call.time("since"),
                                call.time("until"),
                                call.get("points").map(Integer::parseInt).orElse(POINTS))));
    }

    private Answer links(Call call) {
        var node = find(call, Act.NODES_SEE);
        var rows =
                links.history(
                        call.tenant(),
                        node.id(),
                        call.numberCursor().orElse(Long.MAX_VALUE),
                        call.limit() + 1);
        return Answer.ok(Page.of(rows, call.limit(), l -> Long.toString(l.epoch()), LinkShown::of));
    }

    private static Instant instant(String cursor) {
        try {
            return Instant.parse(cursor);
        } catch (DateTimeParseException e) {
            throw Call.notOfThisList();
        }
    }

    /// The node of the path, if the asker may do this to it; else as if there were none.
    private Node find(Call call, Act act) {
        var node = nodes.need(call.tenant(), call.need("node"));
        call.mayOn(act, node.labels());
        return node;
    }
}
