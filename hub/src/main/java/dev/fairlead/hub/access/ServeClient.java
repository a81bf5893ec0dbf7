package dev.fairlead.hub.access;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.audit.Audit;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.fleet.Node;
import dev.fairlead.hub.fleet.Nodes;
import dev.fairlead.hub.observe.LinkMeters;
import dev.fairlead.hub.rbac.Decide;
import dev.fairlead.hub.rbac.Decision;
import dev.fairlead.hub.rbac.Principal;
import dev.fairlead.hub.tenant.Tenants;
import dev.fairlead.hub.tunnel.Links;
import dev.fairlead.link.Headers;
import dev.fairlead.link.Link;
import dev.fairlead.link.LinkEnd;
import dev.fairlead.link.LinkStream;
import dev.fairlead.link.ProtocolException;
import dev.fairlead.link.Relay;
import dev.fairlead.link.StreamEnd;
import dev.fairlead.link.StreamServer;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Serves one client link: what a person's program opens goes to the node, if the person may.
///
/// ```
/// OPEN -> OpenRequest -> tenant, node -> Decide -> Sessions.begin -> link of the node -> Relay
/// ```
///
/// The streams of a forward to one target are one session, however many connections there are:
/// decided and recorded once, cut together, and over a minute after the last of them.
public final class ServeClient implements StreamServer, Live {

    /// What clients may open.
    public static final List<String> KINDS =
            Arrays.stream(OpenRequest.Kind.values()).map(OpenRequest.Kind::label).toList();

    private static final Logger log = LoggerFactory.getLogger(ServeClient.class);
    private static final long IDLE_FORWARD_SECONDS = 60;
    private static final int MAX_SHOWN_TARGET = 300;
    private static final DateTimeFormatter SINCE =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm 'UTC'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private final Services services;
    private final Principal principal;
    private final String address;
    private final Farewell farewell;
    private final Map<OpenRequest, LiveSession> forwards = new ConcurrentHashMap<>();
    private final Set<LiveSession> sessions = ConcurrentHashMap.newKeySet();
    private volatile @Nullable String ended;
    private volatile @Nullable Link link;

    /// What all client links share.
    ///
    /// @param threads for work that blocks: virtual threads
    public record Services(
            Tenants tenants,
            Nodes nodes,
            Decide decide,
            Sessions sessions,
            Links links,
            Audit audit,
            LiveAccess access,
            LinkMeters meters,
            Executor threads) {}

    public ServeClient(Services services, Principal principal, String address) {
        this.services = services;
        this.principal = principal;
        this.address = address;
        this.farewell = new Farewell(services.threads());
    }

    /// The link is up. What it carries ends with it, and it ends with the credential.
    public void linked(Link up) {
        link = up;
        services.access().add(this);
    }

    /// The link is gone: forwards are done where the person said good-bye, else they were cut.
    public void unlinked(LinkEnd cause) {
        services.access().remove(this);
        var end =
                switch (cause) {
                    case CLOSED -> StreamEnd.DONE;
                    case RIGHT_ENDED, REVOKED -> StreamEnd.RIGHT_ENDED;
                    case GOING_AWAY -> StreamEnd.GOING_AWAY;
                    default -> StreamEnd.LINK_LOST;
                };
        for (var forward : forwards.values()) {
            services.threads().execute(() -> finish(forward, end, ""));
        }
    }

    // The link itself lives by the credential.

    @Override
    public Principal principal() {
        return principal;
    }

    @Override
    public @Nullable TenantId tenant() {
        return null;
    }

    @Override
    public boolean isAllowed() {
        return true;
    }

    @Override
    public void cut(String cause) {
        ended = cause;
        var up = link;
        if (up != null) {
            // Its sessions first: people are told over it.
            CompletableFuture.allOf(
                            sessions.stream()
                                    .map(session -> session.cut(StreamEnd.RIGHT_ENDED, cause))
                                    .toArray(CompletableFuture<?>[]::new))
                    .thenRun(() -> up.close(LinkEnd.RIGHT_ENDED, cause));
        }
    }

    // Its streams.

    @Override
    public void serve(LinkStream stream) {
        services.threads().execute(() -> open(stream));
    }

    private void open(LinkStream stream) {
        var meter = services.meters().stream(stream.headers().text("kind"));
        var cause = ended;
        if (cause != null) {
            refuse(stream, meter, StreamEnd.RIGHT_ENDED, cause);
            return;
        }
        try {
            var request = OpenRequest.of(stream.headers());
            var session =
                    request.kind() == OpenRequest.Kind.TCP ? forward(request) : begin(request);
            join(stream, request, session, meter);
        } catch (Offline e) {
            refuse(stream, meter, StreamEnd.NODE_OFFLINE, e.sentence);
        } catch (ProtocolException e) {
            refuse(stream, meter, StreamEnd.BAD_REQUEST, e.rule());
        } catch (Rejected e) {
            refuse(stream, meter, end(e), e.detail());
        } catch (RuntimeException e) {
            log.error("A stream of {} could not be opened", principal.who(), e);
            refuse(stream, meter, StreamEnd.INTERNAL, "the hub failed; its log says how");
        }
    }

    private static void refuse(
            LinkStream stream, LinkMeters.Stream meter, StreamEnd cause, String message) {
        meter.over(cause);
        stream.refuse(cause, message);
    }

    private static StreamEnd end(Rejected rejected) {
        return switch (rejected.code()) {
            case DENIED, NOT_FOUND -> StreamEnd.DENIED;
            case LIMIT_REACHED -> StreamEnd.LIMIT;
            case INVALID_REQUEST -> StreamEnd.BAD_REQUEST;
            default -> StreamEnd.INTERNAL;
        };
    }

