package dev.fairlead.hub.tunnel;

import dev.fairlead.hub.HubLimits;
import dev.fairlead.hub.access.ServeClient;
import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.fleet.LinkFacts;
import dev.fairlead.hub.fleet.NodeLinks;
import dev.fairlead.hub.http.SlowAccept;
import dev.fairlead.hub.identity.Authenticate;
import dev.fairlead.hub.observe.LinkMeters;
import dev.fairlead.link.Link;
import dev.fairlead.link.LinkEnd;
import dev.fairlead.link.LinkLimits;
import dev.fairlead.link.LinkListener;
import dev.fairlead.link.SharedMemory;
import dev.fairlead.link.handshake.Admission;
import dev.fairlead.link.handshake.Between;
import dev.fairlead.link.handshake.HandshakeException;
import dev.fairlead.link.handshake.HandshakeSettings;
import dev.fairlead.link.handshake.Handshaken;
import dev.fairlead.link.handshake.HubHandshake;
import dev.fairlead.link.handshake.HubProof;
import dev.fairlead.link.handshake.PeerIdentity;
import dev.fairlead.link.handshake.Refusal;
import dev.fairlead.link.handshake.Role;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes a request to `/link` to a link that is served:
///
/// ```
/// TakeOver -> HubHandshake (Admission decides) -> Link.start -> Links and NodeLinks, or ServeClient
/// ```
public final class AcceptLink implements Handler<HttpServerRequest> {

    private static final Logger log = LoggerFactory.getLogger(AcceptLink.class);

    private final Parts parts;
    private final Gate gate;
    private final Map<TenantId, SharedMemory> tenants = new ConcurrentHashMap<>();
    private final Set<Link> innerClientLinks = ConcurrentHashMap.newKeySet();

    /// What a link needs to be accepted and served.
    ///
    /// @param addressOf where a request comes from
    /// @param admission decides about who comes from that address
    /// @param before what holds before a link is there, and for all links of a tenant
    /// @param limits of each link
    /// @param agentCalls what agents may ask, by method
    /// @param signatures where keys are used: threads of their own, so that neither an event loop
    ///   nor those who work for people wait for a fleet that comes back
    /// @param threads for work that blocks: virtual threads
    public record Parts(
            Supplier<HubProof> proof,
            Function<HttpServerRequest, String> addressOf,
            Function<String, Admission> admission,
            HandshakeSettings handshake,
            HubLimits before,
            LinkLimits limits,
            Links links,
            NodeLinks nodeLinks,
            Map<String, AgentCall> agentCalls,
            Authenticate authenticate,
            ServeClient.Services clients,
            LinkMeters meters,
            Executor signatures,
            Executor threads) {}

    public AcceptLink(Parts parts) {
        this.parts = parts;
        var before = parts.before();
        this.gate = new Gate(before.unproved(), before.unprovedPerAddress(), System::nanoTime);
        var meters = parts.meters();
        meters.unproved(gate, Gate::inside);
        meters.links("node", parts.links(), Links::count);
        meters.links("client", parts.links(), Links::countOfClients);
        meters.innerTls(
                "node",
                parts.links(),
                links -> links.all().stream().filter(l -> l.between().innerTls()).count());
        meters.innerTls("client", innerClientLinks, Set::size);
        meters.memory(this, AcceptLink::memory);
    }

    private SharedMemory memory(TenantId tenant) {
        return tenants.computeIfAbsent(
                tenant, _ -> new SharedMemory(parts.before().tenantMemory()));
    }

    private long memory() {
        return parts.links().all().stream().mapToLong(live -> live.link().windowBytes()).sum()
                + parts.links().clients().stream().mapToLong(Link::windowBytes).sum();
    }

