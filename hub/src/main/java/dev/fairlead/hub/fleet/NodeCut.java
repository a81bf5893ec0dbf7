package dev.fairlead.hub.fleet;

import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.link.LinkEnd;

/// Cuts a node's link wherever this hub holds it; `tunnel` does it. Called after the commit that
/// ended the node's right to it.
@FunctionalInterface
public interface NodeCut {

    /// Nothing to cut.
    NodeCut NOBODY = (tenant, node, end, message) -> {};

    /// Returns soon; does nothing where there is no link.
    ///
    /// @param message a sentence for the agent's log
    void cut(TenantId tenant, NodeId node, LinkEnd end, String message);
}
