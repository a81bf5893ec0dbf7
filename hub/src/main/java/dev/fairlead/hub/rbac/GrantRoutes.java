package dev.fairlead.hub.rbac;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.db.GrantId;
import dev.fairlead.hub.http.Answer;
import dev.fairlead.hub.http.Call;
import dev.fairlead.hub.http.Endpoints;
import dev.fairlead.hub.http.Page;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The grants of a tenant: list, give, withdraw.
public final class GrantRoutes implements Endpoints.Routes {

    private static final int BATCH = 500;

    private final Grants grants;

    public GrantRoutes(Grants grants) {
        this.grants = grants;
    }

    @Override
    public void addTo(Endpoints endpoints) {
        endpoints
                .needs(Act.GRANTS_SEE, "listGrants", this::list)
                .needs(Act.GRANTS_MANAGE, "createGrant", this::create)
                .needs(Act.GRANTS_MANAGE, "deleteGrant", this::delete);
    }

    private record CreateBody(
            String user, String role, @Nullable String labels, @Nullable List<String> logins) {}

    /// The schema `Grant`.
    public record Shown(
            String id,
            String user,
            String userId,
            String role,
            String labels,
            List<String> logins,
            Instant created) {

        public static Shown of(Grant grant) {
            return new Shown(
                    grant.id().text(),
                    grant.userName(),
                    grant.user().text(),
                    grant.role().label(),
                    grant.selector().toString(),
                    grant.logins().list(),
                    grant.created());
        }
    }

    private Answer list(Call call) {
        var after =
                call.cursor()
                        .map(c -> GrantId.parse(c).orElseThrow(Call::notOfThisList))
                        .orElse(null);
        var user = call.get("user").orElse(null);
        var found = new ArrayList<Grant>();
        List<Grant> batch;
        do {
            batch = grants.page(call.tenant(), after, BATCH);
            for (Grant grant : batch) {
                if (found.size() <= call.limit() && (user == null || isOf(grant, user))) {
                    found.add(grant);
                }
                after = grant.id();
            }
        } while (batch.size() == BATCH && found.size() <= call.limit());
        return Answer.ok(Page.of(found, call.limit(), g -> g.id().text(), Shown::of));
    }

    /// @param user an id, `NAME` of this tenant, or `NAME@TENANT`
    private static boolean isOf(Grant grant, String user) {
        return grant.user().text().equals(user)
                || grant.userName().equals(user)
                || (grant.userTenant().equals(grant.tenant())
                        && grant.userName().startsWith(user + "@"));
    }

    private Answer create(Call call) {
        var body = call.body(CreateBody.class);
        var logins = body.logins();
        var wanted =
                new Grants.Wanted(
                        body.user(),
                        Role.parse(body.role())
                                .orElseThrow(() -> Rejected.invalid("There is no such role.")),
                        Selector.parse(body.labels()),
                        logins == null ? Logins.DEFAULT_ONLY : new Logins(logins));
        return Answer.created(
                Shown.of(grants.add(call.principal(), call.address(), call.tenant(), wanted)));
    }

    private Answer delete(Call call) {
        var id = GrantId.parse(call.need("grant")).orElseThrow(() -> Rejected.notFound("grant"));
        grants.remove(call.principal(), call.address(), call.tenant(), id);
        return Answer.done();
    }
}
