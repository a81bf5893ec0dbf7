package dev.fairlead.hub.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.hub.Hub;
import dev.fairlead.hub.HubConfig;
import dev.fairlead.hub.HubParts;
import dev.fairlead.hub.TrustPem;
import dev.fairlead.hub.audit.Actor;
import dev.fairlead.hub.db.DatabaseAccess;
import dev.fairlead.hub.db.Name;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.rbac.Grants;
import dev.fairlead.hub.rbac.Logins;
import dev.fairlead.hub.rbac.Role;
import dev.fairlead.hub.rbac.Selector;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A hub that serves with its own certificate, and a client that trusts its CA and holds every
/// answer to the contract.
final class TestHub implements AutoCloseable {

    static final String PASSWORD = "correct horse battery";

    final Hub hub;
    final Contract contract = Contract.load();
    private final SchemaCheck check = new SchemaCheck(contract, false);
    private final HttpClient client;

    private TestHub(Hub hub, HttpClient client) {
        this.hub = hub;
        this.client = client;
    }

    /// With the administrator `admin` of the hub.
    static TestHub start(Path folder, DatabaseAccess database) throws Exception {
        var owner = Files.writeString(folder.resolve("owner"), database.owner().password());
        var app = Files.writeString(folder.resolve("app"), database.app().password());
        String url = database.url();
        var config =
                HubConfig.local(folder.resolve("hub"), 0)
                        .withObserve(new HubConfig.Observe("127.0.0.1", 0))
                        .withRedirect(new HubConfig.Redirect("127.0.0.1", 0))
                        .withDatabase(new HubConfig.Database(url, owner, app));
        var hub = Hub.start(config, HubParts.standard(folder));
        var services = hub.services();
        services.users().create(Actor.HUB, TenantId.SYSTEM, new Name("admin"), PASSWORD);
        services.grants()
                .give(
                        Actor.HUB,
                        TenantId.SYSTEM,
                        new Grants.Wanted("admin", Role.ADMIN, Selector.ALL, Logins.DEFAULT_ONLY));
        return new TestHub(hub, client(Objects.requireNonNull(hub.caPem())));
    }

    private static HttpClient client(String ca) throws Exception {
        return HttpClient.newBuilder()
                .sslContext(TrustPem.of(ca.getBytes(StandardCharsets.US_ASCII)))
                .build();
    }

    /// An answer that fits the contract.
    record Got(int status, JsonNode body, HttpResponse<String> response) {

        String text(String field) {
            return body.path(field).asString();
        }

        String code() {
            return text("code");
        }

        Got is(int expected) {
            assertThat(status).as(response.body()).isEqualTo(expected);
            return this;
        }
    }

    String signIn(String user) throws Exception {
        return call(null, "POST", "/sign-ins", Map.of("user", user, "password", PASSWORD))
                .is(201)
                .text("token");
    }

    /// A tenant with its own administrator, made as people make it.
    ///
    /// @return its administrator's sign-in
    String tenant(String admin, String name) throws Exception {
        call(admin, "POST", "/tenants", Map.of("name", name)).is(201);
        var t = "/tenants/" + name;
        call(
                        admin,
                        "POST",
                        t + "/grants",
                        Map.of("user", "admin@system", "role", "admin", "logins", List.of("*")))
                .is(201);
        call(admin, "POST", t + "/users", Map.of("name", "boss", "password", PASSWORD)).is(201);
        call(
                        admin,
                        "POST",
                        t + "/grants",
                        Map.of("user", "boss", "role", "admin", "logins", List.of("*")))
                .is(201);
        return signIn("boss@" + name);
    }

    Got get(@Nullable String token, String path) throws Exception {
        return call(token, "GET", path, null);
    }

    Got call(@Nullable String token, String method, String path, @Nullable Object body)
            throws Exception {
        return call(token, method, path, body, Map.of());
    }

    Got call(
            @Nullable String token,
            String method,
            String path,
            @Nullable Object body,
            Map<String, String> headers)
            throws Exception {
        var request = request(token, path);
        headers.forEach(request::header);
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        request.method(
                method,
                body == null
                        ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofString(
                                body instanceof String text ? text : Json.text(body)));
        var response = client.send(request.build(), BodyHandlers.ofString());
        return checked(method, path, response);
    }

    /// The lines of a stream of events.
    InputStream follow(String token, String path, Map<String, String> headers) throws Exception {
        var request = request(token, path);
        headers.forEach(request::header);
        var response = client.send(request.build(), BodyHandlers.ofInputStream());
        assertThat(response.statusCode()).isEqualTo(200);
        return response.body();
    }

    private HttpRequest.Builder request(@Nullable String token, String path) {
        var uri = URI.create("https://localhost:" + hub.bound().listen() + "/api/v1" + path);
        var request = HttpRequest.newBuilder(uri);
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return request;
    }

    private Got checked(String method, String path, HttpResponse<String> response) {
        String text = response.body();
        if (text.isEmpty()) {
            assertThat(response.statusCode()).isEqualTo(204);
            return new Got(204, Json.parse("{}".getBytes(StandardCharsets.UTF_8)), response);
        }
        var body = Json.parse(text.getBytes(StandardCharsets.UTF_8));
        JsonNode schema =
                response.statusCode() >= 400
                        ? contract.source().at("/components/schemas/Problem")
                        : schema(method, path, response.statusCode());
        assertThat(check.check(schema, body, "answer"))
                .as(method + " " + path + "\n" + text)
                .isEmpty();
        return new Got(response.statusCode(), body, response);
    }

    private JsonNode schema(String method, String path, int status) {
        var plain = path.contains("?") ? path.substring(0, path.indexOf('?')) : path;
        var segments = List.of(("api/v1" + plain).split("/"));
        if (!(contract.find(method, segments)
                instanceof Contract.Found.One(var operation, var p))) {
            throw new AssertionError("no operation for " + method + " " + path);
        }
        String template = "/" + String.join("/", operation.segments());
        var found =
                contract.source()
                        .path("paths")
                        .path(template)
                        .path(method.toLowerCase(java.util.Locale.ROOT))
                        .path("responses")
                        .path(Integer.toString(status))
                        .path("content")
                        .path("application/json")
                        .path("schema");
        assertThat(found.isMissingNode()).as(method + " " + path + " answers " + status).isFalse();
        return found;
    }

    @Override
    public void close() {
        client.shutdownNow();
        hub.close();
    }
}
