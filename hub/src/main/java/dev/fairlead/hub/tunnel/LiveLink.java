package dev.fairlead.hub.tunnel;

import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.link.Link;

/// A node's link that this hub holds.
///
/// @param epoch numbers the node's links; the higher one counts
/// @param address where the agent dialled from
public record LiveLink(TenantId tenant, NodeId node, long epoch, String address, Link link) {}
