package dev.fairlead.hub.http;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.db.Database;
import dev.fairlead.hub.http.Contract.Found;
import dev.fairlead.hub.identity.Authenticate;
import dev.fairlead.hub.rbac.Act;
import dev.fairlead.hub.rbac.Decide;
import dev.fairlead.hub.rbac.Decision;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What happens to each request of the API, in this order: find its operation, hold it to the
/// contract, know who asks, know the tenant, ask `Decide`, answer - once per `Idempotency-Key`.
public final class Api {

    static final String PREFIX = "/api/";

    /// Who asks, what they may and what they asked for are one transaction then, in as few round
    /// trips as can be. What changes something has transactions of its own: a refusal must not take
    /// its record back.
    private static final String READS = "GET";

    /// Open to whoever comes, but not from another site's page: it would sign people in as somebody
    /// else.
    private static final String BROWSER_SIGN_IN = "createBrowserSignIn";

    private static final Logger log = LoggerFactory.getLogger(Api.class);

    private final Contract contract;
    private final CheckRequest check;
    private final Map<String, Endpoints.Endpoint> endpoints;
    private final Authenticate authenticate;
    private final Decide decide;
    private final Idempotency idempotency;
    private final Database database;
    private final SecureRandom random;

    /// @param database whose transaction each question is answered in
    /// @throws IllegalStateException where the routes are not exactly those of the contract
    public Api(
            Contract contract,
            Endpoints endpoints,
            Authenticate authenticate,
            Decide decide,
            Idempotency idempotency,
            Database database,
            SecureRandom random) {
        this.contract = contract;
        this.check = new CheckRequest(contract);
        this.endpoints = Map.copyOf(endpoints.all());
        this.authenticate = authenticate;
        this.decide = decide;
        this.idempotency = idempotency;
        this.database = database;
        this.random = random;
        mustMatch(contract, this.endpoints);
    }

    /// Answers; never throws. Blocks, on a virtual thread.
    Answered answer(Request request) {
        String operation = "none";
        try {
            var found = find(request);
            operation = found.operation().id();
            return new Answered(operation, answer(request, found));
        } catch (CheckRequest.Invalid invalid) {
            return new Answered(operation, refused(Problem.invalid(invalid.errors())));
        } catch (Rejected rejected) {
            return new Answered(operation, refused(operation, rejected));
        } catch (RuntimeException e) {
            return new Answered(operation, refused(operation, e));
        }
    }

    /// @param operation for metrics; `none` where the path has none
    record Answered(String operation, Answer answer) {}

    private Answer answer(Request request, Found.One found) {
        var operation = found.operation();
        var endpoint = endpoints.get(operation.id());
        if (endpoint == null) {
            throw new IllegalStateException("no route for " + operation.id());
        }
        var checked = check.check(operation, request, found.path());
        Act act = endpoint.act();
        if (act == null) {
            if (operation.id().equals(BROWSER_SIGN_IN)) {
                BrowserCookie.mustBeOwnPage(request);
            }
            var call =
                    new Call(
                            request.address(), checked.given(), checked.body(), null, null, decide);
            return endpoint.handler().answer(call);
        }
        String token = token(request);
        return request.method().equals(READS)
                ? database.inOne(() -> answer(request, endpoint, act, token, checked))
                : answer(request, endpoint, act, token, checked);
    }

    private Answer answer(
            Request request,
            Endpoints.Endpoint endpoint,
            Act act,
            @Nullable String token,
            CheckRequest.Checked checked) {
        var named = checked.given().get("tenant");
        var asking = authenticate.asking(token, named);
        var principal =
                asking.who()
                        .orElseThrow(() ->
                                Rejected.of(
                                        Rejected.Code.NOT_SIGNED_IN,
                                        "The sign-in or API token is unknown, expired or revoked.",
                                        "Sign in again with  fairlead login"));
        var tenant = asking.about();
        if (named != null && tenant == null) {
            throw Rejected.notFound("tenant");
        }
        if (tenant != null && act.scope() == Act.Scope.OWN) {
            // What is the asker's own is still in a tenant of which they must know.
            decide.decide(principal, tenant, Act.TENANT_SEE).orReject("tenant");
        }
        var decision = decide.decide(principal, tenant == null ? principal.tenant() : tenant, act);
        if (named == null
                && act.scope() == Act.Scope.SYSTEM
                && decision instanceof Decision.Denied denied
                && denied.reason().hidden()) {
            // There is a hub, and everybody knows.
            throw Rejected.of(
                    Rejected.Code.DENIED,
                    "This is about the hub itself, and for its own staff.",
                    "An administrator of the hub can change that, with a grant in its tenant"
                            + " system: fairlead grant add.");
        }
        decision.orReject("tenant");
        var call =
                new Call(
                        request.address(),
                        checked.given(),
                        checked.body(),
                        principal,
                        tenant,
                        decide);
        String key = checked.given().get("Idempotency-Key");
        return key == null
                ? endpoint.handler().answer(call)
                : idempotency.once(principal, key, request, () -> endpoint.handler().answer(call));
    }

