package dev.fairlead.hub.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.hub.Cidr;
import dev.fairlead.hub.ConfigException;
import dev.fairlead.hub.HubConfig;
import dev.fairlead.hub.HubLimits;
import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.db.TestDatabase;
import dev.fairlead.hub.identity.Authenticate;
import dev.fairlead.hub.rbac.Act;
import dev.fairlead.hub.rbac.Decide;
import dev.fairlead.hub.tls.ServedCertificates;
import dev.fairlead.hub.vault.MasterKey;
import dev.fairlead.hub.vault.Vault;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The one port with routes of the test's own: what every request meets before a capability does.
class HubServerTest {

    @RegisterExtension static final TestDatabase DB = new TestDatabase();

    @TempDir Path folder;

    private final Vertx vertx = Vertx.vertx();
    private final HttpClient client = HttpClient.newHttpClient();
    private final List<AutoCloseable> closing = new ArrayList<>();
    private final AtomicReference<@Nullable EventStream> stream = new AtomicReference<>();

    @AfterEach
    void close() throws Exception {
        for (var one : closing.reversed()) {
            one.close();
        }
        client.close();
        vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    @Test
    void theStartPageSaysWhatThisIsAndNothingMayFrameIt() throws Exception {
        var server = start(plain());

        var answer = get(server, "/");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("This is a Fairlead hub").contains("abcdef");
        assertThat(answer.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("default-src 'none'")
                .contains("frame-ancestors 'none'");
        assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
        assertThat(send(server, "POST", "/", "{}").statusCode()).isEqualTo(405);
    }

    @Test
    void theConsoleIsServedWithANonceOfEachAnswerAndItsFilesForEver() throws Exception {
        var web = folder.resolve("web");
        Files.createDirectories(web.resolve("assets"));
        Files.writeString(web.resolve("index.html"), "<meta nonce=\"FAIRLEAD_NONCE\">");
        Files.writeString(web.resolve("assets/index-1a2b.js"), "plain");
        Files.writeString(web.resolve("assets/index-1a2b.js.gz"), "packed");
        Files.writeString(web.resolve("assets/notes"), "of no known kind");
        var server = start(plain());

        var one = get(server, "/", "Accept", "text/html");
        var other = get(server, "/t/default/nodes", "Accept", "text/html,*/*;q=0.8");
        var policy = one.headers().firstValue("Content-Security-Policy").orElseThrow();
        var nonce = one.body().replaceAll("^<meta nonce=\"|\">$", "");
        assertThat(nonce).hasSizeGreaterThan(20);
        assertThat(other.body()).isNotEqualTo(one.body()).startsWith("<meta");
        assertThat(policy)
                .contains("script-src 'self';")
                .contains("style-src 'self' 'nonce-" + nonce + "';")
                .contains("require-trusted-types-for 'script'; trusted-types default")
                .contains("frame-ancestors 'none'")
                .doesNotContain("unsafe");
        assertThat(one.headers().firstValue("Cache-Control")).contains("no-store");

        var script = get(server, "/assets/index-1a2b.js");
        assertThat(script.body()).isEqualTo("plain");
        assertThat(script.headers().firstValue("Cache-Control").orElseThrow())
                .contains("immutable");
        assertThat(script.headers().firstValue("Content-Type").orElseThrow())
                .startsWith("text/javascript");
        var packed = get(server, "/assets/index-1a2b.js", "Accept-Encoding", "gzip, deflate, br");
        assertThat(packed.body()).isEqualTo("packed");
        assertThat(packed.headers().firstValue("Content-Encoding")).contains("gzip");
        assertThat(packed.headers().firstValue("Vary")).contains("Accept-Encoding");

        for (var path :
                List.of(
                        "/assets/other.js",
                        "/assets/notes",
                        "/assets/../index.html",
                        "/install/x",
                        "/nothing")) {
            assertThat(get(server, path).statusCode()).as(path).isEqualTo(404);
        }
        assertThat(get(server, "/assets/other.js", "Accept", "text/html").statusCode())
                .isEqualTo(404);
        assertThat(send(server, "POST", "/", "{}").statusCode()).isEqualTo(405);

        Files.writeString(web.resolve("index.html"), "built anew");
        Files.setLastModifiedTime(
                web.resolve("index.html"), FileTime.fromMillis(1_000_000_000_000L));
        assertThat(get(server, "/", "Accept", "text/html").body()).isEqualTo("built anew");
    }

    @Test
    void whatIsNotThereIsAProblem() throws Exception {
        var server = start(plain());

        for (var path :
                List.of("/nothing", "/api/v1/nothing", "/api/v1/hub/", "/api", "//", "/..")) {
            var answer = get(server, path);
            assertThat(answer.statusCode()).as(path).isEqualTo(404);
            assertProblem(answer, "not-found");
        }
        assertProblem(send(server, "DELETE", "/api/v1/hub", null), "method-not-allowed");
        assertProblem(send(server, "OPTIONS", "/api/v1/hub", null), "method-not-allowed");
        assertProblem(get(server, "/link"), "invalid-request");
    }

    @Test
    void whatTheContractDoesNotKnowIsRefusedByName() throws Exception {
        var server = start(plain());

        assertInvalid(get(server, "/api/v1/hub?x=1"), "query.x");
        assertInvalid(get(server, "/api/v1/tenants?limit=0"), "query.limit");
        assertInvalid(get(server, "/api/v1/tenants?limit=9999999999999999999999"), "query.limit");
        assertInvalid(get(server, "/api/v1/tenants?limit=1&limit=2"), "query.limit");
        assertInvalid(get(server, "/api/v1/tenants/UPPER"), "path.tenant");
        assertInvalid(get(server, "/api/v1/tenants/%2e%2e"), "path.tenant");
        assertInvalid(
                send(server, "POST", "/api/v1/sign-ins", "{\"user\":\"a\",\"pass\":\"b\"}"),
                "body.password");
        assertProblem(get(server, "/api/v1/hub?x=%zz"), "invalid-request");
        assertProblem(send(server, "POST", "/api/v1/sign-ins", "{"), "invalid-request");
        assertProblem(send(server, "POST", "/api/v1/sign-ins", "\"\u0000\""), "invalid-request");
    }

    @Test
    void onlyJsonOfAModestSizeIsRead() throws Exception {
        var server = start(plain());
        var uri = uri(server, "/api/v1/sign-ins");

        var form =
                client.send(
                        HttpRequest.newBuilder(uri)
                                .header("Content-Type", "application/x-www-form-urlencoded")
                                .POST(HttpRequest.BodyPublishers.ofString("user=a"))
                                .build(),
                        BodyHandlers.ofString());
        assertProblem(form, "unsupported-media");
        var body = "{\"user\":\"" + "a".repeat(HubServer.MAX_BODY) + "\"}";
        assertThat(
                        raw(
                                server,
                                "POST /api/v1/sign-ins HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: "
                                        + body.length()
                                        + "\r\n\r\n"
                                        + body))
                .startsWith("HTTP/1.1 413")
                .contains("too-large");
        assertThat(
                        raw(
                                server,
                                "GET / HTTP/1.1\r\nHost: x\r\nA: "
                                        + "b".repeat(20_000)
                                        + "\r\n\r\n"))
                .startsWith("HTTP/1.1 413")
                .contains("too-large");
        assertThat(raw(server, "GET /" + "b".repeat(20_000) + " HTTP/1.1\r\nHost: x\r\n\r\n"))
                .contains(" 413 ");
        assertThat(raw(server, "\u0001\u0002 nonsense\r\n\r\n")).contains(" 400 ");
    }

    @Test
    void strangersAndWrongTokensAreTold() throws Exception {
        var server = start(plain());

        var none = get(server, "/api/v1/me");
        assertThat(none.statusCode()).isEqualTo(401);
        assertThat(none.headers().firstValue("WWW-Authenticate")).contains("Bearer");
        assertProblem(none, "not-signed-in");
        for (var token :
                List.of("Bearer x", "Basic YTpi", "Bearer fls_" + "a".repeat(43), "Bearer ")) {
            var answer =
                    client.send(
                            HttpRequest.newBuilder(uri(server, "/api/v1/me"))
                                    .header("Authorization", token)
                                    .build(),
                            BodyHandlers.ofString());
            assertProblem(answer, "not-signed-in");
        }
    }

    @Test
    void aFailureIsAnIncidentWhoseCauseStaysInside() throws Exception {
        var server = start(plain());

        var answer =
                send(server, "POST", "/api/v1/sign-ins", "{\"user\":\"fail\",\"password\":\"x\"}");

        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.body()).doesNotContain("inner secret");
        assertThat(problem(answer).path("incident").asString()).hasSize(16);
    }

    @Test
    void waitingIsSaidInSeconds() throws Exception {
        var server = start(plain());

        var answer =
                send(server, "POST", "/api/v1/sign-ins", "{\"user\":\"wait\",\"password\":\"x\"}");

        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(answer.headers().firstValue("Retry-After")).contains("7");
    }

    @Test
    void theHostHeaderChangesNothing() throws Exception {
        var server = start(plain());

        var one = raw(server, "GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
        assertThat(one).startsWith("HTTP/1.1 200").doesNotContain("evil.example");
    }

    @Test
    void anUpgradeToTheLinkIsHandedOverUntouched() throws Exception {
        var got = new CountDownLatch(1);
        var server =
                start(
                        plain(),
                        request -> {
                            request.toNetSocket()
                                    .onSuccess(socket ->
                                            socket.write("taken over")
                                                    .onComplete(v -> socket.close()));
                            got.countDown();
                        });

        var answer =
                raw(
                        server,
                        "GET /link HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
                                + "Connection: Upgrade\r\n\r\n");

        assertThat(got.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(answer).endsWith("taken over");
    }

    @Test
    void anEventStreamCarriesEventsAndEndsWithItsCause() throws Exception {
        var server = start(plain());
        try (var reader = stream(server)) {
            var sent = await(stream);
            assertThat(sent.send("node.online", 7, Map.of("name", "a\nb"))).isTrue();
            sent.cut(Rejected.of(Rejected.Code.DENIED, "The grant was withdrawn."));

            assertThat(reader.lines().filter(l -> !l.isEmpty()).toList())
                    .containsSubsequence(
                            ": open",
                            "id: 7",
                            "event: node.online",
                            "data: {\"name\":\"a\\nb\"}",
                            "event: end")
                    .anyMatch(line -> line.contains("The grant was withdrawn."));
            assertThat(sent.send("node.online", 8, Map.of())).isFalse();
        }
    }

    @Test
    void aReaderThatLeavesEndsItsStream() throws Exception {
        var server = start(plain());
        var closed = new CountDownLatch(1);
        try (var reader = stream(server)) {
            await(stream).onClose(closed::countDown);
            assertThat(reader.readLine()).isNotNull();
        }
        assertThat(closed.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void behindAProxyOnlyItMayConnect() throws Exception {
        var config =
                new HubConfig(
                        List.of("localhost"),
                        new HubConfig.Listen("127.0.0.1", 0),
                        443,
                        null,
                        null,
                        List.of(Cidr.parse("127.0.0.2")),
                        List.of(Path.of("unused.pem")),
                        folder,
                        HubConfig.Database.OWN,
                        new HubConfig.Observe("127.0.0.1", 0),
                        HubLimits.DEFAULT,
                        HubConfig.Resume.DEFAULT);
        var server = start(config);

        assertThat(from("127.0.0.1", server)).isEmpty();
        assertThat(from("127.0.0.2", server)).startsWith("HTTP/1.1 200");
    }

    @Test
    void aPortInUseIsOneSentence() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            var config =
                    plain().withListen(
                                    new HubConfig.Listen("127.0.0.1", taken.getLocalPort()),
                                    taken.getLocalPort());
            assertThatThrownBy(() -> start(config))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("is in use by another program");
        }
    }

    @Test
    void tooManyConnectionsAreClosedAtOnce() throws Exception {
        var few = new HubLimits(10, 1, 1);
        var c = plain();
        var server =
                start(
                        new HubConfig(
                                c.names(),
                                c.listen(),
                                0,
                                null,
                                null,
                                c.trustedProxies(),
                                c.leafCertificates(),
                                c.data(),
                                c.database(),
                                c.observe(),
                                few,
                                c.resume()));
        var sockets = new ArrayList<Socket>();
        try {
            for (int i = 0; i < 10; i++) {
                var socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), server.port());
                sockets.add(socket);
                socket.getOutputStream()
                        .write(
                                "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
                                        .getBytes(StandardCharsets.US_ASCII));
                assertThat(socket.getInputStream().read()).isEqualTo('H');
            }
            var late = new Socket(InetAddress.ofLiteral("127.0.0.1"), server.port());
            sockets.add(late);
            late.setSoTimeout(30_000);
            assertThat(late.getInputStream().read()).isEqualTo(-1);
        } finally {
            for (var socket : sockets) {
                socket.close();
            }
        }
    }

    private HubConfig plain() {
        // Plain HTTP as behind a load balancer on this machine: TLS has a test of its own.
        return new HubConfig(
                List.of("localhost"),
                new HubConfig.Listen("127.0.0.1", 0),
                443,
                null,
                null,
                List.of(Cidr.parse("127.0.0.0/8")),
                List.of(Path.of("unused.pem")),
                folder,
                HubConfig.Database.OWN,
                new HubConfig.Observe("127.0.0.1", 0),
                HubLimits.DEFAULT,
                HubConfig.Resume.DEFAULT);
    }

    private HubServer start(HubConfig config) throws Exception {
        return start(config, request -> request.response().setStatusCode(500).end());
    }

    private HubServer start(
            HubConfig config, io.vertx.core.Handler<io.vertx.core.http.HttpServerRequest> link)
            throws Exception {
        var random = new SecureRandom();
        var database = DB.get();
        var vault = new Vault(MasterKey.open(folder.resolve("master.key"), random), random);
        var contract = Contract.load();
        var endpoints = new Endpoints();
        for (var operation : contract.operations().values()) {
            Endpoints.Handler handler =
                    switch (operation.id()) {
                        case "createSignIn" -> HubServerTest::signIn;
                        case "showHub" ->
                                call ->
                                        new Answer.Live(s -> {
                                            stream.set(s);
                                            while (s.await()) {
                                                Thread.onSpinWait();
                                            }
                                        });
                        default -> call -> Answer.ok(Map.of("operation", operation.id()));
                    };
            if (operation.needs().equals("nobody")) {
                endpoints.open(operation.id(), handler);
            } else {
                endpoints.needs(
                        Act.parse(operation.needs()).orElseThrow(), operation.id(), handler);
            }
        }
        var api =
                new Api(
                        contract,
                        endpoints,
                        new Authenticate(database, Clock.systemUTC()),
                        new Decide(database),
                        new Idempotency(database, vault),
                        database,
                        random);
        var certificates =
                ServedCertificates.start(HubConfig.local(folder, 0), Clock.systemUTC(), random);
        closing.add(certificates);
        var server =
                HubServer.start(
                        vertx,
                        config,
                        certificates,
                        new HubServer.Parts(
                                api,
                                new HubInfo(
                                        "localhost", "1.2.3", "abcdef", "https://localhost", null),
                                link,
                                folder.resolve("web"),
                                io.vertx.ext.web.Router.router(vertx),
                                new SimpleMeterRegistry()));
        closing.add(server);
        return server;
    }

    private static Answer signIn(Call call) {
        return switch (call.body(SignIn.class).user()) {
            case "fail" -> throw new IllegalStateException("inner secret");
            case "wait" ->
                    throw Rejected.later(
                            Rejected.Code.TOO_MANY_ATTEMPTS,
                            "Too many tries.",
                            "Wait.",
                            java.time.Duration.ofSeconds(7));
            default -> Answer.created(Map.of("user", call.address()));
        };
    }

    record SignIn(String user, String password) {}

    private BufferedReader stream(HubServer server) throws Exception {
        var answer =
                client.send(
                        HttpRequest.newBuilder(uri(server, "/api/v1/hub")).build(),
                        BodyHandlers.ofInputStream());
        assertThat(answer.headers().firstValue("Content-Type")).contains("text/event-stream");
        return new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
    }

    private static EventStream await(AtomicReference<@Nullable EventStream> holder) {
        org.awaitility.Awaitility.await().until(() -> holder.get() != null);
        return java.util.Objects.requireNonNull(holder.get());
    }

    private static String from(String address, HubServer server) throws Exception {
        try (var socket =
                new Socket(
                        InetAddress.ofLiteral("127.0.0.1"),
                        server.port(),
                        InetAddress.ofLiteral(address),
                        0)) {
            return talk(socket, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        }
    }

    private static String raw(HubServer server, String text) throws Exception {
        try (var socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), server.port())) {
            return talk(socket, text);
        }
    }

