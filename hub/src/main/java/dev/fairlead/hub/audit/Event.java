package dev.fairlead.hub.audit;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Something that changed in a tenant, as SSE sends it.
///
/// @param seq its number, in commit order
/// @param kind such as `node.online`, `session.ended`
/// @param id of what changed
/// @param name of what changed
public record Event(
        long seq,
        Instant at,
        String kind,
        @Nullable String id,
        @Nullable String name,
        Map<String, ?> data) {}