    /// The session of a forward: the one that there is, or a new one.
    private LiveSession forward(OpenRequest request) {
        var there = forwards.get(request);
        if (there != null && there.end() == null) {
            return there;
        }
        // One racer begins, the others wait for its session.
        return Objects.requireNonNull(
                forwards.compute(
                        request,
                        (same, old) -> old != null && old.end() == null ? old : begin(request)));
    }

    private LiveSession begin(OpenRequest request) {
        var tenant =
                services.tenants()
                        .find(request.tenant())
                        .orElseThrow(() -> Rejected.notFound("node"))
                        .id();
        var node = services.nodes().find(tenant, request.node());
        var decision =
                services.decide()
                        .decide(
                                principal,
                                tenant,
                                request.kind().act,
                                node.map(Node::labels).orElse(null),
                                request.login());
        if (decision instanceof Decision.Denied(var reason)) {
            services.audit().count(tenant, "session.start", address, reason.label());
        }
        var allowed = decision.orReject("node");
        var found = node.orElseThrow(() -> Rejected.notFound("node"));
        mustBeOnline(tenant, found);
        var session =
                new LiveSession(
                        principal,
                        tenant,
                        found.id(),
                        found.name().text(),
                        request.kind(),
                        allowed.login(),
                        shownTarget(request),
                        address,
                        () -> isStillAllowed(request, tenant, found, allowed.login()));
        session.whenCutIdle(
                () -> services.threads().execute(() -> finish(session, StreamEnd.RIGHT_ENDED, "")));
        services.sessions().begin(session);
        sessions.add(session);
        return session;
    }

    /// Asked again when a right has changed somewhere: the node may be gone or have other labels
    /// now.
    private boolean isStillAllowed(OpenRequest request, TenantId tenant, Node node, String login) {
        return services.nodes()
                .find(tenant, node.id().text())
                .filter(now ->
                        services.decide()
                                .decide(principal, tenant, request.kind().act, now.labels(), login)
                                .allowed())
                .isPresent();
    }

    /// @throws Offline with since when; asked only for nodes that the person may know of
    private void mustBeOnline(TenantId tenant, Node node) {
        if (services.links().find(tenant, node.id()).isEmpty()) {
            var since = node.since();
            throw new Offline(
                    since == null
                            ? node.name() + " is offline: it never came"
                            : node.name() + " is offline since " + SINCE.format(since));
        }
    }

    private static String shownTarget(OpenRequest request) {
        byte[] argv = request.argv();
        String target =
                argv == null
                        ? request.target()
                        : new String(argv, java.nio.charset.StandardCharsets.UTF_8);
        return target.length() <= MAX_SHOWN_TARGET
                ? target
                : target.substring(0, MAX_SHOWN_TARGET - 1) + "…";
    }

    private void join(
            LinkStream stream, OpenRequest request, LiveSession session, LinkMeters.Stream meter) {
        var to = services.links().find(session.tenant(), session.node());
        if (to.isEmpty()) {
            refuse(stream, meter, StreamEnd.NODE_OFFLINE, session.nodeName() + " went offline");
            over(session, StreamEnd.NODE_OFFLINE, "");
            return;
        }
        var node = to.get().link();
        if (session.kind() == OpenRequest.Kind.SSH) {
            session.farewell((end, unheard) -> farewell.ask(node, session, end, unheard));
        }
        var relay = new Relay(stream);
        if (!session.enter(relay)) {
            var end = Objects.requireNonNull(session.end());
            refuse(stream, meter, end.cause(), end.message());
            return;
        }
        meter.relays(relay);
        relay.connect(
                node,
                headers(request, session),
                (end, message) -> {
                    meter.over(end);
                    services.threads().execute(() -> streamOver(session, relay, end, message));
                });
    }

    private Headers headers(OpenRequest request, LiveSession session) {
        var headers =
                Headers.of(
                        "kind", request.kind().label(),
                        "session", session.id().text(),
                        "user", principal.who(),
                        "login", session.login());
        byte[] argv = request.argv();
        return switch (request.kind()) {
            case SSH -> headers;
            case TCP -> headers.with("target", request.target());
            case EXEC -> argv == null ? headers : headers.with("argv", argv);
        };
    }

    /// A stream is over; with it the session, unless it is a forward that may have more.
    private void streamOver(LiveSession session, Relay relay, StreamEnd end, String message) {
        if (session.leave(relay)) {
            if (session.end() != null) {
                finish(session, end, message);
            } else {
                over(session, end, message);
            }
        }
    }

    /// Ends a forward a while after its last stream.
    private void over(LiveSession session, StreamEnd cause, String message) {
        var up = link;
        if (session.kind() != OpenRequest.Kind.TCP || up == null) {
            finish(session, cause, message);
            return;
        }
        up.channel()
                .eventLoop()
                .schedule(
                        () ->
                                services.threads()
                                        .execute(() -> {
                                            if (session.isIdle()) {
                                                finish(session, cause, message);
                                            }
                                        }),
                        IDLE_FORWARD_SECONDS,
                        TimeUnit.SECONDS);
    }

    private void finish(LiveSession session, StreamEnd cause, String message) {
        forwards.values().remove(session);
        sessions.remove(session);
        services.sessions().end(session, cause, message);
    }

    /// The node has no link now.
    private static final class Offline extends RuntimeException {

        private final String sentence;

        Offline(String sentence) {
            super(sentence, null, false, false);
            this.sentence = sentence;
        }
    }
}
