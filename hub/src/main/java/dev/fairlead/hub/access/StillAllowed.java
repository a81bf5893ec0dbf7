package dev.fairlead.hub.access;

import dev.fairlead.hub.fleet.Nodes;
import dev.fairlead.hub.rbac.Decide;
import java.util.function.Predicate;

/// Whether a session is allowed now; asked again when a right has changed somewhere: the node may
/// be gone or have other labels. May block.
public final class StillAllowed implements Predicate<LiveSession> {

    private final Nodes nodes;
    private final Decide decide;

    public StillAllowed(Nodes nodes, Decide decide) {
        this.nodes = nodes;
        this.decide = decide;
    }

    @Override
    public boolean test(LiveSession session) {
        return nodes.find(session.tenant(), session.node().text())
                .filter(now ->
                        decide.decide(
                                        session.principal(),
                                        session.tenant(),
                                        session.kind().act,
                                        now.labels(),
                                        session.login())
                                .allowed())
                .isPresent();
    }
}
