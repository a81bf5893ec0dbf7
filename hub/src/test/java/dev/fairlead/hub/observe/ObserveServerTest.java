package dev.fairlead.hub.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.hub.HubConfig;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ObserveServerTest {

    private final Vertx vertx = Vertx.vertx();
    private final HttpClient client = HttpClient.newHttpClient();

    @AfterEach
    void close() throws Exception {
        client.close();
        vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    @Test
    void metricsAndHealthAreServed(@TempDir Path folder) throws Exception {
        var meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        meters.counter("fairlead.test").increment();
        var away = new AtomicBoolean();
        var health =
                new Health()
                        .check(
                                "database",
                                () -> away.get() ? Optional.of("it is away") : Optional.empty())
                        .check("disk", () -> DiskSpace.check(folder));
        try (var server =
                ObserveServer.start(vertx, new HubConfig.Observe("127.0.0.1", 0), meters, health)) {
            assertThat(get(server, "/livez").statusCode()).isEqualTo(200);
            assertThat(get(server, "/metrics").body()).contains("fairlead_test_total 1.0");
            assertThat(get(server, "/readyz").statusCode()).isEqualTo(200);
            away.set(true);
            var not = get(server, "/readyz");
            assertThat(not.statusCode()).isEqualTo(503);
            assertThat(not.body()).contains("it is away");
            assertThat(get(server, "/livez").statusCode()).isEqualTo(200);
            assertThat(get(server, "/api/v1/hub").statusCode()).isEqualTo(404);
        }
    }

    private HttpResponse<String> get(ObserveServer server, String path) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
