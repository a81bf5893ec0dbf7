package dev.fairlead.hub.http;

import dev.fairlead.hub.ConfigException;
import io.vertx.core.http.HttpServer;
import java.net.BindException;
import java.util.concurrent.CompletionException;

/// Binds a server, or says in words why not.
public final class Listening {

    private Listening() {}

    /// Blocks until the server is bound.
    ///
    /// @param key of the configuration, such as `listen`
    /// @throws ConfigException where the address or port cannot be had
    public static HttpServer await(HttpServer server, String key, String address, int port) {
        try {
            return server.listen().toCompletionStage().toCompletableFuture().join();
        } catch (CompletionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new ConfigException(words(cause, key, address, port));
        }
    }

    private static String words(Throwable cause, String key, String address, int port) {
        String message = String.valueOf(cause.getMessage());
        if (cause instanceof BindException || message.contains("bind")) {
            if (message.contains("in use")) {
                return "Port "
                        + port
                        + " on "
                        + address
                        + " is in use by another program. Stop it (ss -ltnp shows it), or choose"
                        + " another "
                        + key
                        + ".port.";
            }
            if (message.contains("ermission")) {
                return "Port "
                        + port
                        + " needs a privilege: run as root, give the program CAP_NET_BIND_SERVICE,"
                        + " or choose a "
                        + key
                        + ".port of 1024 or more.";
            }
            if (message.contains("assign")) {
                return "The address "
                        + address
                        + " of "
                        + key
                        + ".address is not one of this"
                        + " machine's.";
            }
        }
        return "The hub cannot listen on " + address + " port " + port + ": " + message;
    }
}
