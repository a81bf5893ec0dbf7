package dev.fairlead.hub.access;

import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.fleet.NodeCut;
import dev.fairlead.hub.tunnel.Links;
import dev.fairlead.link.LinkEnd;

/// Cuts a node's link with the sessions over it. From the call on nobody finds the link any more;
/// it is closed when the people on the node have been told why, which takes half a second at most.
public final class CutNodes implements NodeCut {

    private final Links links;
    private final Sessions sessions;

    public CutNodes(Links links, Sessions sessions) {
        this.links = links;
        this.sessions = sessions;
    }

    @Override
    public void cut(TenantId tenant, NodeId node, LinkEnd end, String message) {
        // This link, and not one that another machine has by then in the node's place.
        links.take(tenant, node)
                .ifPresent(link ->
                        sessions.cutNode(tenant, node, message)
                                .thenRun(() -> link.link().close(end, message)));
    }
}
