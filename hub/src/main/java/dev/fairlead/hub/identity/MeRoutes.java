package dev.fairlead.hub.identity;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.http.Answer;
import dev.fairlead.hub.http.Call;
import dev.fairlead.hub.http.Endpoints;
import dev.fairlead.hub.rbac.Act;
import dev.fairlead.hub.rbac.GrantRoutes;
import dev.fairlead.hub.rbac.Grants;
import java.util.List;

/// Who I am, and where I may do what.
public final class MeRoutes implements Endpoints.Routes {

    private final Users users;
    private final Grants grants;

    public MeRoutes(Users users, Grants grants) {
        this.users = users;
        this.grants = grants;
    }

    @Override
    public void addTo(Endpoints endpoints) {
        endpoints.needs(Act.OWN_SEE, "showMe", this::show);
    }

    private record InTenant(String tenant, List<GrantRoutes.Shown> grants) {}

    /// The schema `Me`.
    private record Me(
            UserRoutes.Shown user, SignInRoutes.Credential credential, List<InTenant> tenants) {}

    private Answer show(Call call) {
        var who = call.principal();
        var user =
                users.find(who.tenant(), who.user().text())
                        .orElseThrow(() -> Rejected.notFound("user"));
        var held =
                grants.ofUser(who.tenant(), who.user()).entrySet().stream()
                        .map(in ->
                                new InTenant(
                                        in.getKey(),
                                        in.getValue().stream().map(GrantRoutes.Shown::of).toList()))
                        .toList();
        return Answer.ok(new Me(UserRoutes.Shown.of(user), SignInRoutes.Credential.of(who), held));
    }
}
