package dev.fairlead.link.dial;

import dev.fairlead.link.EventLoops;
import dev.fairlead.link.Loopback;
import dev.fairlead.link.handshake.DialerHandshake;
import dev.fairlead.link.handshake.HandshakeException;
import dev.fairlead.link.handshake.Handshaken;
import dev.fairlead.link.handshake.HubIdentity;
import dev.fairlead.link.handshake.InnerTlsClient;
import dev.fairlead.link.handshake.Introduction;
import dev.fairlead.link.handshake.Leaf;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/// Dials hubs. Between dials it holds the TLS tickets that hubs gave it; the event loops belong to
/// the caller.
public final class Dialer {

    /// A hub gives two for each link, and a dial takes one.
    private static final int TICKETS = 2;

    private final EventLoopGroup loops;
    private final Clock clock;
    private final TlsContexts tls;

    /// @param clock for the words about certificates that are not yet or no longer valid
    public Dialer(EventLoopGroup loops, Clock clock) {
        this(loops, clock, best(), TICKETS);
    }

    /// One dialer for many nodes of one process, as simulations have them.
    ///
    /// @param nodes how many: as many keep what they need to come back cheaply
    public static Dialer ofMany(EventLoopGroup loops, Clock clock, int nodes) {
        return new Dialer(loops, clock, best(), TICKETS * nodes);
    }

    private static SslProvider best() {
        return OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK;
    }

    /// @param tls BoringSSL, or the JDK's engine where its library does not load
    Dialer(EventLoopGroup loops, Clock clock, SslProvider tls) {
        this(loops, clock, tls, TICKETS);
    }

    private Dialer(EventLoopGroup loops, Clock clock, SslProvider tls, int tickets) {
        this.loops = loops;
        this.clock = clock;
        this.tls = new TlsContexts(tls, tickets);
    }

    /// Dials once. Fails with a [DialException]. Cancelling it closes the connection.
    public CompletableFuture<Handshaken<HubIdentity>> dial(DialRequest request) {
        var introduction = Objects.requireNonNull(request.introduction(), "introduction");
        return start(
                request, () -> dialNow(request, introduction), linked -> linked.channel().close());
    }

    /// Dials, lets the hub prove itself, and hangs up; nothing is said of the dialer. For a person
    /// who was told the hub's fingerprint and wants its CA. Fails as [#dial].
    public CompletableFuture<HubIdentity> prove(DialRequest request) {
        return start(request, () -> proveNow(request), _ -> {});
    }

    /// Begins in the background what the first dial of a process spends most of its time with:
    /// Java's own TLS, which Netty asks what it can do, and BoringSSL. For programs that somebody
    /// waits for, as the first thing that they do.
    public static void prepare() {
        Thread.ofPlatform().daemon().name("prepare").start(Dialer::loadTls);
    }

    private static void loadTls() {
        try {
            var java = SSLContext.getInstance("TLS");
            java.init(null, new TrustManager[0], null);
            java.getSupportedSSLParameters();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("TLS does not work in this Java", e);
        }
        OpenSsl.isAvailable();
    }

    private interface Way<T> {
        T go() throws DialException, InterruptedException;
    }

    /// @param unwanted gets a result that came after the future was cancelled
    private static <T> CompletableFuture<T> start(
            DialRequest request, Way<T> way, Consumer<T> unwanted) {
        var result = new CompletableFuture<T>();
        var thread =
                Thread.ofVirtual()
                        .name("dial " + request.hostAndPort())
                        .unstarted(() -> complete(result, way, unwanted));
        result.whenComplete((_, _) -> {
            if (result.isCancelled()) {
                thread.interrupt();
            }
        });
        thread.start();
        return result;
    }

    private static <T> void complete(
            CompletableFuture<T> result, Way<T> way, Consumer<T> unwanted) {
        try {
            T reached = way.go();
            if (!result.complete(reached)) {
                unwanted.accept(reached);
            }
        } catch (InterruptedException e) {
            result.cancel(false);
        } catch (DialException | RuntimeException e) {
            result.completeExceptionally(e);
        }
    }