    @Override
    public void handle(HttpServerRequest request) {
        var wrong = TakeOver.check(request);
        if (wrong != null) {
            request.response()
                    .setStatusCode(wrong.status())
                    .putHeader("Content-Type", "text/plain; charset=utf-8")
                    .putHeader("Upgrade", "websocket")
                    .end(wrong.sentence() + "\n");
            return;
        }
        if (parts.links().isDraining()) {
            parts.meters().handshake(Refusal.BUSY.label());
            request.response()
                    .setStatusCode(503)
                    .putHeader("Retry-After", "3")
                    .end("the hub is being drained\n");
            return;
        }
        String address = parts.addressOf().apply(request);
        switch (gate.enter(address)) {
            case Gate.In() -> shake(request, address);
            case Gate.Later(var limit, var seconds) -> {
                parts.meters().limit(limit);
                parts.meters().handshake(Refusal.BUSY.label());
                request.response()
                        .setStatusCode(503)
                        .putHeader("Retry-After", Integer.toString(seconds))
                        .putHeader("Connection", "close")
                        .end("the hub is taking in many links just now\n")
                        .onComplete(_ -> request.connection().close());
            }
        }
    }

    private void shake(HttpServerRequest request, String address) {
        var handshake =
                new HubHandshake(
                        parts.proof().get(),
                        parts.admission().apply(address),
                        parts.handshake(),
                        parts.signatures());
        handshake
                .outcome()
                .whenComplete((handshaken, failure) -> {
                    gate.leave(address);
                    if (failure == null) {
                        SlowAccept.proved(handshaken.channel());
                        parts.meters().handshake("welcome");
                        serve(handshaken, address);
                    } else {
                        refused(failure, address);
                    }
                });
        TakeOver.upgrade(request, handshake)
                .onFailure(e -> {
                    // The handshake was never put into a pipeline, so its outcome stays open.
                    gate.leave(address);
                    parts.meters().handshake("closed");
                    log.debug("No upgrade for {}", address, e);
                });
    }

    /// Counts what was refused before the admission was asked; the admission counts its own.
    private void refused(Throwable failure, String address) {
        log.debug("No link from {}: {}", address, failure.getMessage());
        parts.meters().handshake(outcome(failure));
        if (failure instanceof HandshakeException e && e.refused() != null) {
            var code = e.refused().code();
            if (code == Refusal.INTERCEPTED
                    || code == Refusal.VERSION
                    || code == Refusal.PROTOCOL) {
                parts.clients()
                        .audit()
                        .count(TenantId.SYSTEM, "link.refuse", address, code.label());
            }
        }
    }

