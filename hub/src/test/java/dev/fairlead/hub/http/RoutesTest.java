package dev.fairlead.hub.http;

import static dev.fairlead.hub.http.TestHub.PASSWORD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fairlead.hub.db.TestDatabase;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The API of a whole hub over TLS: what an administrator does, and what nobody may.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RoutesTest {

    @RegisterExtension static final TestDatabase DB = new TestDatabase();

    private TestHub api;
    private String admin = "";

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        api = TestHub.start(folder, DB.access());
        admin = api.signIn("admin");
    }

    @AfterAll
    void stop() {
        api.close();
    }

    /// A tenant with its own administrator, made as people make it.
    private String tenant(String name) throws Exception {
        return api.tenant(admin, name);
    }

    @Test
    void whatAnybodyMayKnow() throws Exception {
        var hub = api.get(null, "/hub").is(200);

        assertThat(hub.text("fingerprint")).isEqualTo(api.hub.fingerprint().toString());
        assertThat(hub.text("tlsCa")).startsWith("-----BEGIN CERTIFICATE-----");
        assertThat(hub.text("name")).isEqualTo("localhost");
    }

    @Test
    void howTheHubIsSetUpIsForItsAdministrators() throws Exception {
        var settings = api.get(admin, "/hub/settings").is(200);
        assertThat(settings.body().at("/identity/fingerprint").asString())
                .isEqualTo(api.hub.fingerprint().toString());
        assertThat(settings.body().at("/identity/keys/0/own").asBoolean()).isTrue();
        assertThat(settings.body().at("/tls/origin").asString()).isEqualTo("own-ca");
        var chain = settings.body().at("/tls/chains/0");
        assertThat(chain.size()).isEqualTo(2);
        assertThat(chain.path(0).path("names").values().stream().map(JsonNode::asString))
                .contains("localhost", "127.0.0.1", "::1");
        assertThat(chain.path(0).path("ca").asBoolean()).isFalse();
        assertThat(chain.path(1).path("ca").asBoolean()).isTrue();
        assertThat(Instant.parse(settings.body().at("/tls/renewed").asString()))
                .isBefore(Instant.parse(chain.path(0).path("notAfter").asString()));
        assertThat(
                        settings.body().path("limits").values().stream()
                                .map(l -> l.path("key").asString()))
                .contains("limits.link.memory", "limits.connections", "resume.within");
        assertThat(settings.response().body()).doesNotContain("PRIVATE", "password");
        onlyForTheHubsAdministrators("/hub/settings", "settings");
    }

    @Test
    void howTheHubDoesIsForItsAdministrators() throws Exception {
        await().untilAsserted(() -> {
            var health = api.get(admin, "/hub/health?span=6h").is(200);
            assertThat(health.body().path("ready").asBoolean()).isTrue();
            var size =
                    health.body().path("series").values().stream()
                            .filter(s ->
                                    s.path("name")
                                            .asString()
                                            .equals("fairlead_database_size_bytes"))
                            .findFirst()
                            .orElseThrow();
            assertThat(size.path("now").asDouble(0)).isPositive();
            assertThat(size.path("points").size()).isEqualTo(size.path("peaks").size());
        });
        assertThat(api.get(admin, "/hub/health?span=2h").is(400).code())
                .isEqualTo("invalid-request");
        onlyForTheHubsAdministrators("/hub/health", "health");
    }

    private void onlyForTheHubsAdministrators(String path, String tenant) throws Exception {
        assertThat(api.get(null, path).is(401).code()).isEqualTo("not-signed-in");
        assertThat(api.get(tenant(tenant), path).is(403).code()).isEqualTo("denied");
        var staff = "viewer-of-" + tenant;
        api.call(
                        admin,
                        "POST",
                        "/tenants/system/users",
                        Map.of("name", staff, "password", PASSWORD))
                .is(201);
        api.call(admin, "POST", "/tenants/system/grants", Map.of("user", staff, "role", "operator"))
                .is(201);
        assertThat(api.get(api.signIn(staff), path).is(403).code()).isEqualTo("denied");
    }

    @Test
    void signingInAndOut() throws Exception {
        var made =
                api.call(null, "POST", "/sign-ins", Map.of("user", "admin", "password", PASSWORD))
                        .is(201);
        var token = made.text("token");

        assertThat(api.get(token, "/sign-ins/current").is(200).text("id"))
                .isEqualTo(made.text("id"));
        var me = api.get(token, "/me").is(200);
        assertThat(me.body().at("/user/name").asString()).isEqualTo("admin");
        assertThat(me.body().path("tenants")).isNotEmpty();
        api.call(token, "DELETE", "/sign-ins/current", null).is(204);
        assertThat(api.get(token, "/me").is(401).code()).isEqualTo("not-signed-in");

        for (var wrong :
                List.of(
                        Map.of("user", "admin", "password", "not this one"),
                        Map.of("user", "nobody", "password", "not this one"),
                        Map.of("user", "a@b@c", "password", "not this one"))) {
            assertThat(api.call(null, "POST", "/sign-ins", wrong).is(401).code())
                    .isEqualTo("wrong-credentials");
        }
    }

    @Test
    void aBrowsersCookieIsForPagesOfThisHubOnly() throws Exception {
        var own = "https://localhost:" + api.hub.bound().listen();
        var who = Map.of("user", "admin", "password", PASSWORD);
        for (var foreign :
                List.of(
                        Map.<String, String>of(),
                        Map.of("Origin", "https://localhost"),
                        Map.of("Origin", "null"),
                        Map.of("Origin", own, "Sec-Fetch-Site", "same-site"))) {
            assertThat(api.call(null, "POST", "/sign-ins/browser", who, foreign).is(403).code())
                    .as(foreign.toString())
                    .isEqualTo("denied");
        }
        var page = Map.of("Origin", own, "Sec-Fetch-Site", "same-origin");
        assertThat(
                        api.call(
                                        null,
                                        "POST",
                                        "/sign-ins/browser",
                                        Map.of("user", "admin", "password", "not this one"),
                                        page)
                                .is(401)
                                .response()
                                .headers()
                                .firstValue("Set-Cookie"))
                .isEmpty();
        var made = api.call(null, "POST", "/sign-ins/browser", who, page).is(201);
        var set = made.response().headers().firstValue("Set-Cookie").orElseThrow();
        assertThat(made.response().body()).doesNotContain("fls_");
        assertThat(set)
                .matches(
                        "__Host-fairlead=fls_[\\w-]+; Max-Age=43200; Path=/; Secure; HttpOnly; SameSite=Strict");
        var cookie = "other=1; " + set.substring(0, set.indexOf(';'));

        var read = Map.of("Cookie", cookie, "Sec-Fetch-Site", "same-origin");
        assertThat(api.call(null, "GET", "/sign-ins/current", null, read).is(200).text("id"))
                .isEqualTo(made.text("id"));
        api.call(null, "GET", "/me", null, Map.of("Cookie", cookie)).is(200);
        for (var foreign : List.of("cross-site", "same-site")) {
            var headers = Map.of("Cookie", cookie, "Sec-Fetch-Site", foreign);
            api.call(null, "GET", "/me", null, headers).is(403);
        }
        var tenant = Map.of("name", "cookies");
        api.call(null, "POST", "/tenants", tenant, Map.of("Cookie", cookie)).is(403);
        var elsewhere = Map.of("Cookie", cookie, "Origin", "https://example.com");
        api.call(null, "POST", "/tenants", tenant, elsewhere).is(403);
        var here = Map.of("Cookie", cookie, "Origin", own);
        api.call(null, "POST", "/tenants", tenant, here).is(201);

        var out = api.call(null, "DELETE", "/sign-ins/current", null, here).is(204);
        assertThat(out.response().headers().firstValue("Set-Cookie").orElseThrow())
                .startsWith("__Host-fairlead=; Max-Age=0;");
        api.call(null, "GET", "/me", null, Map.of("Cookie", cookie)).is(401);
    }

    @Test
    void tenantsUsersAndGrants() throws Exception {
        var boss = tenant("acme");
        var t = "/tenants/acme";

        var ann =
                api.call(boss, "POST", t + "/users", Map.of("name", "ann", "password", PASSWORD))
                        .is(201);
        assertThat(
                        api.call(
                                        boss,
                                        "POST",
                                        t + "/users",
                                        Map.of("name", "ann", "password", PASSWORD))
                                .is(409)
                                .code())
                .isEqualTo("conflict");
        assertThat(api.get(boss, t + "/users/ann").is(200).text("id")).isEqualTo(ann.text("id"));
        assertThat(names(api.get(boss, t + "/users").is(200))).containsExactly("ann", "boss");

        var annToken = api.signIn("ann@acme");
        assertThat(api.get(annToken, t + "/nodes").is(403).code()).isEqualTo("denied");
        var grant =
                api.call(
                                boss,
                                "POST",
                                t + "/grants",
                                Map.of("user", "ann", "role", "operator", "labels", "site=berlin"))
                        .is(201);
        assertThat(grant.text("user")).isEqualTo("ann@acme");
        assertThat(api.get(annToken, t + "/nodes").is(200).body().path("items")).isEmpty();
        assertThat(api.get(annToken, t + "/users").is(403).code()).isEqualTo("denied");
        assertThat(api.get(boss, t + "/grants?user=ann").is(200).body().path("items")).hasSize(1);

        api.call(boss, "DELETE", t + "/grants/" + grant.text("id"), null).is(204);
        api.get(annToken, t + "/nodes").is(403);
        api.call(boss, "POST", t + "/users/ann/disable", null).is(200);
        api.get(annToken, "/me").is(401);
        api.call(boss, "POST", t + "/users/ann/enable", null).is(200);
        api.call(boss, "PUT", t + "/users/ann/password", Map.of("password", PASSWORD + "2"))
                .is(204);
        api.call(boss, "DELETE", t + "/users/ann", null).is(204);
        assertThat(api.get(boss, t + "/users/ann").is(404).code()).isEqualTo("not-found");
    }

    @Test
    void accessIsExplained() throws Exception {
        var boss = tenant("explained");
        var t = "/tenants/explained";
        for (var name : List.of("ann", "bob")) {
            api.call(boss, "POST", t + "/users", Map.of("name", name, "password", PASSWORD))
                    .is(201);
        }
        api.call(
                        boss,
                        "POST",
                        t + "/grants",
                        Map.of("user", "ann", "role", "viewer", "labels", "site=oslo"))
                .is(201);

        assertThat(api.get(boss, t + "/access").is(400).text("detail"))
                .isEqualTo("Neither a node nor a user is named.");
        assertThat(api.get(boss, t + "/access?node=nothing").is(404).code()).isEqualTo("not-found");
        assertThat(api.get(boss, t + "/access?user=nobody").is(404).code()).isEqualTo("not-found");
        // There is no node yet.
        assertThat(api.get(boss, t + "/access?user=ann").is(200).body().path("items")).isEmpty();
        assertThat(api.get(api.signIn("ann@explained"), t + "/access?user=bob").is(403).code())
                .isEqualTo("denied");
        assertThat(api.get(boss, t + "/sessions?since=2999-01-01T00:00:00Z").is(200).body())
                .isEqualTo(api.get(boss, t + "/sessions?until=2000-01-01T00:00:00Z").body());
    }

    @Test
    void aTenantGoesWithEverythingInIt() throws Exception {
        var boss = tenant("shortlived");

        api.call(admin, "DELETE", "/tenants/shortlived", null).is(204);

        api.get(boss, "/me").is(401);
        api.get(admin, "/tenants/shortlived").is(404);
        assertThat(api.call(admin, "DELETE", "/tenants/system", null).is(409).code())
                .isEqualTo("conflict");
    }

    @Test
    void viewsAreOfOnePersonInOneTenant() throws Exception {
        var boss = tenant("views");
        var t = "/tenants/views";
        api.call(boss, "POST", t + "/users", Map.of("name", "ann", "password", PASSWORD)).is(201);
        api.call(boss, "POST", t + "/grants", Map.of("user", "ann", "role", "viewer")).is(201);
        var ann = api.signIn("ann@views");
        var kept =
                api.call(
                                boss,
                                "PUT",
                                t + "/views",
                                view("Oslo, late", Map.of("labels", "site=oslo", "sort", "-cpu")))
                        .is(200);
        assertThat(kept.body().at("/search/labels").asString()).isEqualTo("site=oslo");
        var again = api.call(boss, "PUT", t + "/views", view("Oslo, late", Map.of())).is(200);
        assertThat(again.text("id")).isEqualTo(kept.text("id"));
        assertThat(names(api.get(boss, t + "/views").is(200))).containsExactly("Oslo, late");

        // Another's is not there.
        assertThat(api.get(ann, t + "/views").is(200).body().path("items")).isEmpty();
        var path = t + "/views/" + kept.text("id");
        assertThat(api.call(ann, "DELETE", path, null).is(404).code()).isEqualTo("not-found");
        api.call(boss, "DELETE", path, null).is(204);
        assertThat(api.call(boss, "DELETE", path, null).is(404).code()).isEqualTo("not-found");

        for (var wrong : List.of("", " x", "\u202ered", "x".repeat(61))) {
            assertThat(api.call(boss, "PUT", t + "/views", view(wrong, Map.of())).is(400).code())
                    .isEqualTo("invalid-request");
        }
        var long1 = Map.of("q", "x".repeat(1025));
        api.call(boss, "PUT", t + "/views", view("long", long1)).is(400);
        for (int i = 0; i < 50; i++) {
            api.call(ann, "PUT", t + "/views", view("view " + i, Map.of())).is(200);
        }
        assertThat(api.call(ann, "PUT", t + "/views", view("one more", Map.of())).is(429).code())
                .isEqualTo("limit-reached");
        api.call(ann, "PUT", t + "/views", view("view 7", Map.of("q", "x"))).is(200);
        assertThat(api.get(ann, t + "/views?limit=7").is(200).text("next")).isNotEmpty();
    }

    private static Map<String, Object> view(String name, Map<String, String> search) {
        return Map.of("name", name, "search", search, "columns", List.of("state", "cpu"));
    }

    @Test
    void signInsAreSeenAndEndedByTheirPerson() throws Exception {
        var here = tenant("everywhere");
        var there = api.signIn("boss@everywhere");
        var list = api.get(here, "/sign-ins").is(200);
        assertThat(list.body().path("items")).hasSize(2);
        assertThat(list.body().at("/items/0/current").asBoolean()).isTrue();
        assertThat(list.body().at("/items/1/current").asBoolean()).isFalse();
        assertThat(list.body().at("/items/1/address").asString()).isNotEmpty();
        assertThat(list.response().body()).doesNotContain(there);
        assertThat(api.get(here, "/sign-ins?limit=1").is(200).text("next")).isNotEmpty();
        assertThat(api.get(here, "/sign-ins?cursor=bm9uZQ").is(400).code())
                .isEqualTo("invalid-request");

        var id = list.body().at("/items/1/id").asString();
        api.call(here, "DELETE", "/sign-ins/" + id, null).is(204);
        api.get(there, "/me").is(401);
        assertThat(api.call(here, "DELETE", "/sign-ins/" + id, null).is(404).code())
                .isEqualTo("not-found");

        var again = api.signIn("boss@everywhere");
        api.call(here, "POST", "/sign-ins/end-others", null).is(204);
        api.get(again, "/me").is(401);
        api.get(here, "/me").is(200);
    }

    @Test
    void apiTokensDoWhatTheirUserDoesButMakeNoOthers() throws Exception {
        var boss = tenant("tokens");
        var made =
                api.call(boss, "POST", "/api-tokens", Map.of("name", "ci", "expiresIn", 600))
                        .is(201);
        var token = made.text("token");

        assertThat(token).startsWith("fla_");
        api.get(token, "/tenants/tokens/nodes").is(200);
        assertThat(api.call(token, "POST", "/api-tokens", Map.of("name", "more")).is(403).code())
                .isEqualTo("denied");
        assertThat(names(api.get(boss, "/api-tokens").is(200))).containsExactly("ci");
        assertThat(api.get(boss, "/api-tokens").response().body()).doesNotContain(token);
        api.call(boss, "DELETE", "/api-tokens/" + made.text("id"), null).is(204);
        api.get(token, "/me").is(401);
    }

    @Test
    void listsGoOnPageByPage() throws Exception {
        var boss = tenant("pages");
        for (var name : List.of("u1", "u2", "u3", "u4")) {
            api.call(
                            boss,
                            "POST",
                            "/tenants/pages/users",
                            Map.of("name", name, "password", PASSWORD))
                    .is(201);
        }

        var first = api.get(boss, "/tenants/pages/users?limit=2").is(200);
        var second =
                api.get(boss, "/tenants/pages/users?limit=2&cursor=" + first.text("next")).is(200);
        var third =
                api.get(boss, "/tenants/pages/users?limit=2&cursor=" + second.text("next")).is(200);

        assertThat(names(first)).containsExactly("boss", "u1");
        assertThat(names(second)).containsExactly("u2", "u3");
        assertThat(names(third)).containsExactly("u4");
        assertThat(third.body().path("next").isNull()).isTrue();
        var audit = api.get(boss, "/tenants/pages/audit?limit=3").is(200);
        var older =
                api.get(boss, "/tenants/pages/audit?limit=3&cursor=" + audit.text("next")).is(200);
        assertThat(older.body().at("/items/0/seq").asInt())
                .isEqualTo(audit.body().at("/items/2/seq").asInt() - 1);
        assertThat(api.get(boss, "/tenants/pages/users?cursor=xxxx").is(400).code())
                .isEqualTo("invalid-request");
        assertThat(api.get(boss, "/tenants/pages/audit?cursor=xxxx").is(400).code())
                .isEqualTo("invalid-request");
    }

    @Test
    void aRepeatWithTheSameKeyIsTheSameAnswerAndOneAct() throws Exception {
        var boss = tenant("again");
        var key = Map.of("Idempotency-Key", UUID.randomUUID().toString());
        var body = Map.of("uses", 3);
        var t = "/tenants/again/enrolment-tokens";

        var first = api.call(boss, "POST", t, body, key).is(201);
        var second = api.call(boss, "POST", t, body, key).is(201);

        assertThat(second.body()).isEqualTo(first.body());
        assertThat(api.get(boss, t).is(200).body().path("items")).hasSize(1);
        assertThat(api.call(boss, "POST", t, Map.of("uses", 4), key).is(409).code())
                .isEqualTo("idempotency-conflict");

        // Many at once are one act too.
        var race = Map.of("Idempotency-Key", UUID.randomUUID().toString());
        var all =
                java.util.stream.IntStream.range(0, 8)
                        .mapToObj(i ->
                                CompletableFuture.supplyAsync(() -> {
                                    try {
                                        return api.call(boss, "POST", t, body, race)
                                                .is(201)
                                                .text("token");
                                    } catch (Exception e) {
                                        throw new IllegalStateException(e);
                                    }
                                }))
                        .toList();
        assertThat(all.stream().map(CompletableFuture::join).distinct()).hasSize(1);
        assertThat(api.get(boss, t).is(200).body().path("items")).hasSize(2);

        // A refusal is not kept.
        var refused = Map.of("Idempotency-Key", UUID.randomUUID().toString());
        var grant = Map.of("user", "late", "role", "viewer");
        api.call(boss, "POST", "/tenants/again/grants", grant, refused).is(404);
        api.call(boss, "POST", "/tenants/again/users", Map.of("name", "late", "password", PASSWORD))
                .is(201);
        api.call(boss, "POST", "/tenants/again/grants", grant, refused).is(201);
    }

    @Test
    void enrolmentTokensShowTheirTextOnce() throws Exception {
        var boss = tenant("enrol");
        var t = "/tenants/enrol/enrolment-tokens";

        var made =
                api.call(boss, "POST", t, Map.of("uses", 2, "labels", Map.of("site", "berlin")))
                        .is(201);
        assertThat(made.text("joinLine")).contains(made.text("token"));
        var listed = api.get(boss, t).is(200);
        assertThat(listed.response().body()).doesNotContain(made.text("token"));
        assertThat(listed.body().at("/items/0/labels/site").asString()).isEqualTo("berlin");
        assertThat(api.call(boss, "POST", t, Map.of("replace", "no-such-node")).is(404).code())
                .isEqualTo("not-found");
        api.call(boss, "DELETE", t + "/" + made.text("id"), null).is(204);
        assertThat(api.get(boss, t).is(200).body().path("items")).isEmpty();
        assertThat(
                        api.call(
                                        boss,
                                        "POST",
                                        "/tenants/enrol/pairings/lookups",
                                        Map.of("code", "ABCD-EFGH-IJ"))
                                .is(404)
                                .code())
                .isEqualTo("not-found");
    }

    @Test
    void theAuditSaysWhoDidWhat() throws Exception {
        var boss = tenant("audited");
        api.call(
                        boss,
                        "POST",
                        "/tenants/audited/users",
                        Map.of("name", "eve", "password", PASSWORD))
                .is(201);

        var created = api.get(boss, "/tenants/audited/audit?act=user.*&who=boss@audited").is(200);

        assertThat(created.body().path("items")).hasSize(1);
        var record = created.body().at("/items/0");
        assertThat(record.path("act").asString()).isEqualTo("user.create");
        assertThat(record.path("subject").asString()).isEqualTo("eve@audited");
        assertThat(record.path("address").asString()).isEqualTo("127.0.0.1");
        var one = "/tenants/audited/audit/records/";
        assertThat(api.get(boss, one + record.path("seq").asString()).is(200).body())
                .isEqualTo(record);
        assertThat(api.get(boss, one + "9007199254740991").is(404).code()).isEqualTo("not-found");
        assertThat(api.get(boss, one + "0").is(400).code()).isEqualTo("invalid-request");
        assertThat(
                        api.get(boss, "/tenants/audited/audit?outcome=denied")
                                .is(200)
                                .body()
                                .path("items"))
                .isEmpty();
        assertThat(
                        api.get(boss, "/tenants/audited/audit?since=2999-01-01T00:00:00Z")
                                .is(200)
                                .body()
                                .path("items"))
                .isEmpty();
        assertThat(
                        api.get(boss, "/tenants/audited/audit?since=2026-02-31T00:00:00Z")
                                .is(400)
                                .code())
                .isEqualTo("invalid-request");
    }

    @Test
    void theAuditCanBeFollowedUntilTheRightEnds() throws Exception {
        var boss = tenant("followed");
        var t = "/tenants/followed";
        api.call(boss, "POST", t + "/users", Map.of("name", "eye", "password", PASSWORD)).is(201);
        api.call(boss, "POST", t + "/grants", Map.of("user", "eye", "role", "admin")).is(201);
        var eye = api.signIn("eye@followed");
        try (var in =
                new BufferedReader(
                        new InputStreamReader(
                                api.follow(eye, t + "/audit/stream", Map.of()),
                                StandardCharsets.UTF_8))) {
            api.call(boss, "POST", t + "/users", Map.of("name", "new", "password", PASSWORD))
                    .is(201);
            assertThat(next(in, "audit").path("subject").asString()).isEqualTo("new@followed");

            long began = System.nanoTime();
            api.call(boss, "POST", t + "/users/eye/disable", null).is(200);
            JsonNode end = next(in, "end");

            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .isLessThan(Duration.ofSeconds(10));
            assertThat(end.path("detail").asString()).contains("disabled");
            assertThat(in.lines().filter(l -> !l.isEmpty())).isEmpty();
        }
        // A reader that comes back gets what it missed.
        try (var in =
                new BufferedReader(
                        new InputStreamReader(
                                api.follow(boss, t + "/audit/stream", Map.of("Last-Event-ID", "1")),
                                StandardCharsets.UTF_8))) {
            assertThat(next(in, "audit").path("seq").asInt()).isEqualTo(2);
        }
    }

    @Test
    void theMatrixIsForTheHubsStaff() throws Exception {
        var boss = tenant("ports");

        var table = api.get(admin, "/ports?as=table").is(200);
        assertThat(table.text("text")).contains("agents, people, browsers");
        assertThat(api.get(boss, "/ports").status()).isIn(403, 404);
    }

    private static List<String> names(TestHub.Got page) {
        return page.body().path("items").valueStream().map(i -> i.path("name").asString()).toList();
    }

    /// The data of the next event of this name.
    private static JsonNode next(BufferedReader in, String event) throws Exception {
        return CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                String line;
                                boolean found = false;
                                while ((line = in.readLine()) != null) {
                                    found |= line.equals("event: " + event);
                                    if (found && line.startsWith("data: ")) {
                                        return Json.parse(
                                                line.substring(6).getBytes(StandardCharsets.UTF_8));
                                    }
                                }
                                throw new IllegalStateException("the stream ended before " + event);
                            } catch (java.io.IOException e) {
                                throw new java.io.UncheckedIOException(e);
                            }
                        })
                .get(30, TimeUnit.SECONDS);
    }
}
