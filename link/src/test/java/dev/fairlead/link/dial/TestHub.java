package dev.fairlead.link.dial;

import dev.fairlead.link.EventLoops;
import dev.fairlead.link.handshake.Admission;
import dev.fairlead.link.handshake.Fingerprint;
import dev.fairlead.link.handshake.HandshakeSettings;
import dev.fairlead.link.handshake.Handshaken;
import dev.fairlead.link.handshake.HubHandshake;
import dev.fairlead.link.handshake.HubProof;
import dev.fairlead.link.handshake.InnerTlsServer;
import dev.fairlead.link.handshake.KeyBundle;
import dev.fairlead.link.handshake.PeerIdentity;
import dev.fairlead.link.handshake.SigningKey;
import dev.fairlead.link.ws.WebSocketFrames;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// The least of a hub: one TLS port, the upgrade, and the proof of identity.
final class TestHub implements AutoCloseable {

    static final SigningKey ROOT = SigningKey.generate(new SecureRandom());
    static final SigningKey KEY = SigningKey.generate(new SecureRandom());

    final EventLoopGroup loops = EventLoops.create(1, "test-hub");
    final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    final BlockingQueue<Handshaken<PeerIdentity>> links = new LinkedBlockingQueue<>();
    final BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();
    final Channel server;
    final HubProof proof;

    private final Admission admission;
    private final Function<FullHttpRequest, FullHttpResponse> answer;

    TestHub(TestCa.Issued tls, Admission admission) {
        this(tls, admission, TestHub::upgrade);
    }

    /// @param answer to the request for the upgrade; anything but a 101 is the end
    TestHub(
            TestCa.Issued tls,
            Admission admission,
            Function<FullHttpRequest, FullHttpResponse> answer,
            X509Certificate... alsoListed) {
        this(tls, admission, answer, null, alsoListed);
    }

    /// One that offers inner TLS.
    static TestHub offering(TestCa.Issued tls, Admission admission) {
        var inner = new TestCa("inner").issue("inside");
        return new TestHub(
                tls,
                admission,
                TestHub::upgrade,
                InnerTlsServer.of(inner.key(), inner.certificate()));
    }

    private TestHub(
            TestCa.Issued tls,
            Admission admission,
            Function<FullHttpRequest, FullHttpResponse> answer,
            @Nullable InnerTlsServer inner,
            X509Certificate... alsoListed) {
        this.admission = admission;
        this.answer = answer;
        this.proof =
                new HubProof(
                        ROOT.verifying(),
                        KeyBundle.sign(ROOT, 5, List.of(KEY.verifying())),
                        KEY,
                        Stream.concat(Stream.of(tls.certificate()), Stream.of(alsoListed))
                                .map(Fingerprint::of)
                                .toList(),
                        "test hub",
                        null,
                        inner);
        var context = context(tls);
        this.server =
                listen(
                        loops,
                        channel -> {
                            channels.add(channel);
                            channel.pipeline()
                                    .addLast(
                                            context.newHandler(channel.alloc()),
                                            new HttpServerCodec(),
                                            new HttpObjectAggregator(1024),
                                            new Upgrades());
                        });
    }

    static SslContext context(TestCa.Issued tls) {
        try {
            return SslContextBuilder.forServer(tls.key(), tls.certificate()).build();
        } catch (SSLException e) {
            throw new IllegalStateException(e);
        }
    }

    interface Accept {
        void accept(SocketChannel channel);
    }

    static Channel listen(EventLoopGroup loops, Accept accept) {
        return new ServerBootstrap()
                .group(loops)
                .channel(EventLoops.serverSocket(loops.next()))
                .childHandler(
                        new ChannelInitializer<SocketChannel>() {
                            @Override
                            protected void initChannel(SocketChannel channel) {
                                accept.accept(channel);
                            }
                        })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .syncUninterruptibly()
                .channel();
    }

    static int port(Channel server) {
        return ((InetSocketAddress) server.localAddress()).getPort();
    }

    int port() {
        return port(server);
    }

    URI uri() {
        return uri("localhost", port());
    }

    static URI uri(String host, int port) {
        return URI.create("https://" + host + ":" + port);
    }

    static Fingerprint fingerprint() {
        return Fingerprint.of(ROOT.verifying());
    }

    private final class Upgrades extends SimpleChannelInboundHandler<FullHttpRequest> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
            var response = answer.apply(request);
            boolean upgraded = response.status().code() == 101;
            ctx.writeAndFlush(response);
            if (!upgraded) {
                return;
            }
            var handshake = new HubHandshake(proof, admission, HandshakeSettings.standard());
            handshake
                    .outcome()
                    .whenComplete((link, error) -> {
                        if (link != null) {
                            links.add(link);
                        } else if (error != null) {
                            failures.add(error);
                        }
                    });
            ctx.pipeline().remove(HttpServerCodec.class);
            ctx.pipeline().remove(HttpObjectAggregator.class);
            ctx.pipeline().addLast(new WebSocketFrames(WebSocketFrames.Role.SERVER), handshake);
            ctx.pipeline().remove(this);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            failures.add(cause);
            ctx.close();
        }
    }

    static FullHttpResponse upgrade(FullHttpRequest request) {
        if (!request.uri().equals("/link")
                || !"fairlead.1".equals(request.headers().get("Sec-WebSocket-Protocol"))) {
            return response(HttpResponseStatus.NOT_FOUND);
        }
        var response = response(HttpResponseStatus.SWITCHING_PROTOCOLS);
        String key = request.headers().get("Sec-WebSocket-Key");
        response.headers()
                .set("Upgrade", "websocket")
                .set("Connection", "Upgrade")
                .set("Sec-WebSocket-Protocol", "fairlead.1")
                .set("Sec-WebSocket-Accept", accept(key));
        return response;
    }

    static FullHttpResponse response(HttpResponseStatus status) {
        var response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.EMPTY_BUFFER);
        if (status.code() != 101) {
            response.headers().set(HttpHeaderNames.CONTENT_LENGTH, 0);
        }
        return response;
    }

    private static String accept(String key) {
        try {
            byte[] text =
                    (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
                            .getBytes(StandardCharsets.US_ASCII);
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-1").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        server.close().syncUninterruptibly();
        channels.close().syncUninterruptibly();
        loops.shutdownGracefully(0, 1, java.util.concurrent.TimeUnit.SECONDS).syncUninterruptibly();
    }
}