    private static String outcome(Throwable failure) {
        if (!(failure instanceof HandshakeException e)) {
            return Refusal.INTERNAL.label();
        }
        var refused = e.refused();
        return refused != null
                ? refused.code().label()
                : e.end().name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private void serve(Handshaken<PeerIdentity> handshaken, String address) {
        if (handshaken.other().role() == Role.CLIENT) {
            serveOn(parts.threads(), handshaken, address, () -> serveClient(handshaken, address));
        } else {
            // Waits for nobody.
            var loop = handshaken.channel().eventLoop();
            serveOn(loop, handshaken, address, () -> serveNode(handshaken, address));
        }
    }

    private static void serveOn(
            Executor executor,
            Handshaken<PeerIdentity> handshaken,
            String address,
            Runnable serve) {
        executor.execute(() -> {
            try {
                serve.run();
            } catch (RuntimeException e) {
                log.error("A link from {} could not be served", address, e);
                handshaken.channel().close();
            }
        });
    }

    private void serveClient(Handshaken<PeerIdentity> handshaken, String address) {
        var principal = parts.authenticate().bearer(handshaken.other().needCredential().text());
        if (principal.isEmpty()) {
            // The credential ended between the answer and now.
            handshaken.channel().close();
            return;
        }
        var client = new ServeClient(parts.clients(), principal.get(), address);
        handshaken
                .handOver(channel -> {
                    var served = new ServedClient(client, handshaken.other().between());
                    return served.start(
                            Link.start(
                                    channel,
                                    Link.Side.ACCEPTOR,
                                    parts.limits(),
                                    memory(principal.get().tenant()),
                                    client,
                                    served));
                })
                .thenAccept(client::linked);
    }

    private void serveNode(Handshaken<PeerIdentity> handshaken, String address) {
        var tenant = TenantId.parse(handshaken.welcome().tenant()).orElseThrow();
        var node = NodeId.parse(handshaken.welcome().id()).orElseThrow();
        long epoch = handshaken.welcome().epoch();
        var other = handshaken.other();
        var served =
                new ServedNode(
                        tenant, node, epoch, address, other.between(), other.role() != Role.NODE);
        handshaken
                .handOver(channel ->
                        served.start(
                                Link.start(
                                        channel,
                                        Link.Side.ACCEPTOR,
                                        parts.limits(),
                                        memory(tenant),
                                        new ServeAgent(
                                                tenant,
                                                node,
                                                parts.agentCalls(),
                                                parts.meters(),
                                                parts.threads()),
                                        served)))
                .thenAccept(link -> served.then(() -> record(link, handshaken)));
    }

    /// The directory has the last word: a key that was revoked meanwhile, or a newer link
    /// elsewhere. What is given completes when it has said it, and never fails.
    private CompletableFuture<Void> record(LiveLink link, Handshaken<PeerIdentity> handshaken) {
        return parts.nodeLinks()
                .beginLater(
                        link.tenant(),
                        link.node(),
                        handshaken.other().needKey(),
                        link.epoch(),
                        link.address(),
                        LinkFacts.of(handshaken.other(), handshaken.welcome().hubs()))
                .handle((counts, failure) -> {
                    if (failure != null) {
                        log.warn("The link of {} could not be recorded", link.node(), failure);
                        link.link()
                                .close(
                                        LinkEnd.INTERNAL,
                                        "the hub could not record the link; dial again");
                    } else if (!counts) {
                        link.link()
                                .close(
                                        LinkEnd.TAKEN_OVER,
                                        "the key was revoked, or a newer link has begun");
                    }
                    return null;
                });
    }

    /// A client link from its start to its end.
    private final class ServedClient implements LinkListener {

        private final ServeClient client;
        private final Between between;
        private Link link;

        @SuppressWarnings("NullAway.Init") // `start` comes before any event, on the same loop
        ServedClient(ServeClient client, Between between) {
            this.client = client;
            this.between = between;
        }

        Link start(Link started) {
            link = started;
            parts.links().addClient(started);
            if (between.innerTls()) {
                innerClientLinks.add(started);
            }
            return started;
        }

        @Override
        public void limited(String limit) {
            parts.meters().limit(limit);
        }

        @Override
        public void ended(LinkEnd cause, String message) {
            parts.meters().linkEnded("client", cause);
            parts.links().removeClient(link);
            innerClientLinks.remove(link);
            client.unlinked(cause);
        }
    }

    /// A node's link from its start to its end.
    private final class ServedNode implements LinkListener {

        private final TenantId tenant;
        private final NodeId node;
        private final long epoch;
        private final String address;
        private final Between between;
        private final boolean joined;
        private CompletableFuture<Void> written = CompletableFuture.completedFuture(null);
        private LiveLink link;

        /// @param joined whether it came by a token or a code
        @SuppressWarnings("NullAway.Init") // `start` comes before any event, on the same loop
        ServedNode(
                TenantId tenant,
                NodeId node,
                long epoch,
                String address,
                Between between,
                boolean joined) {
            this.between = between;
            this.joined = joined;
            this.tenant = tenant;
            this.node = node;
            this.epoch = epoch;
            this.address = address;
        }

        LiveLink start(Link started) {
            link = new LiveLink(tenant, node, epoch, address, between, started);
            parts.links().add(link);
            return link;
        }

        @Override
        public void limited(String limit) {
            parts.meters().limit(limit);
        }

        @Override
        public void ended(LinkEnd cause, String message) {
            parts.meters().linkEnded("node", cause);
            parts.links().remove(link);
            // Who has joined has what it came for; the link of its agent is another one.
            var why = joined && cause == LinkEnd.CONNECTION_LOST ? LinkEnd.CLOSED : cause;
            then(() ->
                    CompletableFuture.runAsync(
                            () -> parts.nodeLinks().end(tenant, node, epoch, why),
                            parts.threads()));
        }

        /// One after the other, so that no end is written before its beginning.
        synchronized void then(Supplier<CompletableFuture<Void>> write) {
            written = written.thenCompose(_ -> write.get());
        }
    }
}
