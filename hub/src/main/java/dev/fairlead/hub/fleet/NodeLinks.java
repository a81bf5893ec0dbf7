package dev.fairlead.hub.fleet;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.audit.Events;
import dev.fairlead.hub.db.Database;
import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.link.LinkEnd;
import dev.fairlead.link.handshake.VerifyingKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The directory of links: which hub has which node's, fenced by epoch, and their history.
///
/// The life of a link: the handshake's admission takes an epoch ([EnrolNode#again]); the link is
/// put where [NodeCut] finds it; [#begin], and where that says no, it is closed; [#end].
public final class NodeLinks {

    private static final Logger LOG = LoggerFactory.getLogger(NodeLinks.class);

    private final Database database;
    private final Events events;
    private final LastSeen seen;
    private final String hub;
    private final NodeStore nodes = new NodeStore();
    private final Object lock = new Object();
    private Map<Ended, LinkEnd> unwritten = new LinkedHashMap<>();

    private record Ended(TenantId tenant, NodeId node, long epoch) {}

    /// @param hub this hub's name in the directory, the same after a restart
    public NodeLinks(Database database, Events events, LastSeen seen, String hub) {
        this.database = database;
        this.events = events;
        this.seen = seen;
        this.hub = hub;
    }

    /// Ends what this hub left open when it was last stopped or killed. Before it takes any link.
    public void endLeftovers() {
        database.system(tx ->
                tx.handle()
                        .createQuery("select 1 from end_leftovers_of_hub(:hub, :why)")
                        .bind("hub", hub)
                        .bind("why", LinkEnd.CONNECTION_LOST.label())
                        .mapTo(Integer.class)
                        .list());
    }

    /// A link is there. Older ones of the node have ended from now on, as taken over.
    ///
    /// @param key that the agent proved
    /// @param epoch that its admission took
    /// @param address where the agent dialled from
    /// @return false where the link must be closed: the key was revoked since, or a newer link has
    ///   begun
    public boolean begin(
            TenantId tenant, NodeId node, VerifyingKey key, long epoch, String address) {
        return database.inTenant(
                tenant,
                tx -> {
                    // Locked by a statement of its own: what the next one sees is then the newest.
                    if (!nodes.lock(tx, node)) {
                        return false;
                    }
                    var name = NodeLinkStore.mayBegin(tx, node, key, epoch);
                    if (name.isEmpty()) {
                        return false;
                    }
                    int open = NodeLinkStore.endAll(tx, node, LinkEnd.TAKEN_OVER.label());
                    NodeLinkStore.insert(tx, node, epoch, hub, address);
                    NodeLinkStore.forgetOld(tx, node);
                    tx.afterCommit(() -> seen.now(node));
                    if (open == 0) {
                        events.tell(
                                tx,
                                "node.online",
                                node.text(),
                                name.get(),
                                Map.of("address", address));
                    }
                    return true;
                });
    }

    /// A link is gone. Never fails: while the database is away the end is kept, and written by the
    /// next [#flush] that can.
    public void end(TenantId tenant, NodeId node, long epoch, LinkEnd why) {
        try {
            write(tenant, node, epoch, why);
        } catch (RuntimeException e) {
            LOG.warn("The end of the link {} of {} is not written yet", epoch, node, e);
            synchronized (lock) {
                unwritten.put(new Ended(tenant, node, epoch), why);
            }
        }
    }

    private void write(TenantId tenant, NodeId node, long epoch, LinkEnd why) {
        database.useTenant(
                tenant,
                tx ->
                        NodeLinkStore.end(tx, node, epoch, why.label())
                                .ifPresent(name ->
                                        events.tell(
                                                tx,
                                                "node.offline",
                                                node.text(),
                                                name,
                                                Map.of("end", why.label()))));
    }

    /// Writes the ends that could not be written; the hub calls it every few seconds.
    public void flush() {
        Map<Ended, LinkEnd> all;
        synchronized (lock) {
            if (unwritten.isEmpty()) {
                return;
            }
            all = unwritten;
            unwritten = new LinkedHashMap<>();
        }
        List<Map.Entry<Ended, LinkEnd>> left = new ArrayList<>(all.entrySet());
        while (!left.isEmpty()) {
            var next = left.getLast();
            try {
                write(
                        next.getKey().tenant,
                        next.getKey().node,
                        next.getKey().epoch,
                        next.getValue());
            } catch (Rejected e) {
                synchronized (lock) {
                    left.forEach(entry -> unwritten.put(entry.getKey(), entry.getValue()));
                }
                return;
            } catch (RuntimeException e) {
                LOG.error("The end of {} is never written", next.getKey(), e);
            }
            left.removeLast();
        }
    }

    /// The links of a node, newest first; at most a hundred are remembered.
    public List<NodeLink> history(TenantId tenant, NodeId node, int limit) {
        return database.inTenant(tenant, tx -> NodeLinkStore.history(tx, node, limit));
    }
}
