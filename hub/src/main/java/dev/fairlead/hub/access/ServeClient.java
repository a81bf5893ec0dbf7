package dev.fairlead.hub.access;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.audit.Audit;
import dev.fairlead.hub.db.SessionId;
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
import java.time.Duration;
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
/// An OPEN that resumes is decided anew in the same way, and goes on in the session that it was in
/// ([Resumption]).
///
/// The streams of a forward to one target are one session, however many connections there are:
/// decided and recorded once, cut together, and over a minute after the last of them.
public final class ServeClient implements StreamServer, Live {

    /// What is opened for people.
    public static final List<String> KINDS =
            Arrays.stream(OpenRequest.Kind.values()).map(OpenRequest.Kind::label).toList();

    private static final Logger log = LoggerFactory.getLogger(ServeClient.class);
    private static final Duration IDLE_FORWARD = Duration.ofSeconds(60);

    /// Within so long a program that moves to another link has taken its streams along.
    private static final Duration MOVING = Duration.ofSeconds(5);

    private static final int MAX_SHOWN_TARGET = 300;
    private static final DateTimeFormatter SINCE =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm 'UTC'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private final Services services;
    private final Principal principal;
    private final String address;
    private final boolean console;
    private final Map<OpenRequest, LiveSession> forwards = new ConcurrentHashMap<>();
    private final Set<LiveSession> sessions = ConcurrentHashMap.newKeySet();
    private final Resumption resumption;
    private volatile @Nullable String ended;
    private volatile @Nullable StreamEnd gone;
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
            StillAllowed stillAllowed,
            Audit audit,
            LiveAccess access,
            LinkMeters meters,
            Executor threads) {}

    public ServeClient(Services services, Principal principal, String address) {
        this(services, principal, address, false);
    }

    private ServeClient(Services services, Principal principal, String address, boolean console) {
        this.console = console;
        this.services = services;
        this.principal = principal;
        this.address = address;
        this.resumption = new Resumption(services, principal);
    }

    /// For a page of the console: serves what this hub opens for it, without a link. The ids of its
    /// sessions are known beforehand ([TerminalStream]).
    public static ServeClient ofConsole(Services services, Principal principal, String address) {
        return new ServeClient(services, principal, address, true);
    }

    /// The link is up. What it carries ends with it, and it ends with the credential.
    public void linked(Link up) {
        link = up;
        services.access().add(this);
    }

    /// The link is gone: forwards are done where the person said good-bye, else they were cut.
    /// Those that have streams end with these, or are interrupted.
    public void unlinked(LinkEnd cause) {
        services.access().remove(this);
        var end =
                switch (cause) {
                    case CLOSED -> StreamEnd.DONE;
                    case RIGHT_ENDED, REVOKED -> StreamEnd.RIGHT_ENDED;
                    case GOING_AWAY -> StreamEnd.GOING_AWAY;
                    default -> StreamEnd.LINK_LOST;
                };
        gone = end;
        for (var forward : forwards.values()) {
            services.threads()
                    .execute(() -> {
                        if (forward.isIdle()) {
                            services.sessions().end(forward, end, "");
                        } else if (end == StreamEnd.DONE && forward.isIdleAsFarAsKnown()) {
                            // Its program may have moved, with streams that are not here yet.
                            endIdle(forward, forward.streams(), end, "", MOVING);
                        }
                    });
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
        if (!joinForward(stream)) {
            services.threads().execute(() -> open(stream));
        }
    }

    /// Joins one more connection of a forward whose session lives, as all but the first of them
    /// are: that waits for nothing, and needs no thread of its own.
    ///
    /// @return false where it is anything else
    private boolean joinForward(LinkStream stream) {
        if (ended != null || forwards.isEmpty()) {
            return false;
        }
        OpenRequest request;
        try {
            request = OpenRequest.of(stream.headers());
        } catch (ProtocolException e) {
            // Said where all else is.
            return false;
        }
        if (request.kind() != OpenRequest.Kind.TCP || request.resumes()) {
            return false;
        }
        var session = forwards.get(request.plain());
        if (session == null || session.end() != null) {
            return false;
        }
        var node = services.links().find(session.tenant(), session.node());
        if (node.isEmpty()) {
            return false;
        }
        var meter = services.meters().stream(request.kind().label());
        try {
            join(stream, request, session, meter, node.get().link());
        } catch (RuntimeException e) {
            failed(stream, meter, e);
        }
        return true;
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
            if (request.kind() == OpenRequest.Kind.TERMINAL && !console) {
                throw new ProtocolException("streams of that kind are not served here");
            }
            join(stream, request, session(request), meter);
        } catch (Refused e) {
            refuse(stream, meter, e.cause, e.sentence);
        } catch (ProtocolException e) {
            refuse(stream, meter, StreamEnd.BAD_REQUEST, e.rule());
        } catch (Rejected e) {
            refuse(stream, meter, end(e), e.detail());
        } catch (RuntimeException e) {
            failed(stream, meter, e);
        }
    }

    private void failed(LinkStream stream, LinkMeters.Stream meter, RuntimeException why) {
        log.error("A stream of {} could not be opened", principal.who(), why);
        refuse(stream, meter, StreamEnd.INTERNAL, "the hub failed; its log says how");
    }

    private LiveSession session(OpenRequest request) {
        if (request.resumes()) {
            return resume(request);
        }
        return request.kind() == OpenRequest.Kind.TCP ? forward(request) : begin(request);
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
        var there = forwards.get(request.plain());
        if (there != null && there.end() == null) {
            return there;
        }
        // One racer begins, the others wait for its session.
        return Objects.requireNonNull(
                forwards.compute(
                        request.plain(),
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
        if (services.links().find(tenant, found.id()).isEmpty()) {
            throw offline(found);
        }
        var session =
                new LiveSession(
                        console ? TerminalStream.session(request) : SessionId.fresh(),
                        principal,
                        tenant,
                        found.id(),
                        found.name().text(),
                        request.kind(),
                        allowed.login(),
                        shownTarget(request),
                        address,
                        request.resume() != null && services.sessions().resume(),
                        services.stillAllowed());
        services.sessions().begin(session);
        hold(session);
        return session;
    }

    /// The session of a stream that is taken up again, from now on over this link.
    private LiveSession resume(OpenRequest request) {
        var session = resumption.decide(request);
        services.sessions().resumed(session, principal, address);
        if (session.kind() == OpenRequest.Kind.TCP) {
            // Further connections of the forward are in it too.
            forwards.putIfAbsent(request.plain(), session);
        }
        if (!sessions.contains(session)) {
            hold(session);
        }
        return session;
    }

    private void hold(LiveSession session) {
        sessions.add(session);
        session.heldBy(this::letGo);
        if (session.end() != null) {
            letGo(session);
        }
    }

    private void letGo(LiveSession session) {
        forwards.values().remove(session);
        sessions.remove(session);
    }

    /// Says since when; only of nodes that the person may know of.
    static Refused offline(Node node) {
        var since = node.since();
        return new Refused(
                StreamEnd.NODE_OFFLINE,
                since == null
                        ? node.name() + " is offline: it never came"
                        : node.name() + " is offline since " + SINCE.format(since));
    }

    static String shownTarget(OpenRequest request) {
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
            if (session.isIdle()) {
                over(session, StreamEnd.NODE_OFFLINE, "");
            }
            return;
        }
        join(stream, request, session, meter, to.get().link());
    }

    private void join(
            LinkStream stream,
            OpenRequest request,
            LiveSession session,
            LinkMeters.Stream meter,
            Link node) {
        var resume = services.sessions().resume() ? request.resume() : null;
        var joined =
                new JoinedStream(
                        new Relay(stream),
                        resume == null ? null : resume.id(),
                        resume != null && resume.resumes());
        if (!session.enter(joined, node)) {
            var end = Objects.requireNonNull(session.end());
            var refused = request.resumes() ? Resumption.ended(end.cause(), end.message()) : null;
            refuse(
                    stream,
                    meter,
                    refused == null ? end.cause() : refused.cause,
                    refused == null ? end.message() : refused.sentence);
            return;
        }
        meter.relays(joined.relay());
        joined.relay()
                .connect(
                        node,
                        headers(request, resume, session),
                        answer -> accepted(answer, resume, session, joined),
                        (end, message) -> {
                            meter.over(end);
                            streamOver(session, joined, end, message);
                        });
    }

    /// The node has accepted: the client learns which session it is, to resume it by.
    private static Headers accepted(
            Headers answer,
            OpenRequest.@Nullable Resume resume,
            LiveSession session,
            JoinedStream joined) {
        joined.accepted(answer);
        if (resume != null && resume.resumes()) {
            long out =
                    resume.at() == OpenRequest.Resume.OLDEST
                            ? JoinedStream.from(answer)
                            : resume.at();
            session.resumedAt(joined, JoinedStream.offset(answer), out);
        }
        return answer.with("session", session.id().text());
    }

    private Headers headers(
            OpenRequest request, OpenRequest.@Nullable Resume resume, LiveSession session) {
        var headers =
                Headers.of(
                        "kind", request.kind().label(),
                        "session", session.id().text(),
                        "user", principal.who(),
                        "login", session.login());
        if (resume != null) {
            headers = headers.with("resume-id", resume.id());
            if (resume.resumes()) {
                headers = headers.with("resume-at", resume.atText());
            }
        }
        byte[] argv = request.argv();
        return switch (request.kind()) {
            case SSH -> headers;
            case TCP -> headers.with("target", request.target());
            case EXEC -> argv == null ? headers : headers.with("argv", argv);
            case TERMINAL -> headers.with("size", request.size());
        };
    }

    /// A stream is over; with it the session, unless it is a forward that may have more. Waits for
    /// nothing.
    private void streamOver(
            LiveSession session, JoinedStream joined, StreamEnd end, String message) {
        boolean lost = end == StreamEnd.LINK_LOST && joined.mayBeResumed();
        var left = session.leave(joined, lost);
        if (left != LiveSession.Left.STREAMS) {
            services.threads().execute(() -> lastStreamOver(session, left, lost, end, message));
        }
    }

    private void lastStreamOver(
            LiveSession session,
            LiveSession.Left left,
            boolean lost,
            StreamEnd end,
            String message) {
        switch (left) {
            case STREAMS -> {}
            case INTERRUPTED -> {
                boolean orderly = !lost && (gone == null || gone == StreamEnd.DONE);
                if (orderly && session.isIdleAsFarAsKnown()) {
                    over(session, end, message);
                } else {
                    services.sessions().interrupted(session);
                }
            }
            case NOTHING -> {
                // What could not be resumed was lost.
                var cause = end == StreamEnd.NOT_RESUMABLE ? StreamEnd.LINK_LOST : end;
                if (session.end() != null) {
                    services.sessions().end(session, cause, message);
                } else {
                    over(session, cause, message);
                }
            }
        }
    }

    /// Ends a forward a while after its last stream.
    private void over(LiveSession session, StreamEnd cause, String message) {
        var up = link;
        var unlinked = gone;
        if (session.kind() != OpenRequest.Kind.TCP || up == null) {
            services.sessions().end(session, cause, message);
            return;
        }
        long streams = session.streams();
        if (unlinked != null) {
            if (session.isIdle()) {
                services.sessions().end(session, unlinked, "");
            } else {
                endIdle(session, streams, unlinked, "", MOVING);
            }
            return;
        }
        endIdle(session, streams, cause, message, IDLE_FORWARD);
    }

    /// Ends a session that has had no stream since.
    ///
    /// @param streams that it had had by then
    private void endIdle(
            LiveSession session, long streams, StreamEnd cause, String message, Duration after) {
        CompletableFuture.delayedExecutor(
                        after.toMillis(), TimeUnit.MILLISECONDS, services.threads())
                .execute(() -> {
                    if (session.isIdleAsFarAsKnown() && session.streams() == streams) {
                        services.sessions().end(session, cause, message);
                    }
                });
    }

    /// A stream is refused, for a cause of its own.
    static final class Refused extends RuntimeException {

        private final StreamEnd cause;
        private final String sentence;

        Refused(StreamEnd cause, String sentence) {
            super(sentence, null, false, false);
            this.cause = cause;
            this.sentence = sentence;
        }
    }
}
