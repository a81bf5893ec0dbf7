package dev.fairlead.hub.identity;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.db.Name;
import dev.fairlead.hub.http.Answer;
import dev.fairlead.hub.http.Call;
import dev.fairlead.hub.http.Endpoints;
import dev.fairlead.hub.http.Page;
import dev.fairlead.hub.rbac.Act;
import java.time.Instant;

/// The users of a tenant.
public final class UserRoutes implements Endpoints.Routes {

    private final Users users;

    public UserRoutes(Users users) {
        this.users = users;
    }

    @Override
    public void addTo(Endpoints endpoints) {
        endpoints
                .needs(Act.USERS_SEE, "listUsers", this::list)
                .needs(Act.USERS_SEE, "showUser", call -> Answer.ok(Shown.of(find(call))))
                .needs(Act.USERS_MANAGE, "createUser", this::create)
                .needs(Act.USERS_MANAGE, "disableUser", this::disable)
                .needs(Act.USERS_MANAGE, "enableUser", this::enable)
                .needs(Act.USERS_MANAGE, "setUserPassword", this::setPassword)
                .needs(Act.USERS_MANAGE, "deleteUser", this::delete);
    }

    private record CreateBody(String name, String password) {}

    private record PasswordBody(String password) {}

    /// The schema `User`.
    record Shown(String id, String name, String tenant, String state, Instant created) {

        static Shown of(User user) {
            return new Shown(
                    user.id().text(),
                    user.name().text(),
                    user.tenantName().text(),
                    user.enabled() ? "enabled" : "disabled",
                    user.created());
        }
    }

    private Answer list(Call call) {
        var after =
                call.cursor().map(c -> Name.parse(c).orElseThrow(Call::notOfThisList)).orElse(null);
        var rows = users.page(call.tenant(), after, call.limit() + 1);
        return Answer.ok(Page.of(rows, call.limit(), u -> u.name().text(), Shown::of));
    }

    private Answer create(Call call) {
        var body = call.body(CreateBody.class);
        var made =
                users.create(
                        call.actor(), call.tenant(), Name.of("user", body.name()), body.password());
        return Answer.created(Shown.of(made));
    }

    private Answer disable(Call call) {
        return Answer.ok(Shown.of(users.disable(call.actor(), call.tenant(), find(call).id())));
    }

    private Answer enable(Call call) {
        return Answer.ok(Shown.of(users.enable(call.actor(), call.tenant(), find(call).id())));
    }

    private Answer setPassword(Call call) {
        users.setPassword(
                call.actor(),
                call.tenant(),
                find(call).id(),
                call.body(PasswordBody.class).password());
        return Answer.done();
    }

    private Answer delete(Call call) {
        users.remove(call.actor(), call.tenant(), find(call).id());
        return Answer.done();
    }

    private User find(Call call) {
        return users.find(call.tenant(), call.need("user"))
                .orElseThrow(() -> Rejected.notFound("user"));
    }
}
