package dev.fairlead.link.dial;

import dev.fairlead.link.handshake.DialerHandshake;
import dev.fairlead.link.ws.WebSocketFrames;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DateFormatter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshaker13;
import io.netty.handler.codec.http.websocketx.WebSocketHandshakeException;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import io.netty.util.ReferenceCountUtil;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Asks for the WebSocket of a link, and at the 101 puts our own frame codec and the handshake in
/// the place of HTTP, in one go: whatever the hub sent behind the 101 is not lost.
final class Upgrade extends Step<Boolean> {

    static final String PATH = "/link";
    static final String PROTOCOL = "fairlead.1";

    /// What a server says to a request from which a proxy has taken the upgrade out, and what
    /// proxies say that know no upgrades.
    private static final Set<Integer> WITHOUT_UPGRADE = Set.of(400, 426, 501, 502);

    private final DialRequest request;
    private final DialerHandshake next;
    private final Rfc6455 rfc6455;
    private @Nullable HttpClientCodec codec;
    private boolean switched;

    private Upgrade(DialRequest request, DialerHandshake next) {
        this.request = request;
        this.next = next;
        this.rfc6455 = new Rfc6455(URI.create("wss://" + request.hostAndPort() + PATH));
    }

    /// Begins; when it is done, the handshake is under way.
    static Upgrade start(Channel channel, DialRequest request, DialerHandshake next) {
        var step = new Upgrade(request, next);
        channel.eventLoop().execute(() -> step.begin(channel));
        return step;
    }

    private void begin(Channel channel) {
        if (!channel.isActive()) {
            // Its pipeline may have been taken down.
            done.completeExceptionally(lost("it had ended already"));
            return;
        }
        codec = new HttpClientCodec();
        channel.pipeline().addLast(codec, this);
        channel.pipeline().remove(QuietErrors.class);
        if (!done.isDone()) {
            channel.writeAndFlush(rfc6455.newHandshakeRequest());
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            if (message instanceof HttpObject part && part.decoderResult().isFailure()) {
                fail(ctx, notAHub("what it answers is not HTTP"));
                return;
            }
            if (message instanceof HttpResponse response) {
                int status = response.status().code();
                switched = status == 101;
                if (status < 200 && !switched) {
                    return; // An interim answer (RFC 9110 section 15.2) means nothing yet.
                }
                var failure = switched ? broken(response) : refused(response);
                if (failure != null) {
                    fail(ctx, failure);
                    return;
                }
            }
            if (switched && message instanceof LastHttpContent) {
                swap(ctx);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void swap(ChannelHandlerContext ctx) {
        var pipeline = ctx.pipeline();
        var http = codec;
        if (http == null) {
            throw new IllegalStateException("the upgrade was not asked for");
        }
        // The encoder goes first, because the handshake speaks as soon as it is added; the decoder
        // last, because it then hands on what it has read beyond the 101.
        http.removeOutboundHandler();
        pipeline.remove(this);
        pipeline.addLast("websocket", new WebSocketFrames(WebSocketFrames.Role.CLIENT));
        pipeline.addLast("handshake", next);
        pipeline.remove(http);
        done.complete(true);
    }

    private void fail(ChannelHandlerContext ctx, DialException e) {
        done.completeExceptionally(e);
        ctx.close();
    }

    private @Nullable DialException broken(HttpResponse response) {
        if (!PROTOCOL.equals(response.headers().get(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL))) {
            return notAHub("its WebSocket does not speak " + PROTOCOL);
        }
        var full =
                new DefaultFullHttpResponse(
                        response.protocolVersion(),
                        response.status(),
                        io.netty.buffer.Unpooled.EMPTY_BUFFER,
                        response.headers(),
                        EmptyHttpHeaders.INSTANCE);
        try {
            rfc6455.verify(full);
            return null;
        } catch (WebSocketHandshakeException e) {
            return notAHub(
                    "its WebSocket answer is wrong: " + Text.shown(String.valueOf(e.getMessage())));
        }
    }

    private DialException refused(HttpResponse response) {
        int status = response.status().code();
        if (status == 503 || status == 429) {
            var wait = retryAfter(response.headers().get(HttpHeaderNames.RETRY_AFTER));
            return DialException.busy(
                    "the hub %s takes no links now (%d)%s"
                            .formatted(
                                    request.hostAndPort(),
                                    status,
                                    wait == null
                                            ? ""
                                            : "; it asks to come back in "
                                                    + wait.toSeconds()
                                                    + " s"),
                    wait);
        }
        String type = response.headers().get(HttpHeaderNames.CONTENT_TYPE, "");
        String location = response.headers().get(HttpHeaderNames.LOCATION);
        if (location != null) {
            return notAHub(
                    "it answers %d and sends to %s, perhaps a login page"
                            .formatted(status, Text.shown(location)));
        }
        return notAHub(
                type.startsWith("text/html")
                        ? "it answers %d with a web page, perhaps a login page".formatted(status)
                        : "it answers %d".formatted(status)
                                + (WITHOUT_UPGRADE.contains(status)
                                        ? ", or what is in between does not let WebSockets pass"
                                        : ""));
    }

    static @Nullable Duration retryAfter(@Nullable String value) {
        if (value == null) {
            return null;
        }
        if (value.matches("[0-9]{1,6}")) {
            return Duration.ofSeconds(Math.min(Long.parseLong(value), 86_400));
        }
        var date = DateFormatter.parseHttpDate(value);
        if (date == null) {
            return null;
        }
        var wait = Duration.between(Instant.now(), date.toInstant());
        return wait.isNegative() || wait.toDays() > 0 ? null : wait;
    }

    private DialException notAHub(String why) {
        return new DialException(
                DialFailure.NOT_A_HUB,
                "%s is not a Fairlead hub: %s; check the hub's address"
                        .formatted(request.hostAndPort(), why));
    }

    @Override
    DialException lost(String how) {
        return new DialException(
                DialFailure.CONNECTION_LOST,
                "the connection to %s ended before the link was there: %s"
                        .formatted(request.hostAndPort(), Text.shown(how)));
    }

    /// Netty's own key and check of the answer, without its frame codec.
    private static final class Rfc6455 extends WebSocketClientHandshaker13 {

        Rfc6455(URI uri) {
            super(uri, WebSocketVersion.V13, PROTOCOL, false, new DefaultHttpHeaders(), 65_536);
        }

        @Override
        protected FullHttpRequest newHandshakeRequest() {
            return super.newHandshakeRequest();
        }

        @Override
        protected void verify(FullHttpResponse response) {
            super.verify(response);
        }
    }
}
