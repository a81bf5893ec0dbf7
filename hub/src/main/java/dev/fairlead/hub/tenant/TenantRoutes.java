package dev.fairlead.hub.tenant;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.db.Name;
import dev.fairlead.hub.http.Answer;
import dev.fairlead.hub.http.Call;
import dev.fairlead.hub.http.Endpoints;
import dev.fairlead.hub.http.Page;
import dev.fairlead.hub.rbac.Act;
import java.time.Instant;

/// Tenants: list, show, make, remove.
public final class TenantRoutes implements Endpoints.Routes {

    private final Tenants tenants;

    public TenantRoutes(Tenants tenants) {
        this.tenants = tenants;
    }

    @Override
    public void addTo(Endpoints endpoints) {
        endpoints
                .needs(Act.OWN_SEE, "listTenants", this::list)
                .needs(Act.TENANT_SEE, "showTenant", call -> Answer.ok(Shown.of(find(call))))
                .needs(Act.TENANTS_MANAGE, "createTenant", this::create)
                .needs(Act.TENANTS_MANAGE, "deleteTenant", this::delete);
    }

    private record CreateBody(String name) {}

    /// The schema `Tenant`.
    private record Shown(String id, String name, Instant created) {

        static Shown of(Tenant tenant) {
            return new Shown(tenant.id().text(), tenant.name().text(), tenant.created());
        }
    }

    /// All of them for those who manage tenants, else those that the asker has to do with.
    private Answer list(Call call) {
        var who = call.principal();
        boolean all = call.decide().decide(who, who.tenant(), Act.TENANTS_MANAGE).allowed();
        String after = call.cursor().orElse("");
        var rows =
                (all ? tenants.all() : tenants.of(who))
                        .stream()
                                .filter(tenant -> tenant.name().text().compareTo(after) > 0)
                                .limit(call.limit() + 1L)
                                .toList();
        return Answer.ok(Page.of(rows, call.limit(), t -> t.name().text(), Shown::of));
    }

    private Answer create(Call call) {
        var name = Name.of("tenant", call.body(CreateBody.class).name());
        return Answer.created(Shown.of(tenants.create(call.actor(), name)));
    }

    private Answer delete(Call call) {
        tenants.remove(call.actor(), call.tenant());
        return Answer.done();
    }

    private Tenant find(Call call) {
        return tenants.find(call.tenant().text()).orElseThrow(() -> Rejected.notFound("tenant"));
    }
}
