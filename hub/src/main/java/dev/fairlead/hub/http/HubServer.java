package dev.fairlead.hub.http;

import dev.fairlead.hub.HubConfig;
import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.tls.ServedCertificates;
import dev.fairlead.hub.tls.TlsEngine;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.Router;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one port. A request to `/link` is handed to the link untouched; the others are read whole,
/// with limits, and answered on a virtual thread.
public final class HubServer implements AutoCloseable {

    /// Where agents and clients upgrade to a link.
    public static final String LINK_PATH = "/link";

    /// Where a page of the console shows a terminal.
    public static final String TERMINAL_PATH = "/terminal";

    /// The paths where passwords are tried.
    private static final Set<String> SIGN_INS =
            Set.of("/api/v1/sign-ins", "/api/v1/sign-ins/browser");

    static final int MAX_BODY = 1024 * 1024;
    private static final int MAX_THROWN_AWAY = 16 * MAX_BODY;
    static final int MAX_HEADERS = 16 * 1024;
    static final int MAX_LINE = 8 * 1024;
    private static final int MAX_WEBSOCKET = 64 * 1024;
    private static final int MAX_QUERY_PARAMETERS = 32;
    private static final int IDLE_SECONDS = 60;
    private static final long BODY_MILLIS = 30_000;
    private static final long QUEUE_MILLIS = 1_000;
    private static final long LAST_MOMENT_MILLIS = 2_000;
    private static final long RENEW_TICKETS_MILLIS = 3_600_000;

    private static final Logger log = LoggerFactory.getLogger(HubServer.class);

    private static final Rejected NOTHING_HERE =
            Rejected.of(Rejected.Code.NOT_FOUND, "There is nothing at this path.");

    private final Vertx vertx;
    private final HubConfig config;
    private final Parts parts;
    private final Connections connections;
    private final ClientAddress clientAddress;
    private final SecurityHeaders headers;
    private final ConsoleFiles console;
    private final Semaphore working;
    private final Semaphore signingIn;
    private final AtomicInteger liveStreams = new AtomicInteger();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer server;

    /// What it serves.
    ///
    /// @param link takes over requests to `/link`, on their event loop, with nothing read or
    ///   written
    /// @param terminal answers requests to `/terminal`, on their event loop
    /// @param console the folder of the built console; null or missing where there is none
    /// @param files answers all other paths, such as that of the agent's package
    public record Parts(
            Api api,
            HubInfo info,
            Handler<HttpServerRequest> link,
            Handler<HttpServerRequest> terminal,
            @Nullable Path console,
            Router files,
            MeterRegistry meters) {}

    private HubServer(
            Vertx vertx, HubConfig config, @Nullable ServedCertificates certificates, Parts parts) {
        this.vertx = vertx;
        this.config = config;
        this.parts = parts;
        this.clientAddress = new ClientAddress(config.trustedProxies());
        this.connections =
                new Connections(vertx, config.limits().connections(), clientAddress::mayConnect);
        this.headers = new SecurityHeaders(config.names().getFirst());
        this.console = new ConsoleFiles(parts.console(), new StartPage(parts.info()));
        this.working = new Semaphore(config.limits().requests());
        this.signingIn = new Semaphore(config.limits().requests());
        parts.files()
                .errorHandler(404, context -> refuse(context.request(), NOTHING_HERE))
                .errorHandler(405, context -> refuse(context.request(), NOTHING_HERE))
                .errorHandler(
                        500,
                        context -> {
                            log.error("{} failed", context.request().path(), context.failure());
                            refuse(
                                    context.request(),
                                    Rejected.of(
                                            Rejected.Code.UNAVAILABLE,
                                            "This file cannot be read just now."));
                        });
        this.server = listen(certificates);
        Gauge.builder("fairlead.http.connections", connections, Connections::count)
                .description("Open connections of the one port, links included")
                .register(parts.meters());
        Gauge.builder("fairlead.http.event.streams", liveStreams, AtomicInteger::get)
                .description("Open streams of live events")
                .register(parts.meters());
    }

