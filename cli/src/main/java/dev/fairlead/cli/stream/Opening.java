package dev.fairlead.cli.stream;

import dev.fairlead.link.Headers;
import org.jspecify.annotations.Nullable;

/// The headers with which a client opens a stream to a node.
public final class Opening {

    private Opening() {}

    /// A shell, by SSH inside the stream.
    ///
    /// @param login null for the node's default
    public static Headers ssh(String tenant, String node, @Nullable String login) {
        return to("ssh", tenant, node, login);
    }

    /// One program.
    ///
    /// @param argv JSON array of strings
    public static Headers exec(String tenant, String node, @Nullable String login, String argv) {
        return to("exec", tenant, node, login).with("argv", argv);
    }

    /// A TCP connection.
    ///
    /// @param target `HOST:PORT` as seen from the node
    public static Headers tcp(String tenant, String node, String target) {
        return to("tcp", tenant, node, null).with("target", target);
    }

    private static Headers to(String kind, String tenant, String node, @Nullable String login) {
        var headers = Headers.of("kind", kind, "tenant", tenant, "node", node);
        return login == null ? headers : headers.with("login", login);
    }
}