    private static String talk(Socket socket, String text) {
        try {
            socket.setSoTimeout(30_000);
            OutputStream out = socket.getOutputStream();
            out.write(text.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
            var in = socket.getInputStream();
            var all = new StringBuilder();
            byte[] some = new byte[8_192];
            for (int n = in.read(some); n > 0; n = in.read(some)) {
                all.append(new String(some, 0, n, StandardCharsets.UTF_8));
            }
            return all.toString();
        } catch (java.io.IOException e) {
            return "";
        }
    }

    private static URI uri(HubServer server, String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }

    private HttpResponse<String> get(HubServer server, String path) throws Exception {
        return send(server, "GET", path, null);
    }

    private HttpResponse<String> get(HubServer server, String path, String header, String value)
            throws Exception {
        return client.send(
                HttpRequest.newBuilder(uri(server, path)).header(header, value).build(),
                BodyHandlers.ofString());
    }

    private HttpResponse<String> send(
            HubServer server, String method, String path, @Nullable String body) throws Exception {
        var request =
                path.matches(".*(%zz|\\.\\.|//).*")
                        ? null
                        : HttpRequest.newBuilder(uri(server, path));
        if (request == null) {
            return rawResponse(
                    raw(
                            server,
                            method
                                    + " "
                                    + path
                                    + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
        }
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        return client.send(
                request.method(
                                method,
                                body == null
                                        ? HttpRequest.BodyPublishers.noBody()
                                        : HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    /// Paths that the JDK's client would not send.
    private static HttpResponse<String> rawResponse(String text) {
        return new RawResponse(text);
    }

    private static JsonNode problem(HttpResponse<String> answer) {
        return Json.parse(answer.body().getBytes(StandardCharsets.UTF_8));
    }

    private static void assertProblem(HttpResponse<String> answer, String code) {
        assertThat(answer.headers().firstValue("Content-Type"))
                .contains("application/problem+json");
        var problem = problem(answer);
        assertThat(problem.path("code").asString()).as(answer.body()).isEqualTo(code);
        assertThat(problem.path("status").asInt()).isEqualTo(answer.statusCode());
        var schema = Contract.load();
        assertThat(
                        new SchemaCheck(schema)
                                .check(
                                        schema.source().at("/components/schemas/Problem"),
                                        problem,
                                        "problem"))
                .isEmpty();
    }

    private static void assertInvalid(HttpResponse<String> answer, String field) {
        assertProblem(answer, "invalid-request");
        assertThat(problem(answer).path("errors").get(0).path("field").asString()).isEqualTo(field);
    }
}