    /// Binds and serves; blocks until it does.
    ///
    /// @throws dev.fairlead.hub.ConfigException where the address or port cannot be had
    public static HubServer start(
            Vertx vertx, HubConfig config, ServedCertificates certificates, Parts parts) {
        return new HubServer(vertx, config, config.behindProxy() ? null : certificates, parts);
    }

    /// The port that it is bound to.
    public int port() {
        return server.actualPort();
    }

    private HttpServer listen(@Nullable ServedCertificates certificates) {
        var options =
                new HttpServerOptions()
                        .setHost(config.listen().address())
                        .setPort(config.listen().port())
                        .setIdleTimeout(IDLE_SECONDS)
                        .setMaxHeaderSize(MAX_HEADERS)
                        .setMaxInitialLineLength(MAX_LINE)
                        .setHandle100ContinueAutomatically(true)
                        .setTcpKeepAlive(true)
                        .setMaxWebSocketFrameSize(MAX_WEBSOCKET)
                        .setMaxWebSocketMessageSize(MAX_WEBSOCKET)
                        .setPerMessageWebSocketCompressionSupported(false)
                        .setPerFrameWebSocketCompressionSupported(false)
                        .setHttp2ClearTextEnabled(false)
                        .setAlpnVersions(List.of(HttpVersion.HTTP_1_1));
        HttpServer http;
        if (certificates == null) {
            http = vertx.createHttpServer(options);
        } else {
            var engine =
                    new TlsEngine(
                            certificates,
                            config.data().resolve("keys/tickets"),
                            // The gate before TLS has the real limits.
                            SlowAccept.longestSeconds(config.limits().handshakeSeconds()));
            var tls = engine.options();
            options.setSsl(true).setSslEngineOptions(engine);
            options.setKeyCertOptions(tls.getKeyCertOptions());
            options.setEnabledSecureTransportProtocols(tls.getEnabledSecureTransportProtocols());
            options.setSslHandshakeTimeout(tls.getSslHandshakeTimeout());
            http = vertx.createHttpServer(options);
            certificates.onChange(() ->
                    http.updateSSLOptions(engine.options(), true)
                            .onFailure(e -> log.error("Certificates not renewed", e)));
            vertx.setPeriodic(RENEW_TICKETS_MILLIS, _ -> threads.execute(engine::renewTickets));
            log.info("TLS by {}", engine.name());
        }
        http.connectionHandler(connections::opened);
        http.requestHandler(this::handle);
        http.invalidRequestHandler(this::invalid);
        http.exceptionHandler(e -> log.debug("A connection failed", e));
        return Listening.await(http, "listen", config.listen().address(), config.listen().port());
    }

    private void handle(HttpServerRequest request) {
        connections.asked(request.connection());
        String path = request.path();
        if (LINK_PATH.equals(path) && "websocket".equalsIgnoreCase(request.getHeader("Upgrade"))) {
            parts.link().handle(request);
            return;
        }
        if (TERMINAL_PATH.equals(path)
                && "websocket".equalsIgnoreCase(request.getHeader("Upgrade"))) {
            parts.terminal().handle(request);
            return;
        }
        var connection = request.connection();
        request.response().endHandler(v -> connections.answered(connection));
        headers.add(request.response());
        if (path == null || !path.startsWith("/")) {
            refuse(request, Rejected.invalid("The request names no path."));
        } else if (path.startsWith(Api.PREFIX)) {
            read(request, path);
        } else if (path.equals(LINK_PATH) || path.equals(TERMINAL_PATH)) {
            refuse(
                    request,
                    Rejected.of(
                            Rejected.Code.INVALID_REQUEST,
                            path.equals(LINK_PATH)
                                    ? "This path is for agents and the command line, by WebSocket."
                                    : "This path is for terminals of the console, by WebSocket."));
        } else if (console.takes(request, path)) {
            console(request, path);
        } else {
            parts.files().handle(request);
        }
    }

