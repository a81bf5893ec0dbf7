package dev.fairlead.hub.tunnel;

import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.link.Link;
import dev.fairlead.link.handshake.Between;

/// A node's link that this hub holds.
///
/// @param epoch numbers the node's links; the higher one counts
/// @param address where the agent dialled from
/// @param between who is on the way
public record LiveLink(
        TenantId tenant, NodeId node, long epoch, String address, Between between, Link link) {}
