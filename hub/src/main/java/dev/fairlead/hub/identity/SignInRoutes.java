package dev.fairlead.hub.identity;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.db.SignInId;
import dev.fairlead.hub.http.Answer;
import dev.fairlead.hub.http.BrowserCookie;
import dev.fairlead.hub.http.Call;
import dev.fairlead.hub.http.Endpoints;
import dev.fairlead.hub.http.Page;
import dev.fairlead.hub.rbac.Act;
import dev.fairlead.hub.rbac.Principal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Signing in and out, the own sign-ins, and the own password.
public final class SignInRoutes implements Endpoints.Routes {

    private final SignIns signIns;

    public SignInRoutes(SignIns signIns) {
        this.signIns = signIns;
    }

    @Override
    public void addTo(Endpoints endpoints) {
        endpoints
                .open("createSignIn", this::create)
                .open("createBrowserSignIn", this::createForBrowser)
                .needs(
                        Act.OWN_SEE,
                        "showSignIn",
                        call -> Answer.ok(Credential.of(call.principal())))
                .needs(Act.OWN_SEE, "deleteSignIn", this::delete)
                .needs(Act.OWN_SEE, "listSignIns", this::list)
                .needs(Act.OWN_CHANGE, "endSignIn", this::end)
                .needs(Act.OWN_CHANGE, "endOtherSignIns", this::endOthers)
                .needs(Act.OWN_CHANGE, "changeMyPassword", this::changePassword);
    }

    private record CreateBody(String user, String password) {}

    private record ChangeBody(String current, String password) {}

    /// The schema `SignInCreated`.
    private record Created(String id, String token, String user, String tenant, Instant expires) {}

    /// The schema `Credential`.
    record Credential(String id, String kind, String user, String tenant, Instant expires) {

        static Credential of(Principal principal) {
            return new Credential(
                    principal.credential().text(),
                    principal.kind().label(),
                    principal.name().text(),
                    principal.tenantName().text(),
                    principal.expires());
        }
    }

    /// The schema `SignIn`.
    private record Shown(
            String id,
            boolean current,
            String address,
            @Nullable String program,
            Instant created,
            @Nullable Instant lastUsed,
            Instant expires) {

        static Shown of(SignIn signIn, Principal who) {
            return new Shown(
                    signIn.id().text(),
                    signIn.id().equals(who.credential()),
                    signIn.address(),
                    signIn.program(),
                    signIn.created(),
                    signIn.lastUsed(),
                    signIn.expires());
        }
    }

    private Answer create(Call call) {
        var body = call.body(CreateBody.class);
        var made = signIns.signIn(body.user(), body.password(), call.address(), userAgent(call));
        var who = made.principal();
        return Answer.created(
                new Created(
                        who.credential().text(),
                        made.token(),
                        who.name().text(),
                        who.tenantName().text(),
                        who.expires()));
    }

    private Answer createForBrowser(Call call) {
        var body = call.body(CreateBody.class);
        var made = signIns.signIn(body.user(), body.password(), call.address(), userAgent(call));
        return new Answer.WithCookie(
                Answer.created(Credential.of(made.principal())),
                BrowserCookie.set(made.token(), SignIns.LIFE));
    }

    private Answer delete(Call call) {
        signIns.signOut(call.principal(), call.address());
        return new Answer.WithCookie(Answer.done(), BrowserCookie.clear());
    }

    private Answer list(Call call) {
        var after =
                call.cursor()
                        .map(c -> SignInId.parse(c).orElseThrow(Call::notOfThisList))
                        .orElse(null);
        var who = call.principal();
        var rows = signIns.page(who, after, call.limit() + 1);
        return Answer.ok(Page.of(rows, call.limit(), s -> s.id().text(), s -> Shown.of(s, who)));
    }

    private Answer end(Call call) {
        var id =
                SignInId.parse(call.need("signIn")).orElseThrow(() -> Rejected.notFound("sign-in"));
        signIns.end(call.principal(), call.address(), id);
        return Answer.done();
    }

    private Answer endOthers(Call call) {
        signIns.endOthers(call.principal(), call.address());
        return Answer.done();
    }

    private static @Nullable String userAgent(Call call) {
        return call.get("User-Agent").orElse(null);
    }

    private Answer changePassword(Call call) {
        var body = call.body(ChangeBody.class);
        signIns.changePassword(call.principal(), call.address(), body.current(), body.password());
        return Answer.done();
    }
}