    private void console(HttpServerRequest request, String path) {
        switch (request.method().name()) {
            case "GET", "HEAD" -> {
                var context = vertx.getOrCreateContext();
                threads.execute(() -> {
                    var answer = console.answer(request, path);
                    context.runOnContext(v -> answer.send(request.response()));
                });
            }
            default ->
                    refuse(
                            request,
                            Rejected.of(
                                    Rejected.Code.METHOD_NOT_ALLOWED, "This page is only read."));
        }
    }

    /// Collects the body within size and time, then works on a virtual thread. One that is too
    /// large is read to its end and thrown away, within reason: who is still sending hears no
    /// answer.
    private void read(HttpServerRequest request, String path) {
        var body = Buffer.buffer();
        var context = vertx.getOrCreateContext();
        long[] size = new long[1];
        long timer = vertx.setTimer(BODY_MILLIS, id -> request.connection().close());
        request.exceptionHandler(e -> vertx.cancelTimer(timer));
        request.handler(chunk -> {
            size[0] += chunk.length();
            if (size[0] <= MAX_BODY) {
                body.appendBuffer(chunk);
            } else if (size[0] > MAX_THROWN_AWAY) {
                request.connection().close();
            }
        });
        request.endHandler(v -> {
            vertx.cancelTimer(timer);
            if (size[0] > MAX_BODY) {
                refuse(
                        request,
                        Rejected.of(
                                Rejected.Code.TOO_LARGE,
                                "The body is larger than " + MAX_BODY / 1024 + " KiB."));
            } else {
                long began = System.nanoTime();
                threads.execute(() -> work(context, request, path, body.getBytes(), began));
            }
        });
    }

