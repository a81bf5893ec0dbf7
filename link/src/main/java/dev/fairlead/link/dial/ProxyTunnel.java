package dev.fairlead.link.dial;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Asks an HTTP proxy for a tunnel to the hub (RFC 9110 section 9.3.6). The name goes as it was
/// given: the proxy resolves it.
final class ProxyTunnel extends Step<Boolean> {

    private final ProxyServer proxy;
    private final String target;
    private final @Nullable String authorization;
    private @Nullable HttpClientCodec codec;
    private boolean open;

    private ProxyTunnel(ProxyServer proxy, String target, @Nullable String authorization) {
        this.proxy = proxy;
        this.target = target;
        this.authorization = authorization;
    }

    /// Begins; when it is done, the channel carries the hub's bytes.
    static ProxyTunnel start(
            Channel channel, ProxyServer proxy, String target, @Nullable String authorization) {
        var step = new ProxyTunnel(proxy, target, authorization);
        channel.eventLoop().execute(() -> step.begin(channel));
        return step;
    }

    private void begin(Channel channel) {
        codec = new HttpClientCodec();
        channel.pipeline().addLast(codec, this);
        if (!done.isDone()) {
            channel.writeAndFlush(request());
        }
    }

    private FullHttpRequest request() {
        var request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.CONNECT, target);
        request.headers().set(HttpHeaderNames.HOST, target);
        if (authorization != null) {
            request.headers().set(HttpHeaderNames.PROXY_AUTHORIZATION, authorization);
        }
        return request;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            if (message instanceof HttpObject part && part.decoderResult().isFailure()) {
                fail(ctx, new DialException(DialFailure.PROXY_FAILED, noProxy()));
                return;
            }
            if (message instanceof HttpResponse response) {
                open = response.status().code() == 200;
                if (!open) {
                    fail(ctx, refused(response));
                }
            }
            if (open && message instanceof LastHttpContent) {
                ctx.pipeline().remove(this);
                if (codec != null) {
                    ctx.pipeline().remove(codec);
                }
                done.complete(true);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void fail(ChannelHandlerContext ctx, DialException e) {
        done.completeExceptionally(e);
        ctx.close();
    }

    private DialException refused(HttpResponse response) {
        int status = response.status().code();
        String location = response.headers().get(HttpHeaderNames.LOCATION);
        return switch (status) {
            // tinyproxy answers a wrong password with 401.
            case 401, 407 ->
                    new DialException(
                            DialFailure.PROXY_AUTHENTICATION,
                            unauthenticated(
                                    status,
                                    response.headers().getAll(HttpHeaderNames.PROXY_AUTHENTICATE)));
            case 403 ->
                    new DialException(
                            DialFailure.PROXY_FORBIDDEN,
                            "the proxy %s does not allow connections to %s (403); ask its operator to allow CONNECT to that host and port"
                                    .formatted(proxy, target));
            case 301, 302, 303, 307, 308, 511 ->
                    new DialException(
                            DialFailure.PROXY_LOGIN_PAGE,
                            "the proxy %s wants somebody to sign in on a web page first (%d%s); sign this machine in there, or ask its operator to let %s pass"
                                    .formatted(
                                            proxy,
                                            status,
                                            location == null ? "" : " to " + Text.shown(location),
                                            target));
            case 500, 502, 503, 504 ->
                    new DialException(
                            DialFailure.PROXY_FAILED,
                            "the proxy %s could not reach %s (%d); check the hub's name and that the proxy may connect to it"
                                    .formatted(proxy, target, status));
            default ->
                    new DialException(
                            DialFailure.PROXY_FAILED,
                            "the proxy %s answered %d when it was asked for a connection to %s; check that it is an HTTP proxy that allows CONNECT"
                                    .formatted(proxy, status, target));
        };
    }

    private String unauthenticated(int status, List<String> offered) {
        boolean basic =
                offered.isEmpty()
                        || offered.stream()
                                .anyMatch(o -> o.toLowerCase(Locale.ROOT).startsWith("basic"));
        if (!basic) {
            return "the proxy %s authenticates only by %s (%d), and only Basic is supported; ask its operator for Basic or for an exception"
                    .formatted(proxy, Text.shown(String.join(", ", offered)), status);
        }
        return proxy.user() == null
                ? "the proxy %s wants a user and a password (%d); give them as http://USER@HOST:PORT with a password file, or http://USER:PASSWORD@HOST:PORT in HTTPS_PROXY"
                        .formatted(proxy, status)
                : "the proxy %s did not accept the password of user %s (%d)"
                        .formatted(proxy, Text.shown(String.valueOf(proxy.user())), status);
    }

    private String noProxy() {
        return "what answers at %s is no HTTP proxy; check its address and port".formatted(proxy);
    }

    @Override
    DialException lost(String how) {
        return new DialException(
                DialFailure.PROXY_FAILED,
                "the proxy %s did not make a connection to %s: %s"
                        .formatted(proxy, target, Text.shown(how)));
    }
}
