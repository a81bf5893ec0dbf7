package dev.fairlead.hub.http;

import dev.fairlead.hub.HubConfig;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;

/// Sends browsers that came by plain HTTP to https: always to the configured name, whatever they
/// asked for, so that nobody can make this hub point elsewhere.
public final class Redirect implements AutoCloseable {

    private final HttpServer server;

    private Redirect(HttpServer server) {
        this.server = server;
    }

    /// @param target the hub's address
    /// @throws dev.fairlead.hub.ConfigException where the address or port cannot be had
    public static Redirect start(Vertx vertx, HubConfig.Redirect config, URI target) {
        var options =
                new HttpServerOptions()
                        .setHost(config.address())
                        .setPort(config.port())
                        .setIdleTimeout(10)
                        .setMaxHeaderSize(HubServer.MAX_HEADERS)
                        .setMaxInitialLineLength(HubServer.MAX_LINE)
                        .setHttp2ClearTextEnabled(false);
        var server =
                vertx.createHttpServer(options)
                        .requestHandler(request -> redirect(request, target));
        return new Redirect(Listening.await(server, "redirect", config.address(), config.port()));
    }

    public int port() {
        return server.actualPort();
    }

    private static void redirect(HttpServerRequest request, URI target) {
        String uri = request.uri();
        boolean plain =
                uri != null
                        && uri.startsWith("/")
                        && !uri.startsWith("//")
                        && uri.chars().allMatch(c -> c > 0x20 && c < 0x7f && c != '\\');
        request.response()
                .setStatusCode(308)
                .putHeader("Location", target + (plain ? uri : "/"))
                .putHeader("Connection", "close")
                .end();
    }

    @Override
    public void close() {
        server.close().toCompletionStage().toCompletableFuture().join();
    }
}
