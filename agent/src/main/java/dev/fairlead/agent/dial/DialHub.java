package dev.fairlead.agent.dial;

import dev.fairlead.link.Link;
import dev.fairlead.link.LinkLimits;
import dev.fairlead.link.StreamServer;
import dev.fairlead.link.dial.DialException;
import dev.fairlead.link.dial.DialFailure;
import dev.fairlead.link.dial.DialRequest;
import dev.fairlead.link.dial.Dialer;
import dev.fairlead.link.dial.ProxySettings;
import dev.fairlead.link.dial.TlsTrust;
import dev.fairlead.link.handshake.HandshakeSettings;
import dev.fairlead.link.handshake.Handshaken;
import dev.fairlead.link.handshake.HubAnchor;
import dev.fairlead.link.handshake.HubIdentity;
import dev.fairlead.link.handshake.InnerTls;
import dev.fairlead.link.handshake.Introduction;
import dev.fairlead.link.handshake.PairingPerson;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Dials a hub at the first of its addresses that answers.
public final class DialHub {

    private static final Logger LOG = LoggerFactory.getLogger(DialHub.class);

    private final Dialer dialer;
    private final ProxySettings proxies;
    private final InnerTls innerTls;
    private final Duration step;
    private final HandshakeSettings handshake;

    public DialHub(
            Dialer dialer,
            ProxySettings proxies,
            InnerTls innerTls,
            Duration step,
            HandshakeSettings handshake) {
        this.dialer = dialer;
        this.proxies = proxies;
        this.innerTls = innerTls;
        this.step = step;
        this.handshake = handshake;
    }

    /// Both sides have proved themselves.
    public record Reached(URI hub, Handshaken<HubIdentity> connection) {

        /// Says good-bye; nothing more is to be done on it.
        public void close() {
            connection.channel().close();
        }
    }

    /// Dials the addresses in turn. A hub that answers and refuses is the last word, since all
    /// addresses are of one deployment.
    ///
    /// @param hubs at least one
    /// @throws DialException of the first address, where none led to a hub
    public Reached dial(
            List<URI> hubs, HubAnchor anchor, Introduction introduction, PairingPerson person)
            throws DialException, InterruptedException {
        DialException first = null;
        for (var hub : hubs) {
            try {
                return new Reached(hub, dial(hub, anchor, introduction, person));
            } catch (DialException e) {
                LOG.debug("{}: {}", hub, e.getMessage());
                if (e.refused() != null
                        || e.failure() == DialFailure.BUSY
                        || e.failure() == DialFailure.DECLINED) {
                    throw e;
                }
                first = first == null ? e : first;
            }
        }
        if (first == null) {
            throw new IllegalArgumentException("no address to dial");
        }
        throw first;
    }

    private Handshaken<HubIdentity> dial(
            URI hub, HubAnchor anchor, Introduction introduction, PairingPerson person)
            throws DialException, InterruptedException {
        var dial =
                dialer.dial(
                        new DialRequest(
                                hub,
                                new TlsTrust.Any(),
                                proxies,
                                anchor,
                                introduction,
                                person,
                                step,
                                handshake,
                                innerTls));
        try {
            return dial.get();
        } catch (InterruptedException e) {
            dial.cancel(true);
            throw e;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof DialException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /// Makes a link of it.
    static LiveLink serve(
            Reached reached, LinkLimits limits, StreamServer streams, List<LinkTask> tasks)
            throws InterruptedException {
        var listener = new LiveLink.Listener();
        var terms = reached.connection.welcome().terms();
        try {
            var link =
                    reached.connection
                            .handOver(channel ->
                                    Link.start(
                                            channel,
                                            Link.Side.DIALER,
                                            terms.applyTo(limits),
                                            streams,
                                            listener))
                            .toCompletableFuture()
                            .get();
            return LiveLink.start(reached.hub, link, listener, tasks);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }
}
