package dev.fairlead.hub.fleet;

import dev.fairlead.hub.db.Name;
import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.db.TenantId;

/// A node that was let in.
///
/// @param epoch the number of the link that it may now have
public record Enrolled(TenantId tenant, NodeId node, Name name, long epoch) {}
