package dev.fairlead.hub.tunnel;

import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.db.TenantId;

/// What an agent may ask of the hub; may block.
@FunctionalInterface
public interface AgentCall {

    /// @param document from the agent: hostile input
    /// @return the answer; empty where there is nothing to say
    /// @throws dev.fairlead.hub.Rejected with a sentence for the agent's log
    byte[] answer(TenantId tenant, NodeId node, byte[] document);
}
