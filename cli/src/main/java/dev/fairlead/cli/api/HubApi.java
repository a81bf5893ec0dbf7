package dev.fairlead.cli.api;

import dev.fairlead.cli.CliException;
import dev.fairlead.cli.Exit;
import dev.fairlead.link.dial.SeenCertificates;
import dev.fairlead.link.dial.TlsTrust;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/// The hub's REST API, one call at a time. Every failure is a [CliException] that a person can
/// read; a write carries an `Idempotency-Key`, so that its one repeat after a lost answer is safe.
public final class HubApi implements AutoCloseable {

    private static final Duration TO_CONNECT = Duration.ofSeconds(10);
    private static final Duration TO_ANSWER = Duration.ofSeconds(60);
    private static final int PAGE = 500;

    /// Bytes of one answer: far more than a page of anything has.
    private static final int LONGEST_ANSWER = 32 << 20;

    /// Items of a list that is asked for as a whole.
    private static final int LONGEST_LIST = 200_000;

    private final HttpClient http;
    private final URI hub;
    private final @Nullable String token;
    private final Failures failures;
    private final JsonMapper mapper = JsonMapper.shared();

    /// @param hub `https://HOST[:PORT]`
    /// @param ca PEM file of the only CA that counts, or null for the system's roots
    /// @param token of a sign-in or an API token, or null before there is one
    public HubApi(
            URI hub, @Nullable Path ca, @Nullable String token, OutboundProxy proxy, Clock clock) {
        this(
                hub,
                SeenCertificates.of(new TlsTrust.Verified(HubCa.anchors(ca))),
                token,
                proxy,
                clock);
    }

    private HubApi(
            URI hub,
            SeenCertificates seen,
            @Nullable String token,
            OutboundProxy proxy,
            Clock clock) {
        this(
                hub,
                token,
                proxy.apply(
                                HttpClient.newBuilder()
                                        .version(HttpClient.Version.HTTP_1_1)
                                        .connectTimeout(TO_CONNECT)
                                        .sslContext(tls(seen)),
                                hub)
                        .build(),
                new Failures(hub, clock, seen::chain));
    }

    HubApi(URI hub, @Nullable String token, HttpClient http, Clock clock) {
        this(hub, token, http, new Failures(hub, clock, List::of));
    }

    private HubApi(URI hub, @Nullable String token, HttpClient http, Failures failures) {
        this.hub = hub;
        this.token = token;
        this.http = http;
        this.failures = failures;
    }

