package dev.fairlead.hub.identity;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.db.ApiTokenId;
import dev.fairlead.hub.db.Name;
import dev.fairlead.hub.http.Answer;
import dev.fairlead.hub.http.Call;
import dev.fairlead.hub.http.Endpoints;
import dev.fairlead.hub.http.Page;
import dev.fairlead.hub.rbac.Act;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// The asker's own API tokens.
public final class ApiTokenRoutes implements Endpoints.Routes {

    private static final Duration LIFE = Duration.ofDays(90);

    private final ApiTokens tokens;

    public ApiTokenRoutes(ApiTokens tokens) {
        this.tokens = tokens;
    }

    @Override
    public void addTo(Endpoints endpoints) {
        endpoints
                .needs(Act.OWN_SEE, "listApiTokens", this::list)
                .needs(Act.OWN_CHANGE, "createApiToken", this::create)
                // An API token may remove itself, so the service decides the rest.
                .needs(Act.OWN_SEE, "deleteApiToken", this::delete);
    }

    private record CreateBody(String name, @Nullable Long expiresIn) {}

    /// The schema `ApiToken`.
    private record Shown(
            String id, String name, Instant created, Instant expires, @Nullable Instant lastUsed) {

        static Shown of(ApiToken token) {
            return new Shown(
                    token.id().text(),
                    token.name().text(),
                    token.created(),
                    token.expires(),
                    token.lastUsed());
        }
    }

    /// The schema `ApiTokenCreated`.
    private record Created(String id, String name, String token, Instant expires) {}

    private Answer list(Call call) {
        var after =
                call.cursor()
                        .map(c -> ApiTokenId.parse(c).orElseThrow(Call::notOfThisList))
                        .orElse(null);
        var rows = tokens.page(call.principal(), after, call.limit() + 1);
        return Answer.ok(Page.of(rows, call.limit(), t -> t.id().text(), Shown::of));
    }

    private Answer create(Call call) {
        var body = call.body(CreateBody.class);
        var seconds = body.expiresIn();
        var made =
                tokens.create(
                        call.principal(),
                        call.address(),
                        Name.of("API token", body.name()),
                        seconds == null ? LIFE : Duration.ofSeconds(seconds));
        return Answer.created(
                new Created(
                        made.token().id().text(),
                        made.token().name().text(),
                        made.secret(),
                        made.token().expires()));
    }

    private Answer delete(Call call) {
        var id =
                ApiTokenId.parse(call.need("apiToken"))
                        .orElseThrow(() -> Rejected.notFound("API token"));
        tokens.remove(call.principal(), call.address(), id);
        return Answer.done();
    }
}
