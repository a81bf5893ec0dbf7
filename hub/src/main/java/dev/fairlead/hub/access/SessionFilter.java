package dev.fairlead.hub.access;

import dev.fairlead.hub.db.NodeId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Which sessions a list is about; null does not filter.
///
/// @param user `NAME@TENANT`
/// @param live true for those that live, false for those that ended
/// @param since those that began then or later
/// @param until those that began before
public record SessionFilter(
        @Nullable NodeId node,
        @Nullable String user,
        @Nullable Boolean live,
        @Nullable Instant since,
        @Nullable Instant until) {

    public static final SessionFilter ALL = new SessionFilter(null, null, null, null, null);
}