    private static SSLContext tls(SeenCertificates judge) {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {judge}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("TLS does not work in this Java", e);
        }
    }

    /// The path of the API from its parts below `/api/v1`, each percent-encoded.
    public static String path(String... parts) {
        var path = new StringBuilder("/api/v1");
        for (String part : parts) {
            path.append('/').append(Query.encode(part));
        }
        return path.toString();
    }

    public JsonNode get(String path, Query query) {
        return exchange("GET", path + query, null);
    }

    public JsonNode get(String path) {
        return get(path, Query.NONE);
    }

    /// All items of a list, page by page.
    ///
    /// @param limit at most so many
    public List<JsonNode> list(String path, Query query, int limit) {
        var items = new ArrayList<JsonNode>();
        String cursor = null;
        do {
            var page =
                    get(
                            path,
                            query.and("limit", Math.min(PAGE, limit - items.size()))
                                    .and("cursor", cursor));
            var more = page.path("items").values();
            items.addAll(more);
            cursor = page.path("next").isNull() ? null : page.path("next").asString("");
            if (cursor != null && !cursor.isEmpty() && more.isEmpty()) {
                throw failures.endless("an empty page of a list, and that more follows");
            }
            if (items.size() > LONGEST_LIST) {
                throw failures.endless("a list of more than " + LONGEST_LIST + " items");
            }
        } while (cursor != null && !cursor.isEmpty() && items.size() < limit);
        return items;
    }

    public List<JsonNode> list(String path, Query query) {
        return list(path, query, Integer.MAX_VALUE);
    }

    public JsonNode post(String path, Map<String, ?> body) {
        return exchange("POST", path, body);
    }

    public JsonNode put(String path, Map<String, ?> body) {
        return exchange("PUT", path, body);
    }

    public JsonNode patch(String path, Map<String, ?> body) {
        return exchange("PATCH", path, body);
    }

    public JsonNode delete(String path) {
        return exchange("DELETE", path, null);
    }

    /// A POST that has no body by the contract.
    public JsonNode post(String path) {
        return exchange("POST", path, null);
    }

    /// Follows a stream of events from now, or from after the given event.
    public EventStream follow(String path, Query query) {
        return new EventStream(this, path + query);
    }

    private JsonNode exchange(String method, String path, @Nullable Map<String, ?> body) {
        var request =
                request(path)
                        .timeout(TO_ANSWER)
                        .header("Accept", "application/json, application/problem+json");
        if (!method.equals("GET")) {
            request.header("Idempotency-Key", UUID.randomUUID().toString());
        }
        if (body == null) {
            request.method(method, HttpRequest.BodyPublishers.noBody());
        } else {
            request.header("Content-Type", "application/json");
            request.method(
                    method, HttpRequest.BodyPublishers.ofByteArray(mapper.writeValueAsBytes(body)));
        }
        var response = send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        return read(response.statusCode(), contentType(response), whole(response));
    }

    private byte[] whole(HttpResponse<InputStream> response) {
        try (var body = response.body()) {
            if (body == null) { // What a proxy answers in the hub's place.
                return new byte[0];
            }
            byte[] read = body.readNBytes(LONGEST_ANSWER + 1);
            if (read.length > LONGEST_ANSWER) {
                throw failures.endless("more than " + (LONGEST_ANSWER >> 20) + " MiB");
            }
            return read;
        } catch (IOException e) {
            throw failures.of(e);
        }
    }

    HttpRequest.Builder request(String path) {
        var request =
                HttpRequest.newBuilder(hub.resolve(path)).header("User-Agent", "fairlead-cli");
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return request;
    }

    /// Sends, and once more where the connection broke after it stood: the hub may have restarted,
    /// and a write's key makes the repeat safe.
    private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
        try {
            try {
                return http.send(request, handler);
            } catch (ConnectException
                    | javax.net.ssl.SSLException
                    | java.net.http.HttpTimeoutException e) {
                throw e;
            } catch (IOException e) {
                return http.send(request, handler);
            }
        } catch (IOException e) {
            throw failures.of(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CliException(Exit.FAILED, "Interrupted.");
        }
    }

    /// Opens a stream of events.
    ///
    /// @throws CliException with [Exit#UNREACHABLE] where a later try may work
    InputStream open(HttpRequest request) {
        var response = send(request, HttpResponse.BodyHandlers.ofInputStream());
        if (response.statusCode() == 200 && contentType(response).startsWith("text/event-stream")) {
            return response.body();
        }
        try (var body = response.body()) {
            read(response.statusCode(), contentType(response), body.readNBytes(65_536));
        } catch (IOException e) {
            throw failures.of(e);
        }
        throw failures.notAHub(response.statusCode(), contentType(response));
    }

    private JsonNode read(int status, String type, byte[] body) {
        if (status == 204) {
            return MissingNode.getInstance();
        }
        if (status == 407) {
            throw failures.proxyWantsPassword();
        }
        if (!type.startsWith("application/json") && !type.startsWith("application/problem+json")) {
            throw failures.notAHub(status, type);
        }
        try {
            var json = mapper.readTree(body);
            if (status >= 200 && status < 300) {
                return json;
            }
            throw Problem.of(status, json);
        } catch (JacksonException e) {
            throw failures.notAHub(status, type);
        }
    }

    private static String contentType(HttpResponse<?> response) {
        return response.headers().firstValue("Content-Type").orElse("no type");
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
