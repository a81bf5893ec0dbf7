package dev.fairlead.hub.fleet;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.audit.Events;
import dev.fairlead.hub.db.Database;
import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.db.Together;
import dev.fairlead.hub.db.Tx;
import dev.fairlead.link.LinkEnd;
import dev.fairlead.link.handshake.VerifyingKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The directory of links: which hub has which node's, fenced by epoch, and their history.
///
/// The life of a link: the handshake's admission takes an epoch (`enroll.AdmitNode`); the link is
/// put where [NodeCut] finds it; [#begin], and where that says no, it is closed; [#end].
public final class NodeLinks {

    private static final Logger LOG = LoggerFactory.getLogger(NodeLinks.class);

    private static final int AT_ONCE = 200;

    private final Database database;
    private final Events events;
    private final LastSeen seen;
    private final String hub;
    private final NodeStore nodes = new NodeStore();
    private final Object lock = new Object();
    private final Set<Ended> unwritten = new LinkedHashSet<>();
    private final Together<Beginning, Boolean> beginnings;
    private final Together<Ended, Boolean> ends;

    /// What [#begin] takes.
    record Beginning(
            TenantId tenant,
            NodeId node,
            VerifyingKey key,
            long epoch,
            String address,
            LinkFacts facts) {}

    /// What [#end] takes.
    record Ended(TenantId tenant, NodeId node, long epoch, LinkEnd why) {}

    /// @param hub this hub's name in the directory, the same after a restart
    /// @param threads virtual ones
    public NodeLinks(
            Database database, Events events, LastSeen seen, String hub, Executor threads) {
        this.database = database;
        this.events = events;
        this.seen = seen;
        this.hub = hub;
        this.beginnings = new Together<>(AT_ONCE, Beginning::node, threads, this::beginAll);
        this.ends = new Together<>(AT_ONCE, Ended::node, threads, this::endAll);
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

    /// As [#beginLater], and blocks until it is written.
    public boolean begin(
            TenantId tenant,
            NodeId node,
            VerifyingKey key,
            long epoch,
            String address,
            LinkFacts facts) {
        return beginnings.ask(new Beginning(tenant, node, key, epoch, address, facts));
    }

    /// A link is there. Older ones of the node have ended from now on, as taken over. Those that
    /// begin at the same time are written together.
    ///
    /// @param key that the agent proved
    /// @param epoch that its admission took
    /// @param address where the agent dialled from
    /// @param facts what else is known of it
    /// @return false where the link must be closed: the key was revoked since, or a newer link has
    ///   begun
    public CompletableFuture<Boolean> beginLater(
            TenantId tenant,
            NodeId node,
            VerifyingKey key,
            long epoch,
            String address,
            LinkFacts facts) {
        return beginnings.askLater(new Beginning(tenant, node, key, epoch, address, facts));
    }

    private List<Boolean> beginAll(List<Beginning> all) {
        var begun = new HashSet<Beginning>();
        database.useSystem(_ ->
                all.stream()
                        .collect(Collectors.groupingBy(Beginning::tenant))
                        .forEach((tenant, beginnings) ->
                                database.useTenant(
                                        tenant, tx -> begun.addAll(begin(tx, beginnings)))));
        return all.stream().map(begun::contains).toList();
    }

    private List<Beginning> begin(Tx tx, List<Beginning> all) {
        // Locked by a statement of its own: what the next one sees is then the newest.
        nodes.lock(tx, all.stream().map(Beginning::node).toList());
        Map<NodeId, NodeLinkStore.Begun> may = new HashMap<>();
        NodeLinkStore.mayBegin(tx, all).forEach(one -> may.put(one.node(), one));
        var begun = all.stream().filter(one -> may.containsKey(one.node())).toList();
        if (begun.isEmpty()) {
            return begun;
        }
        var online =
                may.values().stream()
                        .filter(NodeLinkStore.Begun::online)
                        .map(NodeLinkStore.Begun::node)
                        .toList();
        if (!online.isEmpty()) {
            NodeLinkStore.endAll(tx, online, LinkEnd.TAKEN_OVER.label());
        }
        NodeLinkStore.insert(tx, begun, hub);
        NodeLinkStore.forgetOld(tx, may.keySet());
        tx.afterCommit(() -> begun.forEach(one -> seen.now(one.node())));
        events.tell(
                tx,
                begun.stream()
                        .filter(one -> !need(may, one.node()).online())
                        .map(one ->
                                new Events.Told(
                                        "node.online",
                                        one.node().text(),
                                        need(may, one.node()).name(),
                                        Map.of("address", one.address())))
                        .toList());
        return begun;
    }

    private static NodeLinkStore.Begun need(Map<NodeId, NodeLinkStore.Begun> all, NodeId node) {
        return Objects.requireNonNull(all.get(node));
    }

    /// A link is gone. Never fails: while the database is away the end is kept, and written by the
    /// next [#flush] that can. Blocks until it is written; those that end at the same time are
    /// written together.
    public void end(TenantId tenant, NodeId node, long epoch, LinkEnd why) {
        var ended = new Ended(tenant, node, epoch, why);
        try {
            ends.ask(ended);
        } catch (RuntimeException e) {
            LOG.warn("The end of the link {} of {} is not written yet", epoch, node, e);
            synchronized (lock) {
                unwritten.add(ended);
            }
        }
    }

    private List<Boolean> endAll(List<Ended> all) {
        write(all);
        return Collections.nCopies(all.size(), true);
    }

    private void write(List<Ended> all) {
        database.useSystem(_ ->
                all.stream()
                        .collect(Collectors.groupingBy(Ended::tenant))
                        .forEach((tenant, ended) ->
                                database.useTenant(
                                        tenant,
                                        tx ->
                                                events.tell(
                                                        tx,
                                                        NodeLinkStore.end(tx, ended).stream()
                                                                .map(one ->
                                                                        new Events.Told(
                                                                                "node.offline",
                                                                                one.node().text(),
                                                                                one.name(),
                                                                                Map.of(
                                                                                        "end",
                                                                                        one
                                                                                                .reason())))
                                                                .toList()))));
    }

    /// Writes the ends that could not be written; the hub calls it every few seconds.
    public void flush() {
        List<Ended> left;
        synchronized (lock) {
            if (unwritten.isEmpty()) {
                return;
            }
            left = new ArrayList<>(unwritten);
            unwritten.clear();
        }
        while (!left.isEmpty()) {
            var some = left.subList(Math.max(0, left.size() - AT_ONCE), left.size());
            try {
                write(some);
            } catch (Rejected e) {
                synchronized (lock) {
                    unwritten.addAll(left);
                }
                return;
            } catch (RuntimeException e) {
                LOG.error("The ends of {} are never written", some, e);
            }
            some.clear();
        }
    }

    /// The links of a node, newest first; at most a hundred are remembered.
    ///
    /// @param before only those with a smaller number
    public List<NodeLink> history(TenantId tenant, NodeId node, long before, int limit) {
        return database.inTenant(tenant, tx -> NodeLinkStore.history(tx, node, before, limit));
    }
}
