package dev.fairlead.hub.access;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.fleet.Node;
import dev.fairlead.hub.fleet.NodeFilter;
import dev.fairlead.hub.fleet.Nodes;
import dev.fairlead.hub.http.Answer;
import dev.fairlead.hub.http.Call;
import dev.fairlead.hub.http.Endpoints;
import dev.fairlead.hub.http.Page;
import dev.fairlead.hub.rbac.Act;
import dev.fairlead.hub.rbac.Decision;
import dev.fairlead.hub.rbac.Explain;
import dev.fairlead.hub.rbac.Explain.Holder;
import dev.fairlead.hub.rbac.GrantRoutes;
import java.util.HashSet;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Who can reach a node, and why; what a user can reach, and why.
public final class ExplainRoutes implements Endpoints.Routes {

    private final Explain explain;
    private final Nodes nodes;

    public ExplainRoutes(Explain explain, Nodes nodes) {
        this.explain = explain;
        this.nodes = nodes;
    }

    @Override
    public void addTo(Endpoints endpoints) {
        endpoints.needs(Act.GRANTS_SEE, "explainAccess", this::explain);
    }

    /// The schema `Access`.
    private record Shown(
            String user,
            String userId,
            String userState,
            String node,
            String nodeId,
            List<ShownAct> acts,
            List<String> logins,
            @Nullable String login,
            List<ShownGrant> grants) {

        static Shown of(Holder holder, Node node) {
            var access = holder.on(node.labels());
            var because = new HashSet<>(access.because());
            return new Shown(
                    holder.who(),
                    holder.user().text(),
                    holder.enabled() ? "enabled" : "disabled",
                    node.name().text(),
                    node.id().text(),
                    access.acts().entrySet().stream()
                            .map(act -> ShownAct.of(act.getKey(), act.getValue()))
                            .toList(),
                    access.logins(),
                    access.login(),
                    holder.grants().stream()
                            .map(grant ->
                                    new ShownGrant(
                                            GrantRoutes.Shown.of(grant), because.contains(grant)))
                            .toList());
        }
    }

    private record ShownAct(String act, boolean allowed, @Nullable String reason) {

        static ShownAct of(Act act, Decision decision) {
            return new ShownAct(
                    act.label(),
                    decision.allowed(),
                    decision instanceof Decision.Denied denied ? denied.reason().label() : null);
        }
    }

    private record ShownGrant(GrantRoutes.Shown grant, boolean takesIn) {}

    private Answer explain(Call call) {
        var user = call.get("user").orElse(null);
        var node = call.get("node").map(name -> nodes.need(call.tenant(), name)).orElse(null);
        if (user == null) {
            if (node == null) {
                throw Rejected.of(
                        Rejected.Code.INVALID_REQUEST,
                        "Neither a node nor a user is named.",
                        "Add node=NAME, user=NAME or both.");
            }
            return Answer.ok(users(call, node));
        }
        var holder = explain.holder(call.tenant(), user);
        if (node != null) {
            return Answer.ok(page(call, List.of(node), Node::id, one -> Shown.of(holder, one)));
        }
        var rows =
                nodes.list(
                        call.tenant(),
                        NodeFilter.ALL,
                        labels -> true,
                        call.cursor().orElse(null),
                        call.limit() + 1);
        return Answer.ok(page(call, rows, Node::name, one -> Shown.of(holder, one)));
    }

    private Page<Shown> users(Call call, Node node) {
        var after = call.cursor().orElse("");
        var rows =
                explain.holders(call.tenant()).stream()
                        .filter(holder -> holder.who().compareTo(after) > 0)
                        .limit(call.limit() + 1L)
                        .toList();
        return page(call, rows, Holder::who, holder -> Shown.of(holder, node));
    }

    private static <T> Page<Shown> page(
            Call call, List<T> rows, Function<T, Object> key, Function<T, Shown> show) {
        return Page.of(rows, call.limit(), row -> key.apply(row).toString(), show);
    }
}
