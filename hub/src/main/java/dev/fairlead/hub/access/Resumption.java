package dev.fairlead.hub.access;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.db.SessionId;
import dev.fairlead.hub.fleet.Node;
import dev.fairlead.hub.rbac.Decision;
import dev.fairlead.hub.rbac.Principal;
import dev.fairlead.hub.tenant.Tenant;
import dev.fairlead.link.StreamEnd;
import org.jspecify.annotations.Nullable;

/// Decides about an OPEN that resumes, anew: whose session it is and what it is about, the right,
/// and the node. Whatever does not fit is refused in the same words, whether it is there or not: a
/// session's id is nobody else's to try.
final class Resumption {

    private static final String NOTHING_KEPT =
            "Nothing is kept of this stream any more, so it cannot be resumed.";

    private final ServeClient.Services services;
    private final Principal principal;

    Resumption(ServeClient.Services services, Principal principal) {
        this.services = services;
        this.principal = principal;
    }

    /// The session that the stream goes on in. May block.
    ///
    /// @throws ServeClient.Refused where it cannot: for now, or for good
    LiveSession decide(OpenRequest request) {
        try {
            return decideNow(request);
        } catch (Rejected e) {
            if (e.code() == Rejected.Code.UNAVAILABLE) {
                // The database is away: the opener tries again until its time is over.
                throw new ServeClient.Refused(StreamEnd.LINK_LOST, e.detail());
            }
            throw e;
        }
    }

    private LiveSession decideNow(OpenRequest request) {
        var resume = request.resume();
        var id = resume == null ? null : resume.session();
        if (resume == null || id == null || !services.sessions().resume()) {
            throw notResumable();
        }
        var session =
                services.sessions()
                        .live(id)
                        .filter(it -> isOf(it, request) && it.mayHaveStream(resume.id()))
                        .orElseThrow(() -> ended(request, id));
        var node = services.sessions().inTurn(session, () -> decideAnew(session, request));
        // Whoever resumes is often there before the node, which lost its link by the same fault.
        // While it waits the session is cut when its right ends.
        var patience = services.sessions().waitsForNode();
        if (services.links().await(session.tenant(), session.node(), patience).isEmpty()) {
            throw ServeClient.offline(node);
        }
        return session;
    }

    /// The tenant, the node and the right, as they are now.
    private Node decideAnew(LiveSession session, OpenRequest request) {
        var tenant = services.tenants().find(session.tenant().text());
        if (tenant.filter(it -> isNamed(it, request.tenant())).isEmpty()) {
            throw ended(request, session.id());
        }
        var node =
                services.nodes()
                        .find(session.tenant(), session.node().text())
                        .filter(it -> isNamed(it, session, request.node()))
                        .orElseThrow(Resumption::notResumable);
        var decision =
                services.decide()
                        .decide(
                                principal,
                                session.tenant(),
                                session.kind().act,
                                node.labels(),
                                request.login());
        if (!decision.equals(new Decision.Allowed(session.login()))) {
            throw new ServeClient.Refused(
                    StreamEnd.RIGHT_ENDED, "the right to this session has ended");
        }
        if (!node.facts().capabilities().containsKey("resume")) {
            // An older agent would begin anew what it is asked to go on with.
            throw notResumable();
        }
        return node;
    }

    private boolean isOf(LiveSession session, OpenRequest request) {
        return session.principal().user().equals(principal.user())
                && session.principal().tenant().equals(principal.tenant())
                && session.kind() == request.kind()
                && session.target().equals(ServeClient.shownTarget(request));
    }

    private static boolean isNamed(Tenant tenant, String asked) {
        return asked.equals(tenant.id().text()) || asked.equals(tenant.name().text());
    }

    /// By the name that it had when the session began, too: it may have been renamed since.
    private static boolean isNamed(Node node, LiveSession session, String asked) {
        return asked.equals(node.id().text())
                || asked.equals(node.name().text())
                || asked.equals(session.nodeName());
    }

    /// Why there is no such session any more, for the person whose it was.
    private ServeClient.Refused ended(OpenRequest request, SessionId id) {
        return services.tenants()
                .find(request.tenant())
                .flatMap(tenant -> services.sessions().find(tenant.id(), id))
                .filter(session ->
                        session.user().equals(principal.who())
                                && session.kind().equals(request.kind().label())
                                && session.cause() != null)
                .map(session -> ended(StreamEnd.ofLabel(String.valueOf(session.cause())), null))
                .orElse(notResumable());
    }

    /// @param message null where it is not known any more
    static ServeClient.Refused ended(StreamEnd cause, @Nullable String message) {
        return switch (cause) {
            case RIGHT_ENDED ->
                    new ServeClient.Refused(
                            cause,
                            message == null ? "the right to this session has ended" : message);
            case ENDED_BY_OPERATOR ->
                    new ServeClient.Refused(
                            cause,
                            message == null ? "the session was ended by an operator" : message);
            default -> notResumable();
        };
    }

    private static ServeClient.Refused notResumable() {
        return new ServeClient.Refused(StreamEnd.NOT_RESUMABLE, NOTHING_KEPT);
    }
}
