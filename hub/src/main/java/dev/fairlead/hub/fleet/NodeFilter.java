package dev.fairlead.hub.fleet;

import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.rbac.Selector;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which nodes a list shows.
///
/// @param online null for both
/// @param ids only these; null for all
/// @param brief without the policies and capabilities, which are most of what is read
public record NodeFilter(
        Selector labels, @Nullable Boolean online, @Nullable List<NodeId> ids, boolean brief) {

    public static final NodeFilter ALL = new NodeFilter(Selector.ALL, null);

    public NodeFilter(Selector labels, @Nullable Boolean online) {
        this(labels, online, null, false);
    }
}
