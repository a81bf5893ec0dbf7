package dev.fairlead.hub.observe;

import dev.fairlead.hub.HubConfig;
import dev.fairlead.hub.http.Json;
import dev.fairlead.hub.http.Listening;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// `/metrics` for Prometheus, `/livez` (this process answers) and `/readyz` (what it needs works),
/// in plain HTTP on a listener of their own. Nothing here is a secret, and nothing can be changed.
public final class ObserveServer implements AutoCloseable {

    private final PrometheusMeterRegistry meters;
    private final Health health;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer server;

    private ObserveServer(
            Vertx vertx, HubConfig.Observe config, PrometheusMeterRegistry meters, Health health) {
        this.meters = meters;
        this.health = health;
        var options =
                new HttpServerOptions()
                        .setHost(config.address())
                        .setPort(config.port())
                        .setIdleTimeout(60)
                        .setHttp2ClearTextEnabled(false);
        this.server =
                Listening.await(
                        vertx.createHttpServer(options).requestHandler(this::handle),
                        "observe",
                        config.address(),
                        config.port());
    }

    /// @throws dev.fairlead.hub.ConfigException where the address or port cannot be had
    public static ObserveServer start(
            Vertx vertx, HubConfig.Observe config, PrometheusMeterRegistry meters, Health health) {
        return new ObserveServer(vertx, config, meters, health);
    }

    public int port() {
        return server.actualPort();
    }

    private void handle(HttpServerRequest request) {
        switch (String.valueOf(request.path())) {
            case "/livez" -> answer(request, 200, "text/plain; charset=utf-8", "ok\n");
            case "/readyz" -> threads.execute(() -> ready(request));
            case "/metrics" ->
                    threads.execute(() ->
                            answer(
                                    request,
                                    200,
                                    "text/plain; version=0.0.4; charset=utf-8",
                                    meters.scrape()));
            default ->
                    answer(
                            request,
                            404,
                            "text/plain; charset=utf-8",
                            "Here are /metrics, /livez and /readyz.\n");
        }
    }

    private void ready(HttpServerRequest request) {
        Map<String, String> checks = health.now();
        boolean ready = checks.values().stream().allMatch("ok"::equals);
        answer(
                request,
                ready ? 200 : 503,
                "application/json",
                Json.text(Map.of("ready", ready, "checks", checks)) + "\n");
    }

    private static void answer(HttpServerRequest request, int status, String type, String text) {
        var response = request.response();
        if (!response.ended() && !response.closed()) {
            response.setStatusCode(status).putHeader("Content-Type", type).end(text);
        }
    }

    @Override
    public void close() {
        server.close().toCompletionStage().toCompletableFuture().join();
        threads.shutdownNow();
    }
}
