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
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A node whose agent a test plays, in this process: it accepts every stream, keeps what its OPEN
/// said, and may ask the hub for whatever it likes.
final class FakeNode implements AutoCloseable {

    private final MultiThreadIoEventLoopGroup loops = EventLoops.create(1, "fake-node");
    private final SigningKey key = SigningKey.generate(new SecureRandom());
    private final Lab lab;
    private final Map<String, String> info;
    private final Map<String, String> capabilities;
    private final String id;
    private final String name;
    private Link link;

    /// What the hub opened, in order; calls are in `asked`.
    final BlockingQueue<Headers> opened = new LinkedBlockingQueue<>();

    /// What the hub asked: the documents of its calls.
    final BlockingQueue<String> asked = new LinkedBlockingQueue<>();

    /// How streams ended.
    final BlockingQueue<StreamEnd> ends = new LinkedBlockingQueue<>();

    /// With what it accepts.
    volatile Headers answer = Headers.EMPTY;

    /// Whether it accepts at all what people open.
    volatile boolean answers = true;

    /// @param hostname from which the hub makes its name
    FakeNode(Lab lab, String tenant, String hostname) throws Exception {
        this(lab, tenant, hostname, Map.of("tcp", "1"));
    }

    FakeNode(Lab lab, String tenant, String hostname, Map<String, String> capabilities)
            throws Exception {
        this.lab = lab;
        this.capabilities = capabilities;
        this.info =
                Map.of(
                        "agent-version",
                        "0",
                        "hostname",
                        hostname,
                        "os",
                        "none",
                        "arch",
                        "none",
                        "instance",
                        hostname);
        var token = EnrolmentToken.parse(lab.enrolmentToken(tenant));
        var joined = dial(Introduction.enrol(key, token, Map.of(), info));
        this.id = joined.welcome().id();
        this.name = joined.welcome().name();
        joined.channel().close().sync();
        this.link = connect();
    }

    /// Dials anew, whatever became of the link before.
    void dialAgain() throws Exception {
        link = connect();
    }

    private Link connect() throws Exception {
        return dial(Introduction.node(key, capabilities, info))
                .handOver(channel ->
                        Link.start(
                                channel,
                                Link.Side.DIALER,
                                LinkLimits.DEFAULT,
                                this::accept,
                                (cause, message) -> {}))
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
    }

    private Handshaken<HubIdentity> dial(Introduction introduction) throws Exception {
        return new Dialer(loops, Clock.systemUTC())
                .dial(
                        new DialRequest(
                                lab.hub().url(),
                                new TlsTrust.Any(),
                                ProxySettings.none(),
                                HubAnchor.of(lab.hub().fingerprint()),
                                introduction))
                .get(30, TimeUnit.SECONDS);
    }

    private void accept(LinkStream stream) {
        boolean call = "call".equals(stream.headers().text("kind"));
        if (!call) {
            opened.add(stream.headers());
        }
        var document = new StringBuilder();
        stream.listen(
                new StreamListener() {
                    @Override
                    public void data(ByteBuf bytes) {
                        document.append(bytes.toString(StandardCharsets.UTF_8));
                        stream.consumed(bytes.readableBytes());
                        bytes.release();
                    }

                    @Override
                    public void ended() {
                        if (call) {
                            asked.add(document.toString());
                        }
                        stream.end();
                    }

                    @Override
                    public void closed(StreamEnd cause, String message) {
                        if (!call) {
                            ends.add(cause);
                        }
                    }
                });
        if (call || answers) {
            stream.accept(answer);
        }
    }

    String id() {
        return id;
    }

    String name() {
        return name;
    }

    Link link() {
        return link;
    }

    @Override
    public void close() throws Exception {
        link.channel().close().sync();
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).sync();
    }
}
