package dev.fairlead.agent.state;

import java.net.URI;
import java.time.Instant;
import java.util.List;

/// What this machine is to its hub, from enrolment on; kept in `state.json`.
///
/// @param node the node's id
/// @param tenant the tenant's id
/// @param root the fingerprint of the root key that the hub must prove
/// @param bundle the highest number of a key bundle that was seen
/// @param hubs addresses of the hub, best first
public record AgentState(
        String node,
        String name,
        String tenant,
        String tenantName,
        String root,
        long bundle,
        List<URI> hubs,
        Instant joined) {

    public AgentState {
        hubs = List.copyOf(hubs);
    }
}
