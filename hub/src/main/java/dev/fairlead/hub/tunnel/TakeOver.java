package dev.fairlead.hub.tunnel;

import dev.fairlead.link.ws.WebSocketFrames;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.internal.net.NetSocketInternal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Takes a connection away from the HTTP server: answers the WebSocket upgrade of RFC 6455 section
/// 4 and puts the link's own frame codec where the HTTP codec was. From then on Vert.x sees nothing
/// of it.
///
/// The server swallows what a client sends before the answer has left, so a client of a link waits
/// for it (`docs/protocol.md`, section WebSocket).
final class TakeOver {

    /// The subprotocol that a link asks for.
    static final String PROTOCOL = "fairlead.1";

    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /// Vert.x' name for its idle time-out.
    private static final String IDLE = "idle";

    private static final int UPGRADE_REQUIRED = 426;
    private static final int BAD_REQUEST = 400;

    private TakeOver() {}

    /// What is wrong with a request to `/link`, as status and sentence.
    record Wrong(int status, String sentence) {}

    /// Why this request cannot become a link; null where it can.
    static @Nullable Wrong check(HttpServerRequest request) {
        if (request.version() != HttpVersion.HTTP_1_1 || !HttpMethod.GET.equals(request.method())) {
            return new Wrong(
                    BAD_REQUEST, "a link begins with a WebSocket upgrade by GET in HTTP/1.1");
        }
        if (!names(request.getHeader(HttpHeaders.UPGRADE), "websocket")
                || !names(request.getHeader(HttpHeaders.CONNECTION), "upgrade")) {
            return new Wrong(
                    UPGRADE_REQUIRED,
                    "this address is for links of agents and clients: upgrade to websocket");
        }
        if (!"13".equals(request.getHeader("Sec-WebSocket-Version"))) {
            return new Wrong(UPGRADE_REQUIRED, "only version 13 of WebSocket is spoken here");
        }
        if (!names(request.getHeader("Sec-WebSocket-Protocol"), PROTOCOL)) {
            return new Wrong(BAD_REQUEST, "a link asks for the subprotocol " + PROTOCOL);
        }
        if (!isNonce(request.getHeader("Sec-WebSocket-Key"))) {
            return new Wrong(BAD_REQUEST, "Sec-WebSocket-Key is not the base64 of 16 bytes");
        }
        return null;
    }

    /// Upgrades a request that [#check] found right. Completes on the connection's event loop, with
    /// the channel whose last handlers are the frame codec and `next`.
    static Future<Channel> upgrade(HttpServerRequest request, ChannelHandler next) {
        request.response()
                .putHeader(HttpHeaders.UPGRADE, "websocket")
                .putHeader(HttpHeaders.CONNECTION, "Upgrade")
                .putHeader(
                        "Sec-WebSocket-Accept",
                        accept(Objects.requireNonNull(request.getHeader("Sec-WebSocket-Key"))))
                .putHeader("Sec-WebSocket-Protocol", PROTOCOL);
        return request.toNetSocket()
                .compose(socket -> {
                    var taken = Promise.<Channel>promise();
                    var context = ((NetSocketInternal) socket).channelHandlerContext();
                    // After this event: the HTTP decoder still hands on the request's empty end.
                    context.channel()
                            .eventLoop()
                            .execute(() -> taken.complete(swap(context, next)));
                    return taken.future();
                });
    }

    private static Channel swap(ChannelHandlerContext context, ChannelHandler next) {
        var channel = context.channel();
        channel.pipeline().remove(context.handler());
        if (channel.pipeline().get(IDLE) != null) {
            // A link looks after its own liveness.
            channel.pipeline().remove(IDLE);
        }
        channel.pipeline().addLast("websocket", new WebSocketFrames(WebSocketFrames.Role.SERVER));
        channel.pipeline().addLast("handshake", next);
        // Vert.x stops reading for a socket that nobody reads from yet.
        channel.config().setAutoRead(true);
        return channel;
    }

    private static boolean names(@Nullable String header, String token) {
        return header != null
                && Arrays.stream(header.split(","))
                        .anyMatch(part -> part.strip().toLowerCase(Locale.ROOT).equals(token));
    }

    private static boolean isNonce(@Nullable String key) {
        try {
            return key != null && Base64.getDecoder().decode(key.strip()).length == 16;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    static String accept(String key) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-1")
                            .digest((key.strip() + GUID).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }
}
