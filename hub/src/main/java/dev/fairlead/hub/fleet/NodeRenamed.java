package dev.fairlead.hub.fleet;

import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.db.TenantId;

/// Told after the commit by which a node got another name; `hostca` listens.
@FunctionalInterface
public interface NodeRenamed {

    /// May block for a few seconds: the person who renamed the node waits until the name is good.
    void renamed(TenantId tenant, NodeId node);
}
