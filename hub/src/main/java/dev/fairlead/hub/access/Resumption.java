package dev.fairlead.hub.access;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.fleet.Node;
import dev.fairlead.hub.rbac.Decision;
import dev.fairlead.hub.rbac.Principal;
import dev.fairlead.hub.tenant.Tenant;
import dev.fairlead.link.StreamEnd;
import java.util.Optional;
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
        var session = resume == null ? null : resume.session();
        if (resume == null || session == null || !services.sessions().resume()) {
            throw notResumable();
        }
        var tenant = services.tenants().find(request.tenant()).map(Tenant::id);
        var found =
                services.sessions()
                        .live(session)
                        .filter(it -> isOf(it, request, tenant) && it.mayHaveStream(resume.id()));
        if (found.isEmpty()) {
            throw ended(request, tenant);
        }
        var kept = found.get();
        var node = services.nodes().find(kept.tenant(), kept.node().text());
        if (node.isEmpty() || !isNamed(node.get(), kept, request.node())) {
            throw notResumable();
        }
        var decision =
                services.decide()
                        .decide(
                                principal,
                                kept.tenant(),
                                kept.kind().act,
                                node.get().labels(),
                                request.login());
        if (!decision.equals(new Decision.Allowed(kept.login()))) {
            throw new ServeClient.Refused(
                    StreamEnd.RIGHT_ENDED, "the right to this session has ended");
        }
        ServeClient.mustBeOnline(services.links(), kept.tenant(), node.get());
        if (!node.get().facts().capabilities().containsKey("resume")) {
            // An older agent would begin anew what it is asked to go on with.
            throw notResumable();
        }
        return kept;
    }

    private boolean isOf(LiveSession session, OpenRequest request, Optional<TenantId> tenant) {
        return session.principal().user().equals(principal.user())
                && session.principal().tenant().equals(principal.tenant())
                && Optional.of(session.tenant()).equals(tenant)
                && session.kind() == request.kind()
                && session.target().equals(ServeClient.shownTarget(request));
    }

    /// By the name that it had when the session began, too: it may have been renamed since.
    private static boolean isNamed(Node node, LiveSession session, String asked) {
        return asked.equals(node.id().text())
                || asked.equals(node.name().text())
                || asked.equals(session.nodeName());
    }

    /// Why there is no such session any more, for the person whose it was.
    private ServeClient.Refused ended(OpenRequest request, Optional<TenantId> tenant) {
        var resume = request.resume();
        if (resume == null || resume.session() == null || tenant.isEmpty()) {
            return notResumable();
        }
        return services.sessions()
                .find(tenant.get(), resume.session())
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
