package dev.fairlead.hub.tunnel;

import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.link.LinkEnd;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ThreadLocalRandom;

/// The nodes' links that this hub holds: at most one per node, the one of the highest epoch.
public final class Links {

    private final ConcurrentMap<NodeId, LiveLink> byNode = new ConcurrentHashMap<>();

    /// Puts a link in the place of the node's older one, which is closed. A link that comes later
    /// than a newer one is closed itself.
    ///
    /// @return whether it is the node's link now
    boolean add(LiveLink link) {
        var old = new LiveLink[1];
        var now =
                byNode.merge(
                        link.node(),
                        link,
                        (held, next) -> {
                            boolean newer = next.epoch() > held.epoch();
                            old[0] = newer ? held : next;
                            return newer ? next : held;
                        });
        if (old[0] != null) {
            old[0].link().close(LinkEnd.TAKEN_OVER, "a newer link of this node took over");
        }
        return now == link;
    }

    void remove(LiveLink link) {
        byNode.remove(link.node(), link);
    }

    /// The link of a node of this tenant.
    public Optional<LiveLink> find(TenantId tenant, NodeId node) {
        return Optional.ofNullable(byNode.get(node)).filter(link -> link.tenant().equals(tenant));
    }

    /// Takes out the link of a node of this tenant: from then on nobody finds it, and who took it
    /// closes it.
    public Optional<LiveLink> take(TenantId tenant, NodeId node) {
        return find(tenant, node).filter(link -> byNode.remove(node, link));
    }

    /// Takes out all links of a tenant.
    List<LiveLink> takeAll(TenantId tenant) {
        return byNode.keySet().stream().flatMap(node -> take(tenant, node).stream()).toList();
    }

    public int count() {
        return byNode.size();
    }

    public List<LiveLink> all() {
        return List.copyOf(byNode.values());
    }

    /// Tells all agents to dial anew, spread over `within`, and lets the streams that are open go
    /// on.
    public void drain(Duration within) {
        var random = ThreadLocalRandom.current();
        byNode.values()
                .forEach(link ->
                        link.link()
                                .goAway(
                                        LinkEnd.GOING_AWAY,
                                        Duration.ofMillis(random.nextLong(within.toMillis() + 1)),
                                        "the hub is being drained"));
    }

    /// Closes all, when the hub stops.
    public void closeAll(String message) {
        byNode.values().forEach(link -> link.link().close(LinkEnd.GOING_AWAY, message));
    }
}
