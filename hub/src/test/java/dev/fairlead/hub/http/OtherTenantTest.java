package dev.fairlead.hub.http;

import static dev.fairlead.hub.http.TestHub.PASSWORD;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.db.SessionId;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.db.TestDatabase;
import dev.fairlead.link.handshake.SigningKey;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Every operation of the contract, asked by somebody whose business it is not: by another tenant's
/// administrator, and by nobody. What is another's answers in every byte as what is not there.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OtherTenantTest {

    @RegisterExtension static final TestDatabase DB = new TestDatabase();

    private static final String ZERO = "00000000000000000000000000";
    private static final Map<String, String> NONE =
            Map.ofEntries(
                    Map.entry("user", "user_" + ZERO),
                    Map.entry("grant", "grant_" + ZERO),
                    Map.entry("enrolmentToken", "tok_" + ZERO),
                    Map.entry("node", "node_" + ZERO),
                    Map.entry("session", "sess_" + ZERO),
                    Map.entry("signIn", "si_" + ZERO),
                    Map.entry("apiToken", "api_" + ZERO),
                    Map.entry("seq", "9007199254740991"),
                    Map.entry("terminal", "sess_" + ZERO),
                    Map.entry("view", "view_" + ZERO));

    /// Names that only tenant `secret` knows, and such that nobody knows.
    private static final Map<String, String> NAMES = Map.of("user", "mole", "node", "safe");

    private static final Map<String, String> NO_NAMES = Map.of("user", "nobody", "node", "nothing");

    private final Map<String, String> theirs = new HashMap<>();
    private TestHub api;
    private String theirTenant = "";
    private String boss = "";
    private String other = "";

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        api = TestHub.start(folder, DB.access());
        String admin = api.signIn("admin");
        boss = api.tenant(admin, "secret");
        other = api.tenant(admin, "curious");
        var t = "/tenants/secret";
        theirTenant = api.get(boss, t).is(200).text("id");
        theirs.put("user", post(t + "/users", Map.of("name", "mole", "password", PASSWORD)));
        theirs.put("grant", post(t + "/grants", Map.of("user", "mole", "role", "operator")));
        theirs.put("enrolmentToken", post(t + "/enrolment-tokens", Map.of()));
        theirs.put(
                "view",
                api.call(boss, "PUT", t + "/views", Objects.requireNonNull(example("keepView")))
                        .is(200)
                        .text("id"));
        theirs.put("signIn", api.get(boss, "/sign-ins/current").is(200).text("id"));
        theirs.put("apiToken", post("/api-tokens", Map.of("name", "mine")));
        nodeWithSession();
    }

    private String post(String path, Map<String, ?> body) throws Exception {
        return api.call(boss, "POST", path, body).is(201).text("id");
    }

    /// As if an agent had joined, and the mole were at work there.
    private void nodeWithSession() {
        var tenant = TenantId.parse(theirTenant).orElseThrow();
        var node = NodeId.fresh();
        var session = SessionId.fresh();
        byte[] key = SigningKey.generate(new SecureRandom()).verifying().tagged();
        api.hub
                .services()
                .database()
                .useTenant(
                        tenant,
                        tx -> {
                            tx.handle()
                                    .execute(
                                            """
                                            insert into node (tenant_id, node_id, name, public_key)
                                            values (?, ?, 'safe', ?)
                                            """,
                                            tenant.uuid(),
                                            node.uuid(),
                                            key);
                            tx.handle()
                                    .execute(
                                            """
                                            insert into session (tenant_id, session_id, user_tenant_id, user_id,
                                                user_name, credential, node_id, node_name, kind, address)
                                            values (?, ?, ?, ?, 'mole@secret', 'x', ?, 'safe', 'ssh', '::1')
                                            """,
                                            tenant.uuid(),
                                            session.uuid(),
                                            tenant.uuid(),
                                            UUID.randomUUID(),
                                            node.uuid());
                        });
        theirs.put("node", node.text());
        theirs.put("session", session.text());
        theirs.put("terminal", session.text());
        // Numbers of records are each tenant's own: that of another says nothing.
        theirs.put("seq", "9007199254740990");
    }

    @AfterAll
    void stop() {
        api.close();
    }

    @Test
    void whatIsThereIsSeenByItsOwnAdministrator() throws Exception {
        var t = "/tenants/secret";
        assertThat(api.get(boss, t + "/nodes/safe").is(200).text("id"))
                .isEqualTo(theirs.get("node"));
        api.get(boss, t + "/nodes/" + theirs.get("node")).is(200);
        var some = t + "/nodes?ids=" + theirs.get("node");
        assertThat(api.get(boss, some).is(200).body().at("/items/0/policy").isNull()).isTrue();
        var brief = api.get(boss, some + "&fields=brief&limit=2500").is(200).body().at("/items/0");
        assertThat(brief.path("name").asString()).isEqualTo("safe");
        assertThat(brief.has("policy")).isFalse();
        assertThat(brief.at("/link/since").isNull()).isTrue();
        assertThat(api.get(boss, some + "&limit=501").is(400).text("hint")).contains("brief");
        api.get(boss, t + "/nodes?ids=node_x").is(400);
        var node = t + "/nodes/safe";
        assertThat(api.get(boss, node + "/links").is(200).body().path("items")).isEmpty();
        var series = api.get(boss, node + "/statistics/series?points=60").is(200).body();
        assertThat(series.path("stepSeconds").asInt()).isEqualTo(60);
        assertThat(series.path("items")).isEmpty();
        for (var wrong :
                List.of(
                        "points=9",
                        "points=1001",
                        "since=2001-01-01T00:00:00Z",
                        "since=yesterday")) {
            assertThat(api.get(boss, node + "/statistics/series?" + wrong).is(400).code())
                    .isEqualTo("invalid-request");
        }
        api.get(boss, t + "/sessions/" + theirs.get("session")).is(200);
        api.get(boss, t + "/users/mole").is(200);
        var sessions = t + "/sessions?node=safe&";
        var now = "2999-01-01T00:00:00Z";
        assertThat(api.get(boss, sessions + "until=" + now).is(200).body().path("items"))
                .hasSize(1);
        assertThat(api.get(boss, sessions + "since=" + now).is(200).body().path("items")).isEmpty();
        var access = api.get(boss, t + "/access?node=safe&user=mole").is(200).body();
        assertThat(access.at("/items/0/user").asString()).isEqualTo("mole@secret");
        assertThat(access.at("/items/0/grants/0/takesIn").asBoolean()).isTrue();
        assertThat(access.at("/items/0/login").asString()).isEmpty();
        var first = api.get(boss, t + "/access?node=safe&limit=1").is(200);
        var second = t + "/access?node=safe&cursor=" + first.text("next");
        assertThat(api.get(boss, second).is(200).body().path("items")).isNotEmpty();
        api.get(boss, "/tenants/" + theirTenant).is(200);
    }

    @Test
    void anotherTenantIsAsOneThatIsNot() throws Exception {
        for (var operation : api.contract.operations().values()) {
            if (operation.segments().contains("{tenant}")) {
                for (var values : List.of(theirs, with(theirs, NAMES))) {
                    same(
                            operation,
                            path(operation, "secret", values),
                            path(operation, "no-such", values));
                    same(
                            operation,
                            path(operation, theirTenant, values),
                            path(operation, "ten_" + ZERO, values));
                }
            }
        }
        nothingWasDone();
    }

    @Test
    void anotherTenantsThingIsAsOneThatIsNot() throws Exception {
        for (var operation : api.contract.operations().values()) {
            if (operation.segments().stream()
                    .anyMatch(s -> s.startsWith("{") && !s.equals("{tenant}"))) {
                same(
                        operation,
                        path(operation, "curious", theirs),
                        path(operation, "curious", NONE));
                same(
                        operation,
                        path(operation, "curious", with(theirs, NAMES)),
                        path(operation, "curious", with(NONE, NO_NAMES)));
            }
        }
        nothingWasDone();
    }

    /// What a question names in its query or body.
    @Test
    void aReferenceToAnotherTenantsThingIsAsOneToNothing() throws Exception {
        var t = "/tenants/curious";
        same(
                "GET",
                t + "/nodes?ids=" + theirs.get("node"),
                t + "/nodes?ids=" + NONE.get("node"),
                null,
                null);
        for (var of :
                List.of(
                        "/sessions?node=",
                        "/sessions?user=",
                        "/grants?user=",
                        "/access?node=",
                        "/access?user=")) {
            String kind = of.substring(of.indexOf('?') + 1, of.length() - 1);
            same("GET", t + of + theirs.get(kind), t + of + NONE.get(kind), null, null);
            same("GET", t + of + NAMES.get(kind), t + of + NO_NAMES.get(kind), null, null);
        }
        same(
                "GET",
                t + "/sessions?user=mole@secret",
                t + "/sessions?user=mole@no-such",
                null,
                null);
        for (var pair :
                List.of(
                        List.of(theirs.get("user"), NONE.get("user")),
                        List.of("mole", "nobody"),
                        List.of("mole@secret", "mole@no-such"))) {
            same(
                    "POST",
                    t + "/grants",
                    t + "/grants",
                    Map.of("user", pair.get(0), "role", "viewer"),
                    Map.of("user", pair.get(1), "role", "viewer"));
        }
        for (var pair :
                List.of(
                        List.of(theirs.get("node"), NONE.get("node")),
                        List.of("safe", "nothing"))) {
            same(
                    "POST",
                    t + "/enrolment-tokens",
                    t + "/enrolment-tokens",
                    Map.of("replace", pair.get(0)),
                    Map.of("replace", pair.get(1)));
        }
    }

    /// The answer that is kept for a repeat is for whoever asked.
    @Test
    void anIdempotencyKeyOpensNobodyElsesAnswer() throws Exception {
        var key = Map.of("Idempotency-Key", UUID.randomUUID().toString());
        var body = Map.of("name", "repeated");
        var made = api.call(boss, "POST", "/api-tokens", body, key).is(201);
        var others = api.call(other, "POST", "/api-tokens", body, key).is(201);
        assertThat(others.text("id")).isNotEqualTo(made.text("id"));
        assertThat(others.text("token")).isNotEqualTo(made.text("token"));
    }

    private void same(Contract.Operation operation, String foreign, String missing)
            throws Exception {
        var body = example(operation.id());
        same(operation.method(), foreign, missing, body, body);
    }

    private void same(
            String method,
            String foreign,
            String missing,
            @Nullable Object foreignBody,
            @Nullable Object missingBody)
            throws Exception {
        var there = api.call(other, method, foreign, foreignBody);
        var nowhere = api.call(other, method, missing, missingBody);
        assertThat(there.response().body())
                .as(method + " " + foreign)
                .isEqualTo(nowhere.response().body())
                .doesNotContain("safe", "mole", "secret");
        assertThat(there.status())
                .as(method + " " + foreign)
                .isEqualTo(nowhere.status())
                .isIn(method.equals("GET") ? List.of(200, 403, 404) : List.of(403, 404));
        assertThat(there.response().headers().map().keySet())
                .as(method + " " + foreign)
                .isEqualTo(nowhere.response().headers().map().keySet());
        if (there.status() == 200) {
            assertThat(there.body().path("items")).as(foreign).isEmpty();
        }
    }

    private void nothingWasDone() throws Exception {
        var t = "/tenants/secret";
        assertThat(api.get(boss, t + "/users/mole").is(200).text("state")).isEqualTo("enabled");
        assertThat(api.get(boss, t + "/nodes/" + theirs.get("node")).is(200).text("name"))
                .isEqualTo("safe");
        assertThat(api.get(boss, t + "/sessions/" + theirs.get("session")).is(200).text("state"))
                .isEqualTo("live");
        assertThat(api.get(boss, t + "/enrolment-tokens").is(200).body().path("items")).hasSize(1);
        assertThat(api.get(boss, t + "/grants?user=mole").is(200).body().path("items")).hasSize(1);
        assertThat(api.get(boss, "/api-tokens").is(200).response().body())
                .contains(theirs.get("apiToken"));
    }

    private static Map<String, String> with(Map<String, String> values, Map<String, String> more) {
        var both = new HashMap<>(values);
        both.putAll(more);
        return both;
    }

    @Test
    void nothingButTheOpenRoutesAnswersAStranger() throws Exception {
        for (var operation : api.contract.operations().values()) {
            if (!operation.needs().equals("nobody")) {
                var path =
                        path(operation, "system", with(NONE, Map.of("user", "admin", "node", "n")));
                var answer = api.call(null, operation.method(), path, example(operation.id()));
                assertThat(answer.status()).as(operation.id()).isEqualTo(401);
            }
        }
    }

    private static String path(
            Contract.Operation operation, String tenant, Map<String, String> values) {
        var path = new StringBuilder();
        for (var segment : operation.segments().subList(2, operation.segments().size())) {
            path.append('/');
            if (segment.equals("{tenant}")) {
                path.append(tenant);
            } else if (segment.startsWith("{")) {
                path.append(values.get(segment.substring(1, segment.length() - 1)));
            } else {
                path.append(segment);
            }
        }
        return path.toString();
    }

    private static @Nullable Object example(String operation) {
        return switch (operation) {
            case "createUser" -> Map.of("name", "x", "password", PASSWORD);
            case "setUserPassword" -> Map.of("password", PASSWORD);
            case "createGrant" -> Map.of("user", "boss", "role", "viewer");
            case "createEnrolmentToken", "endSession" -> Map.of();
            case "lookUpPairing", "denyPairing" -> Map.of("code", "ABCD-EFGH-IJ");
            case "approvePairing" -> Map.of("code", "ABCD-EFGH-IJ", "fingerprint", "0123456789");
            case "createFileCopy" -> Map.of("direction", "upload", "path", "x");
            case "changeNode" -> Map.of("name", "x");
            case "createTenant" -> Map.of("name", "x");
            case "keepView" ->
                    Map.of("name", "x", "search", Map.of("q", "y"), "columns", List.of("state"));
            case "createApiToken" -> Map.of("name", "x");
            case "changeMyPassword" -> Map.of("current", PASSWORD, "password", PASSWORD);
            default -> null;
        };
    }
}
