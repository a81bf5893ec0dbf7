package dev.fairlead.agent;

import dev.fairlead.link.Calls;
import dev.fairlead.link.EventLoops;
import dev.fairlead.link.Link;
import dev.fairlead.link.LinkEnd;
import dev.fairlead.link.LinkLimits;
import dev.fairlead.link.LinkListener;
import dev.fairlead.link.handshake.Admission;
import dev.fairlead.link.handshake.Approval;
import dev.fairlead.link.handshake.Approved;
import dev.fairlead.link.handshake.EnrolmentToken;
import dev.fairlead.link.handshake.Fingerprint;
import dev.fairlead.link.handshake.HandshakeSettings;
import dev.fairlead.link.handshake.Handshaken;
import dev.fairlead.link.handshake.HubHandshake;
import dev.fairlead.link.handshake.HubProof;
import dev.fairlead.link.handshake.KeyBundle;
import dev.fairlead.link.handshake.LinkTerms;
import dev.fairlead.link.handshake.Pairing;
import dev.fairlead.link.handshake.PairingAnswer;
import dev.fairlead.link.handshake.PeerIdentity;
import dev.fairlead.link.handshake.Refusal;
import dev.fairlead.link.handshake.Refused;
import dev.fairlead.link.handshake.Secret;
import dev.fairlead.link.handshake.SigningKey;
import dev.fairlead.link.handshake.Verdict;
import dev.fairlead.link.handshake.Welcome;
import dev.fairlead.link.ws.WebSocketFrames;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// The least of a hub that an agent can join and serve: TLS, upgrade, proof, link. It admits
/// everybody unless `verdict` says otherwise.
public final class FakeHub implements AutoCloseable {

    public final SigningKey root = SigningKey.generate(new SecureRandom());
    private final SigningKey key = SigningKey.generate(new SecureRandom());
    private final MultiThreadIoEventLoopGroup loops = EventLoops.create(1, "fake-hub");
    private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final SslContext tls;
    private final HubProof proof;
    private final Channel server;

    /// Who came, in order.
    public final BlockingQueue<PeerIdentity> peers = new LinkedBlockingQueue<>();

    /// The links that came about, and the calls that came over them.
    public final BlockingQueue<Link> links = new LinkedBlockingQueue<>();

    public final BlockingQueue<Calls.Question> calls = new LinkedBlockingQueue<>();
    public final BlockingQueue<LinkEnd> ends = new LinkedBlockingQueue<>();

    public volatile Verdict verdict;
    public volatile CompletableFuture<Approval> approval = new CompletableFuture<>();
    public volatile Calls.Server answers = question -> "{}".getBytes(StandardCharsets.UTF_8);

    public FakeHub() throws Exception {
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        var pair = generator.generateKeyPair();
        var name = new X500Principal("CN=fake hub");
        var certificate =
                new JcaX509CertificateConverter()
                        .getCertificate(
                                new JcaX509v3CertificateBuilder(
                                                name,
                                                BigInteger.ONE,
                                                Date.from(Instant.now().minusSeconds(3_600)),
                                                Date.from(Instant.now().plusSeconds(3_600)),
                                                name,
                                                pair.getPublic())
                                        .build(
                                                new JcaContentSignerBuilder("SHA256withECDSA")
                                                        .build(pair.getPrivate())));
        tls = SslContextBuilder.forServer(pair.getPrivate(), certificate).build();
        proof =
                new HubProof(
                        root.verifying(),
                        KeyBundle.sign(root, 3, List.of(key.verifying())),
                        key,
                        List.of(Fingerprint.of(certificate)),
                        "fake hub",
                        null);
        server =
                new ServerBootstrap()
                        .group(loops)
                        .channel(EventLoops.serverSocket(loops.next()))
                        .childHandler(
                                new ChannelInitializer<>() {
                                    @Override
                                    protected void initChannel(Channel channel) {
                                        channels.add(channel);
                                        channel.pipeline()
                                                .addLast(
                                                        tls.newHandler(channel.alloc()),
                                                        new HttpServerCodec(),
                                                        new HttpObjectAggregator(1024),
                                                        new Upgrade());
                                    }
                                })
                        .bind("127.0.0.1", 0)
                        .sync()
                        .channel();
        verdict = welcome("node7");
    }

