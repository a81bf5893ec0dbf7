package dev.fairlead.hub.tunnel;

import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.link.Link;
import dev.fairlead.link.LinkEnd;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The links that this hub holds: of nodes at most one each, the one of the highest epoch; of
/// people's programs any number.
public final class Links {

    private final ConcurrentMap<NodeId, LiveLink> byNode = new ConcurrentHashMap<>();
    private final Set<Link> clients = ConcurrentHashMap.newKeySet();
    private final ConcurrentMap<NodeId, Awaited> awaited = new ConcurrentHashMap<>();
    private volatile boolean draining;

    /// A node's next link, which somebody waits for.
    private static final class Awaited {
        private final CompletableFuture<Void> comes = new CompletableFuture<>();
        private int waiters;
    }

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
        var waiting = awaited.remove(link.node());
        if (waiting != null) {
            waiting.comes.complete(null);
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

    /// The same, of a node that may be on its way back: waits for it. Not while this hub is being
    /// drained, when nodes go elsewhere.
    ///
    /// @return empty where it has not come in this time
    public Optional<LiveLink> await(TenantId tenant, NodeId node, Duration atMost) {
        // Asked for after the wait is known, so that none comes in between unheard.
        var waiting =
                awaited.compute(
                        node,
                        (id, it) -> {
                            var awaiting = it == null ? new Awaited() : it;
                            awaiting.waiters++;
                            return awaiting;
                        });
        try {
            var there = find(tenant, node);
            if (there.isPresent() || draining) {
                return there;
            }
            waiting.comes.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException e) {
            // As it is now.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            awaited.computeIfPresent(
                    node, (id, it) -> it == waiting && --it.waiters == 0 ? null : it);
        }
        return find(tenant, node);
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

    void addClient(Link link) {
        clients.add(link);
    }

    void removeClient(Link link) {
        clients.remove(link);
    }

    Set<Link> clients() {
        return clients;
    }

    public int countOfClients() {
        return clients.size();
    }

    /// Nodes' links.
    public int count() {
        return byNode.size();
    }

    public List<LiveLink> all() {
        return List.copyOf(byNode.values());
    }

    /// Takes no new links from now on, tells all that stand to dial anew, spread over `within`, and
    /// lets the streams that are open go on. Once more for links that have come since.
    public void drain(Duration within) {
        draining = true;
        clients.forEach(link -> goAway(link, within));
        byNode.values().forEach(link -> goAway(link.link(), within));
    }

    private static void goAway(Link link, Duration within) {
        var wait = Duration.ofMillis(ThreadLocalRandom.current().nextLong(within.toMillis() + 1));
        link.goAway(LinkEnd.GOING_AWAY, wait, "the hub is being drained");
    }

    /// Whether links that come now are sent away.
    public boolean isDraining() {
        return draining;
    }

    /// Closes all, when the hub stops. Those of people's programs first: their streams then end for
    /// the loss of their own link, and not of a node's, which could be waited for here.
    public void closeAll(String message) {
        clients.forEach(link -> link.close(LinkEnd.GOING_AWAY, message));
        byNode.values().forEach(link -> link.link().close(LinkEnd.GOING_AWAY, message));
    }
}
