package dev.fairlead.hub.views;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.db.ViewId;
import dev.fairlead.hub.http.Answer;
import dev.fairlead.hub.http.Call;
import dev.fairlead.hub.http.Endpoints;
import dev.fairlead.hub.http.Page;
import dev.fairlead.hub.rbac.Act;
import java.util.List;
import java.util.Map;

/// The asker's own views of a tenant's nodes.
public final class ViewRoutes implements Endpoints.Routes {

    private final Views views;

    public ViewRoutes(Views views) {
        this.views = views;
    }

    @Override
    public void addTo(Endpoints endpoints) {
        endpoints
                .needs(Act.TENANT_SEE, "listViews", this::list)
                .needs(Act.TENANT_SEE, "keepView", this::keep)
                .needs(Act.TENANT_SEE, "deleteView", this::delete);
    }

    private record KeepBody(String name, Map<String, String> search, List<String> columns) {}

    /// The schema `View`.
    private record Shown(String id, String name, Map<String, String> search, List<String> columns) {

        static Shown of(View view) {
            return new Shown(view.id().text(), view.name(), view.search(), view.columns());
        }
    }

    private Answer list(Call call) {
        var after =
                call.cursor()
                        .map(c -> ViewId.parse(c).orElseThrow(Call::notOfThisList))
                        .orElse(null);
        var rows = views.page(call.principal(), call.tenant(), after, call.limit() + 1);
        return Answer.ok(Page.of(rows, call.limit(), view -> view.id().text(), Shown::of));
    }

    private Answer keep(Call call) {
        var body = call.body(KeepBody.class);
        return Answer.ok(
                Shown.of(
                        views.keep(
                                call.principal(),
                                call.tenant(),
                                body.name(),
                                body.search(),
                                body.columns())));
    }

    private Answer delete(Call call) {
        var id = ViewId.parse(call.need("view")).orElseThrow(() -> Rejected.notFound("view"));
        views.remove(call.principal(), call.tenant(), id);
        return Answer.done();
    }
}
