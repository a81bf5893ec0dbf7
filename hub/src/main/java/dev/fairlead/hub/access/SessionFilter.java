package dev.fairlead.hub.access;

import dev.fairlead.hub.db.NodeId;
import org.jspecify.annotations.Nullable;

/// Which sessions a list is about; null does not filter.
///
/// @param user `NAME@TENANT`
/// @param live true for those that live, false for those that ended
public record SessionFilter(@Nullable NodeId node, @Nullable String user, @Nullable Boolean live) {

    public static final SessionFilter ALL = new SessionFilter(null, null, null);
}
