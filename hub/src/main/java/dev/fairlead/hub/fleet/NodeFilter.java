package dev.fairlead.hub.fleet;

import dev.fairlead.hub.rbac.Selector;
import org.jspecify.annotations.Nullable;

/// Which nodes a list shows.
///
/// @param online null for both
public record NodeFilter(Selector labels, @Nullable Boolean online) {

    public static final NodeFilter ALL = new NodeFilter(Selector.ALL, null);
}
