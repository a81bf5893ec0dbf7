package dev.fairlead.cli.stream;

import dev.fairlead.cli.CliException;
import dev.fairlead.cli.Exit;
import dev.fairlead.cli.api.HubCa;
import dev.fairlead.cli.profile.Profile;
import dev.fairlead.link.EventLoops;
import dev.fairlead.link.Link;
import dev.fairlead.link.LinkEnd;
import dev.fairlead.link.LinkLimits;
import dev.fairlead.link.LinkListener;
import dev.fairlead.link.StreamEnd;
import dev.fairlead.link.StreamServer;
import dev.fairlead.link.dial.DialException;
import dev.fairlead.link.dial.DialRequest;
import dev.fairlead.link.dial.Dialer;
import dev.fairlead.link.dial.ProxySettings;
import dev.fairlead.link.dial.TlsTrust;
import dev.fairlead.link.handshake.Fingerprint;
import dev.fairlead.link.handshake.HubAnchor;
import dev.fairlead.link.handshake.InnerTls;
import dev.fairlead.link.handshake.Introduction;
import dev.fairlead.link.handshake.Secret;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Client links to the hub of a profile. All of them, and the sockets that are joined with their
/// streams, live on one event loop.
public final class HubLink implements AutoCloseable {

    /// A hub opens no streams to a client.
    private static final StreamServer NOTHING =
            stream -> stream.refuse(StreamEnd.UNSUPPORTED, "a client serves no streams");

    private static final long GOOD_BYE_MILLIS = 1_000;

    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final MultiThreadIoEventLoopGroup loops = EventLoops.create(1, "link");
    private final DialRequest request;
    private final Dialer dialer;
    private final String profileName;

    /// A hub whose fingerprint is known proves itself inside, whatever certificate there is
    /// outside; only without a fingerprint, or without leave for inner TLS, that certificate has to
    /// be one to trust.
    ///
    /// @param profileName for messages
    /// @param ca PEM file of the only CA that counts, or null for the system's roots
    public HubLink(
            String profileName,
            Profile profile,
            @Nullable Path ca,
            ProxySettings proxies,
            InnerTls innerTls,
            Clock clock) {
        this.profileName = profileName;
        this.dialer = new Dialer(loops, clock);
        String fingerprint = profile.fingerprint();
        this.request =
                new DialRequest(
                                profile.hub(),
                                fingerprint == null || innerTls == InnerTls.NEVER
                                        ? new TlsTrust.Verified(HubCa.anchors(ca))
                                        : new TlsTrust.Any(),
                                proxies,
                                fingerprint == null
                                        ? HubAnchor.any()
                                        : HubAnchor.of(Fingerprint.parse(fingerprint)),
                                Introduction.client(
                                        Secret.of(profile.needToken(profileName)),
                                        Map.of(),
                                        Map.of()))
                        .withInnerTls(innerTls);
        if (innerTls == InnerTls.ALWAYS && fingerprint == null) {
            throw new CliException(
                    Exit.USAGE,
                    "FAIRLEAD_INNER_TLS=always needs the hub's fingerprint, which this profile does"
                            + " not have.",
                    "fairlead login " + profile.hub() + "#FINGERPRINT --profile " + profileName);
        }
    }

    /// When links have a second TLS inside, by `FAIRLEAD_INNER_TLS`.
    ///
    /// @throws CliException where that makes no sense
    public static InnerTls innerTls(Map<String, String> env) {
        String label = env.get("FAIRLEAD_INNER_TLS");
        try {
            return label == null || label.isEmpty() ? InnerTls.AUTO : InnerTls.ofLabel(label);
        } catch (IllegalArgumentException e) {
            throw new CliException(
                    Exit.USAGE,
                    "FAIRLEAD_INNER_TLS is \"" + label + "\".",
                    "Set it to auto, always or never, or not at all");
        }
    }

    /// @throws CliException where the environment's proxy makes no sense
    public static ProxySettings proxies(Map<String, String> env) {
        try {
            return ProxySettings.ofEnvironment(env);
        } catch (IllegalArgumentException e) {
            throw new CliException(
                    Exit.USAGE,
                    e.getMessage() + ".",
                    "Set HTTPS_PROXY=http://[USER:PASSWORD@]HOST:PORT");
        }
    }

    /// The hub's name, for messages.
    public String hub() {
        return request.hub().getAuthority();
    }

    /// The loop of everything here.
    public EventLoop loop() {
        return loops.next();
    }

    /// Dials, proves, and starts a link.
    ///
    /// @throws CliException with [Exit#UNREACHABLE] where a later try may work
    public Link connect(LinkListener listener) throws InterruptedException {
        try {
            var proved = dialer.dial(request).get();
            var limits = proved.welcome().terms().applyTo(LinkLimits.DEFAULT);
            var link =
                    proved.handOver(channel ->
                                    Link.start(
                                            channel, Link.Side.DIALER, limits, NOTHING, listener))
                            .toCompletableFuture()
                            .get();
            links.add(link);
            link.channel().closeFuture().addListener(gone -> links.remove(link));
            return link;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof DialException failure) {
                throw DialProblem.of(failure, request.hub(), profileName);
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /// Says good-bye on each link and waits a moment until the hub has heard it: this process ends
    /// next, and what it had still to say, such as the end of a stream, would end with it.
    @Override
    public void close() {
        for (var link : links) {
            link.close(LinkEnd.CLOSED, "done");
        }
        for (var link : links) {
            link.channel().closeFuture().awaitUninterruptibly(GOOD_BYE_MILLIS);
        }
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
