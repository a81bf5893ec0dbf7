package dev.fairlead.hub.fleet;

import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/// A machine that has a node's key besides the one that has its link.
///
/// @param hostname as it says
/// @param address where it dialled from last
public record NodeCopy(
        @Nullable String hostname,
        String address,
        OffsetDateTime firstSeen,
        OffsetDateTime lastSeen) {}