    private Found.One find(Request request) {
        var segments = List.of(request.path().substring(1).split("/", -1));
        return switch (contract.find(request.method(), segments)) {
            case Found.One one -> one;
            case Found.Nothing() ->
                    throw Rejected.of(
                            Rejected.Code.NOT_FOUND,
                            "There is nothing at this path.",
                            "The paths of the API begin with /api/v1/; openapi/fairlead.yaml in the source has them all.");
            case Found.OtherMethods(var allowed) ->
                    throw Rejected.of(
                            Rejected.Code.METHOD_NOT_ALLOWED,
                            "This path is not for "
                                    + SchemaCheck.shown(request.method())
                                    + "; it takes "
                                    + String.join(", ", allowed)
                                    + ".");
        };
    }

    /// What the asker showed; null where it is none that this hub gives out.
    private static @Nullable String token(Request request) {
        String header = request.header("authorization");
        if (header == null) {
            String cookie = BrowserCookie.of(request);
            if (cookie != null) {
                BrowserCookie.mustBeOwnPage(request);
                return cookie;
            }
            throw Rejected.of(
                    Rejected.Code.NOT_SIGNED_IN,
                    "This needs a sign-in.",
                    "Sign in with  fairlead login, or send Authorization: Bearer TOKEN");
        }
        return header.regionMatches(true, 0, "Bearer ", 0, 7) ? header.substring(7) : null;
    }

    private static Answer refused(Problem problem) {
        return new Answer.Refused(problem, Map.of());
    }

    private Answer refused(String operation, Rejected rejected) {
        if (rejected.code() == Rejected.Code.INTERNAL) {
            return refused(operation, (RuntimeException) rejected);
        }
        var cause = rejected.getCause();
        if (cause != null) {
            // While a database is away there is one for each request.
            log.warn("{}: {} ({})", operation, rejected.detail(), cause.toString());
            log.debug("{} was refused", operation, cause);
        }
        var wait = rejected.retryAfter();
        Map<String, String> headers =
                wait != null
                        ? Map.of("Retry-After", Long.toString(Math.max(1, wait.toSeconds())))
                        : rejected.code() == Rejected.Code.NOT_SIGNED_IN
                                ? Map.of("WWW-Authenticate", "Bearer")
                                : Map.of();
        return new Answer.Refused(Problem.of(rejected), headers);
    }

    private Answer refused(String operation, RuntimeException e) {
        byte[] bits = new byte[8];
        random.nextBytes(bits);
        String incident = HexFormat.of().formatHex(bits);
        log.error("Incident {} in {}", incident, operation, e);
        return refused(Problem.internal(incident));
    }

    private static void mustMatch(Contract contract, Map<String, Endpoints.Endpoint> endpoints) {
        var operations = contract.operations();
        if (!operations.keySet().equals(endpoints.keySet())) {
            var missing = new TreeSet<>(operations.keySet());
            missing.removeAll(endpoints.keySet());
            var unknown = new TreeSet<>(endpoints.keySet());
            unknown.removeAll(operations.keySet());
            throw new IllegalStateException(
                    "routes missing: " + missing + ", not in the contract: " + unknown);
        }
        endpoints.forEach((id, endpoint) -> {
            var act = endpoint.act();
            String needs = act == null ? "nobody" : act.label();
            var operation = operations.get(id);
            if (operation == null || !operation.needs().equals(needs)) {
                throw new IllegalStateException(
                        id + " asks for " + needs + ", the contract says otherwise");
            }
        });
    }
}