    private void work(
            Context context, HttpServerRequest request, String path, byte[] body, long began) {
        String operation = "none";
        Answer answer;
        // Whoever tries passwords waits, and must not take the places of those who are signed in.
        var places = SIGN_INS.contains(path) ? signingIn : working;
        try {
            if (!places.tryAcquire(QUEUE_MILLIS, TimeUnit.MILLISECONDS)) {
                answer =
                        new Answer.Refused(
                                Problem.of(
                                        Rejected.of(
                                                Rejected.Code.UNAVAILABLE,
                                                "The hub has too many requests to work on.",
                                                "Try again in a moment.")),
                                Map.of("Retry-After", "1"));
            } else {
                try {
                    var answered = parts.api().answer(toRequest(request, path, body));
                    operation = answered.operation();
                    answer = answered.answer();
                } finally {
                    places.release();
                }
            }
        } catch (Rejected rejected) {
            answer = new Answer.Refused(Problem.of(rejected), Map.of());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        send(context, request, operation, answer, began);
    }

    private Request toRequest(HttpServerRequest request, String path, byte[] body) {
        var found = new HashMap<String, String>();
        request.headers()
                .forEach((name, value) -> found.putIfAbsent(name.toLowerCase(Locale.ROOT), value));
        Map<String, List<String>> query;
        try {
            query =
                    QueryStringDecoder.builder()
                            .maxParams(MAX_QUERY_PARAMETERS)
                            .charset(StandardCharsets.UTF_8)
                            .build(request.uri())
                            .parameters();
        } catch (IllegalArgumentException e) {
            throw Rejected.invalid("The request was not understood: its query is malformed.");
        }
        return new Request(request.method().name(), path, query, found, body, addressOf(request));
    }

    /// Where this request comes from; for the link too.
    public String addressOf(HttpServerRequest request) {
        return clientAddress.of(
                address(request.remoteAddress()),
                String.join(",", request.headers().getAll("X-Forwarded-For")) instanceof String all
                                && !all.isEmpty()
                        ? all
                        : null);
    }

    private void send(
            Context context,
            HttpServerRequest request,
            String operation,
            Answer answer,
            long began) {
        int status = status(answer);
        Timer.builder("fairlead.http.requests")
                .description("Requests of the API, by operation and status")
                .tag("operation", operation)
                .tag("status", Integer.toString(status))
                .register(parts.meters())
                .record(System.nanoTime() - began, TimeUnit.NANOSECONDS);
        String cookie = answer instanceof Answer.WithCookie with ? with.cookie() : null;
        var sent = answer instanceof Answer.WithCookie with ? with.answer() : answer;
        byte[] bytes = sent instanceof Answer.Value value ? Json.bytes(value.value()) : null;
        context.runOnContext(v -> {
            var response = request.response();
            if (response.ended() || response.closed()) {
                return;
            }
            response.setStatusCode(status);
            if (cookie != null) {
                response.putHeader("Set-Cookie", cookie);
            }
            switch (sent) {
                case Answer.Value value ->
                        response.putHeader("Content-Type", "application/json")
                                .end(Buffer.buffer(bytes));
                case Answer.Done() -> response.end();
                case Answer.Refused(var problem, var more) -> {
                    more.forEach(response::putHeader);
                    problem(request, problem);
                }
                case Answer.Live(var source) -> live(context, request, source);
                case Answer.WithCookie _ ->
                        throw new IllegalStateException("a cookie within a cookie");
            }
        });
    }

    private static int status(Answer answer) {
        return switch (answer) {
            case Answer.Value value -> value.status();
            case Answer.Done() -> 204;
            case Answer.Live _ -> 200;
            case Answer.Refused refused -> refused.problem().status();
            case Answer.WithCookie with -> status(with.answer());
        };
    }

    private void live(
            Context context,
            HttpServerRequest request,
            java.util.function.Consumer<EventStream> source) {
        if (liveStreams.incrementAndGet() > config.limits().eventStreams()) {
            liveStreams.decrementAndGet();
            refuse(
                    request,
                    Rejected.of(
                            Rejected.Code.LIMIT_REACHED,
                            "This hub has as many streams of events as it may.",
                            "Close one, or have the administrator raise limits.event-streams."));
            return;
        }
        request.response()
                .putHeader("Content-Type", "text/event-stream")
                .putHeader("Connection", "close");
        var stream = new EventStream(context, request.response(), request.connection());
        stream.onClose(liveStreams::decrementAndGet);
        stream.open();
        threads.execute(() -> {
            try {
                source.accept(stream);
                stream.close();
            } catch (Rejected rejected) {
                stream.cut(rejected);
            } catch (RuntimeException e) {
                log.error("A stream of events failed", e);
                stream.cut(
                        Rejected.of(
                                Rejected.Code.INTERNAL, "The hub failed while it sent events."));
            }
        });
    }

    private void invalid(HttpServerRequest request) {
        headers.add(request.response());
        request.response().putHeader("Connection", "close");
        var cause = request.decoderResult().cause();
        Rejected rejected =
                switch (cause) {
                    case TooLongHttpHeaderException e ->
                            Rejected.of(
                                    Rejected.Code.TOO_LARGE,
                                    "The headers are larger than " + MAX_HEADERS / 1024 + " KiB.");
                    case TooLongHttpLineException e ->
                            Rejected.of(
                                    Rejected.Code.TOO_LARGE,
                                    "The request line is longer than " + MAX_LINE / 1024 + " KiB.");
                    case null, default -> Rejected.invalid("This is not HTTP.");
                };
        refuse(request, rejected);
    }

    private static void refuse(HttpServerRequest request, Rejected rejected) {
        problem(request, Problem.of(rejected));
    }

    private static void problem(HttpServerRequest request, Problem problem) {
        request.response()
                .setStatusCode(problem.status())
                .putHeader("Content-Type", Problem.MEDIA_TYPE)
                .end(Buffer.buffer(Json.bytes(problem)));
    }

    static InetAddress address(SocketAddress socket) {
        return InetAddress.ofLiteral(socket.hostAddress());
    }

    /// Gives what is being worked on a moment, then ends all connections.
    @Override
    public void close() {
        try {
            boolean ignored =
                    working.tryAcquire(
                            config.limits().requests(), LAST_MOMENT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        server.close().toCompletionStage().toCompletableFuture().join();
        threads.shutdownNow();
    }
}
