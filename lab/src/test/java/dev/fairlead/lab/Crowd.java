package dev.fairlead.lab;

import dev.fairlead.link.EventLoops;
import dev.fairlead.link.Headers;
import dev.fairlead.link.Link;
import dev.fairlead.link.LinkLimits;
import dev.fairlead.link.LinkStream;
import dev.fairlead.link.StreamEnd;
import dev.fairlead.link.StreamListener;
import dev.fairlead.link.dial.DialRequest;
import dev.fairlead.link.dial.Dialer;
import dev.fairlead.link.dial.ProxySettings;
import dev.fairlead.link.dial.TlsTrust;
import dev.fairlead.link.handshake.EnrolmentToken;
import dev.fairlead.link.handshake.Handshaken;
import dev.fairlead.link.handshake.HubAnchor;
import dev.fairlead.link.handshake.HubIdentity;
import dev.fairlead.link.handshake.Introduction;
import dev.fairlead.link.handshake.SigningKey;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Many nodes in this process, with real handshakes and links on two event loops. Each gives back
/// what a stream brings, and dials again, within a second or two, whenever its link has ended.
final class Crowd implements AutoCloseable {

    private static final Map<String, String> CAPABILITIES = Map.of("tcp", "1");

    private final MultiThreadIoEventLoopGroup loops = EventLoops.create(2, "crowd");
    private final java.util.concurrent.ScheduledExecutorService redials =
            Executors.newSingleThreadScheduledExecutor();
    private final Semaphore dialing = new Semaphore(16);
    private final Dialer dialer = new Dialer(loops, Clock.systemUTC());
    private final List<Node> nodes = new ArrayList<>();
    private final EnrolmentToken token;
    private final URI hub;
    private volatile boolean closing;

    /// @param token that admits as many
    Crowd(URI hub, String token) {
        this.hub = hub;
        this.token = EnrolmentToken.parse(token);
    }

    /// Enrols so many more; returns when all of them have been linked.
    void join(int count) throws Exception {
        var linked = new ArrayList<CompletableFuture<Void>>();
        for (int i = 0; i < count; i++) {
            var node = new Node(nodes.size());
            nodes.add(node);
            linked.add(node.first);
            Thread.startVirtualThread(node::dial);
        }
        CompletableFuture.allOf(linked.toArray(CompletableFuture[]::new)).get(10, TimeUnit.MINUTES);
    }

    int size() {
        return nodes.size();
    }

    /// The name of the node at the hub.
    String name(int index) {
        return nodes.get(index).name;
    }

    long linked() {
        return nodes.stream().filter(node -> node.link != null).count();
    }

    /// Cuts a node's connection without a word.
    void cut(int index) {
        var link = nodes.get(index).link;
        if (link != null) {
            link.channel().config().setOption(ChannelOption.SO_LINGER, 0);
            // Below TLS and WebSocket: no farewell of either.
            link.channel().eventLoop().execute(() -> abort(link));
        }
    }

    private static void abort(Link link) {
        link.channel().unsafe().close(link.channel().voidPromise());
    }

    @Override
    public void close() throws Exception {
        closing = true;
        redials.shutdownNow();
        for (var node : nodes) {
            var link = node.link;
            if (link != null) {
                link.channel().close();
            }
        }
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }

    private final class Node {

        private final SigningKey key = SigningKey.generate(new SecureRandom());
        private final CompletableFuture<Void> first = new CompletableFuture<>();
        private final Map<String, String> info;
        private volatile String name = "";
        private volatile @Nullable Link link;

        Node(int number) {
            info =
                    Map.of(
                            "agent-version",
                            "0",
                            "hostname",
                            "crowd" + number,
                            "os",
                            "none",
                            "arch",
                            "none",
                            "instance",
                            "crowd" + number);
        }

        void dial() {
            try {
                dialing.acquire();
                try {
                    dialNow();
                } finally {
                    dialing.release();
                }
            } catch (Exception e) {
                again();
            }
        }

        private void dialNow() throws Exception {
            var introduction =
                    name.isEmpty()
                            ? Introduction.enrol(key, token, CAPABILITIES, info)
                            : Introduction.node(key, CAPABILITIES, info);
            Handshaken<HubIdentity> reached =
                    dialer.dial(
                                    new DialRequest(
                                            hub,
                                            new TlsTrust.Any(),
                                            ProxySettings.none(),
                                            HubAnchor.of(token.root()),
                                            introduction))
                            .get(30, TimeUnit.SECONDS);
            name = reached.welcome().name();
            link =
                    reached.handOver(channel ->
                                    Link.start(
                                            channel,
                                            Link.Side.DIALER,
                                            LinkLimits.DEFAULT,
                                            Crowd::echo,
                                            (cause, message) -> {
                                                link = null;
                                                again();
                                            }))
                            .toCompletableFuture()
                            .get(30, TimeUnit.SECONDS);
            first.complete(null);
        }

        private void again() {
            if (!closing) {
                redials.schedule(
                        () -> {
                            Thread.startVirtualThread(this::dial);
                        },
                        ThreadLocalRandom.current().nextLong(2_000),
                        TimeUnit.MILLISECONDS);
            }
        }
    }

    private static void echo(LinkStream stream) {
        if (!"tcp".equals(stream.headers().text("kind"))) {
            stream.refuse(StreamEnd.UNSUPPORTED, "one of a crowd serves tcp");
            return;
        }
        stream.listen(
                new StreamListener() {
                    @Override
                    public void data(ByteBuf bytes) {
                        int length = bytes.readableBytes();
                        stream.write(bytes);
                        stream.consumed(length);
                    }

                    @Override
                    public void ended() {
                        stream.end();
                    }

                    @Override
                    public void closed(StreamEnd cause, String message) {}
                });
        stream.accept(Headers.EMPTY);
    }
}