    private Handshaken<HubIdentity> dialNow(DialRequest request, Introduction introduction)
            throws DialException, InterruptedException {
        var proxy = proxy(request);
        var channel = connect(request, proxy);
        boolean linked = false;
        try {
            var leaf = secure(channel, request, proxy);
            var handshake =
                    new DialerHandshake(
                            request.anchor(),
                            leaf,
                            introduction,
                            request.person(),
                            new InnerTlsClient(request.innerTls(), this::innerTls),
                            request.handshake());
            upgrade(channel, request, handshake);
            var result = answer(handshake.outcome());
            linked = true;
            return result;
        } finally {
            if (!linked) {
                channel.close();
            }
        }
    }

    private SslHandler innerTls(Channel channel) {
        return tls.inside().newHandler(channel.alloc());
    }

    private HubIdentity proveNow(DialRequest request) throws DialException, InterruptedException {
        var proxy = proxy(request);
        var channel = connect(request, proxy);
        try {
            var leaf = secure(channel, request, proxy);
            var handshake = new DialerHandshake(request.anchor(), leaf, request.handshake());
            upgrade(channel, request, handshake);
            return answer(handshake.proved());
        } finally {
            channel.close();
        }
    }

    private static @Nullable ProxyServer proxy(DialRequest request) {
        return request.proxies().forHub(request.host(), request.port());
    }

    private Channel connect(DialRequest request, @Nullable ProxyServer proxy)
            throws DialException, InterruptedException {
        return proxy == null ? connectHub(request) : connectProxy(request, proxy);
    }

    private Leaf secure(Channel channel, DialRequest request, @Nullable ProxyServer proxy)
            throws DialException, InterruptedException {
        if (proxy != null) {
            tunnel(channel, request, proxy);
        }
        return new TlsClient(request, proxy, tls, clock).secure(channel);
    }

    private static void upgrade(Channel channel, DialRequest request, DialerHandshake handshake)
            throws DialException, InterruptedException {
        Upgrade.start(channel, request, handshake)
                .await(request.step(), () -> lateUpgrade(request));
    }