    public URI uri() {
        int port = ((InetSocketAddress) server.localAddress()).getPort();
        return URI.create("https://127.0.0.1:" + port);
    }

    public Fingerprint fingerprint() {
        return Fingerprint.of(root.verifying());
    }

    public EnrolmentToken token() {
        return new EnrolmentToken(fingerprint(), Secret.of(new byte[32]), List.of(uri()));
    }

    public Welcome welcome(String name) {
        return new Welcome(
                "ten_1",
                "default",
                "node_1",
                name,
                1,
                LinkTerms.of(LinkLimits.DEFAULT),
                List.of(uri().toString()),
                Map.of());
    }

    public void refuse(Refusal code) {
        verdict = new Refused(code, "no");
    }

    private final class Answers implements Admission {

        @Override
        public CompletionStage<Verdict> admit(PeerIdentity peer) {
            peers.add(peer);
            return CompletableFuture.completedStage(verdict);
        }

        @Override
        public CompletionStage<PairingAnswer> pair(PeerIdentity peer, String fingerprint) {
            peers.add(peer);
            return CompletableFuture.completedStage(new Waiting(peer));
        }
    }

    private final class Waiting implements Pairing {
        Waiting(PeerIdentity peer) {}

        @Override
        public String code() {
            return "7Q4M-2XKP";
        }

        @Override
        public Duration expires() {
            return Duration.ofMinutes(10);
        }

        @Override
        public CompletionStage<? extends Approval> approval() {
            return approval;
        }

        @Override
        public CompletionStage<? extends Verdict> confirmed() {
            return CompletableFuture.completedStage(verdict);
        }

        @Override
        public void abandoned() {}
    }

    public void approve(String tenant) {
        approval.complete(new Approved("fake hub", tenant, "ada"));
    }

    private final class Upgrade extends SimpleChannelInboundHandler<FullHttpRequest> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request)
                throws Exception {
            var response =
                    new DefaultFullHttpResponse(
                            HttpVersion.HTTP_1_1,
                            HttpResponseStatus.SWITCHING_PROTOCOLS,
                            Unpooled.EMPTY_BUFFER);
            String accept =
                    request.headers().get("Sec-WebSocket-Key")
                            + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
            response.headers()
                    .set("Upgrade", "websocket")
                    .set("Connection", "Upgrade")
                    .set("Sec-WebSocket-Protocol", "fairlead.1")
                    .set(
                            "Sec-WebSocket-Accept",
                            Base64.getEncoder()
                                    .encodeToString(
                                            MessageDigest.getInstance("SHA-1")
                                                    .digest(
                                                            accept.getBytes(
                                                                    StandardCharsets.US_ASCII))));
            ctx.writeAndFlush(response);
            var handshake = new HubHandshake(proof, new Answers(), HandshakeSettings.standard());
            handshake
                    .outcome()
                    .whenComplete((done, _) -> {
                        if (done != null) {
                            serve(done);
                        }
                    });
            ctx.pipeline().remove(HttpServerCodec.class);
            ctx.pipeline().remove(HttpObjectAggregator.class);
            ctx.pipeline().addLast(new WebSocketFrames(WebSocketFrames.Role.SERVER), handshake);
            ctx.pipeline().remove(this);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }

    private void serve(Handshaken<PeerIdentity> done) {
        done.handOver(this::link).thenAccept(links::add);
    }

    private Link link(Channel channel) {
        return Link.start(
                channel,
                Link.Side.ACCEPTOR,
                LinkLimits.DEFAULT,
                stream ->
                        Calls.serve(
                                stream,
                                work -> Thread.ofVirtual().start(work),
                                question -> {
                                    calls.add(question);
                                    return answers.answer(question);
                                }),
                new LinkListener() {
                    @Override
                    public void ended(LinkEnd cause, String message) {
                        ends.add(cause);
                    }
                });
    }

    /// The next link that comes about.
    public Link nextLink() throws InterruptedException {
        var link = links.poll(30, TimeUnit.SECONDS);
        if (link == null) {
            throw new AssertionError("no link came");
        }
        return link;
    }

    /// Idempotent.
    @Override
    public void close() throws Exception {
        if (loops.isShuttingDown()) {
            return;
        }
        server.close().sync();
        channels.close().sync();
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).sync();
    }
}