    /// The handshake has its own clock.
    private static <T> T answer(CompletionStage<T> stage)
            throws DialException, InterruptedException {
        try {
            return stage.toCompletableFuture().get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof HandshakeException failure) {
                throw DialException.of(failure);
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    private static DialException lateUpgrade(DialRequest request) {
        return new DialException(
                DialFailure.TIMED_OUT,
                "%s did not answer within %d s after TLS was there"
                        .formatted(request.hostAndPort(), request.step().toSeconds()));
    }

    // To the hub itself.

    private Channel connectHub(DialRequest request) throws DialException, InterruptedException {
        String hub = request.hostAndPort();
        try {
            return connect(request.host(), request.port(), request.step());
        } catch (UnknownHostException e) {
            throw new DialException(
                    DialFailure.NAME_NOT_FOUND,
                    "the hub's name %s does not resolve; check its spelling and this machine's DNS"
                            .formatted(request.host()),
                    e);
        } catch (ConnectTimeoutException e) {
            throw new DialException(
                    DialFailure.TIMED_OUT,
                    "%s did not answer within %d s; a firewall may drop the connection: does this network need a proxy?"
                            .formatted(hub, request.step().toSeconds()),
                    e);
        } catch (ConnectException e) {
            throw new DialException(
                    DialFailure.CONNECTION_REFUSED,
                    "%s refused the connection; check the port, and that the hub is running"
                            .formatted(hub),
                    e);
        } catch (IOException e) {
            throw new DialException(
                    DialFailure.UNREACHABLE,
                    "there is no way from this machine to %s: %s"
                            .formatted(hub, Text.shown(String.valueOf(e.getMessage()))),
                    e);
        }
    }

    // To a proxy, and through it.

    private Channel connectProxy(DialRequest request, ProxyServer proxy)
            throws DialException, InterruptedException {
        try {
            return connect(proxy.host(), proxy.port(), request.step());
        } catch (UnknownHostException e) {
            throw new DialException(
                    DialFailure.PROXY_UNREACHABLE,
                    "the proxy's name %s does not resolve; check `proxy:` or HTTPS_PROXY"
                            .formatted(proxy.host()),
                    e);
        } catch (ConnectTimeoutException e) {
            throw new DialException(
                    DialFailure.PROXY_UNREACHABLE,
                    "the proxy %s did not answer within %d s"
                            .formatted(proxy, request.step().toSeconds()),
                    e);
        } catch (IOException e) {
            throw new DialException(
                    DialFailure.PROXY_UNREACHABLE,
                    "the proxy %s cannot be reached: %s"
                            .formatted(proxy, Text.shown(String.valueOf(e.getMessage()))),
                    e);
        }
    }

    private static void tunnel(Channel channel, DialRequest request, ProxyServer proxy)
            throws DialException, InterruptedException {
        @Nullable String authorization;
        try {
            authorization = proxy.authorization();
        } catch (IOException e) {
            throw new DialException(
                    DialFailure.PROXY_AUTHENTICATION,
                    "the file with the proxy's password, %s, cannot be read: %s"
                            .formatted(proxy.passwordFile(), e.getClass().getSimpleName()),
                    e);
        }
        ProxyTunnel.start(channel, proxy, request.hostAndPort(), authorization)
                .await(
                        request.step(),
                        () ->
                                new DialException(
                                        DialFailure.TIMED_OUT,
                                        "the proxy %s did not make a connection to %s within %d s"
                                                .formatted(
                                                        proxy,
                                                        request.hostAndPort(),
                                                        request.step().toSeconds())));
    }

    /// Tries each address of a name in turn; resolving blocks, which a virtual thread may.
    private Channel connect(String host, int port, Duration time)
            throws IOException, InterruptedException {
        var addresses = resolve(host, time);
        var each = time.dividedBy(addresses.length);
        IOException last = null;
        for (var address : addresses) {
            try {
                return connect(new InetSocketAddress(address, port), each);
            } catch (IOException e) {
                last = e;
            }
        }
        throw last == null ? new UnknownHostException(host) : last;
    }

    /// The system's resolver knows no deadline and cannot be interrupted, so it gets a thread.
    private static InetAddress[] resolve(String host, Duration time)
            throws UnknownHostException, InterruptedException {
        if (NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host)) {
            return InetAddress.getAllByName(host); // Asks nobody.
        }
        var resolved = new CompletableFuture<InetAddress[]>();
        Thread.ofVirtual()
                .name("resolve " + host)
                .start(() -> {
                    try {
                        resolved.complete(InetAddress.getAllByName(host));
                    } catch (UnknownHostException | RuntimeException e) {
                        resolved.completeExceptionally(e);
                    }
                });
        try {
            return resolved.get(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            var unknown = new UnknownHostException(host);
            unknown.initCause(e);
            throw unknown;
        }
    }

    private Channel connect(InetSocketAddress address, Duration time)
            throws IOException, InterruptedException {
        var connected = new CompletableFuture<Channel>();
        var loop = loops.next();
        new Bootstrap()
                .group(loop)
                .channel(EventLoops.socket(loop))
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Math.max(1, time.toMillis()))
                .handler(new Unconnected(address))
                .connect(address)
                .addListener(
                        (ChannelFutureListener)
                                future -> {
                                    if (future.isSuccess()) {
                                        connected.complete(future.channel());
                                    } else {
                                        connected.completeExceptionally(future.cause());
                                    }
                                });
        try {
            return connected.get();
        } catch (InterruptedException e) {
            connected.thenAccept(Channel::close);
            throw e;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        }
    }

    /// Sets up a socket that is not connected yet, and takes itself out.
    private static final class Unconnected extends ChannelInboundHandlerAdapter {

        private final InetSocketAddress to;

        Unconnected(InetSocketAddress to) {
            this.to = to;
        }

        @Override
        public void channelRegistered(ChannelHandlerContext ctx) {
            Loopback.configure(ctx.channel(), to);
            ctx.pipeline().remove(this);
            ctx.fireChannelRegistered();
        }
    }
}
