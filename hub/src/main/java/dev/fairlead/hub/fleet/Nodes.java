package dev.fairlead.hub.fleet;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.audit.Actor;
import dev.fairlead.hub.audit.Audit;
import dev.fairlead.hub.audit.AuditEntry;
import dev.fairlead.hub.audit.Events;
import dev.fairlead.hub.db.Database;
import dev.fairlead.hub.db.Name;
import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.db.Tx;
import dev.fairlead.hub.rbac.Labels;
import dev.fairlead.hub.rbac.RightsChanged;
import dev.fairlead.link.LinkEnd;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What people see and change of the nodes. Whether they may is asked before, by who calls.
///
/// A node of another tenant is `not-found` in the words of one that does not exist.
public final class Nodes {

    /// Nodes that are looked at at a time, for somebody who sees few of them.
    private static final int BATCH = 500;

    private final Database database;
    private final Audit audit;
    private final Events events;
    private final RightsChanged rights;
    private final NodeCut cut;
    private final NodeRenamed renamed;
    private final LastSeen seen;
    private final Heartbeats heartbeats;
    private final NodeStore store = new NodeStore();

    public Nodes(
            Database database,
            Audit audit,
            Events events,
            RightsChanged rights,
            NodeCut cut,
            NodeRenamed renamed,
            LastSeen seen,
            Heartbeats heartbeats) {
        this.database = database;
        this.audit = audit;
        this.events = events;
        this.rights = rights;
        this.cut = cut;
        this.renamed = renamed;
        this.seen = seen;
        this.heartbeats = heartbeats;
    }

    /// The nodes after a name, by name: of those that the filter wants the ones that the asker
    /// sees.
    ///
    /// @param visible as `rbac.Rights.sees` says
    /// @param after null for the first ones
    /// @param limit at most so many
    public List<Node> list(
            TenantId tenant,
            NodeFilter filter,
            Predicate<Labels> visible,
            @Nullable String after,
            int limit) {
        Name from =
                after == null
                        ? null
                        : Name.parse(after)
                                .orElseThrow(() ->
                                        Rejected.invalid(
                                                "The cursor is not one of this list: take `next` of"
                                                        + " the page before."));
        return database.inTenant(
                tenant,
                tx -> {
                    List<Node> found = new ArrayList<>();
                    Name last = from;
                    // Who sees all nodes needs no more of them; for the others it grows.
                    int most = limit;
                    List<Node> batch;
                    do {
                        batch = store.page(tx, filter, last, most);
                        for (Node node : batch) {
                            if (found.size() < limit && visible.test(node.labels())) {
                                found.add(live(node));
                            }
                            last = node.name();
                        }
                        if (batch.size() < most) {
                            break;
                        }
                        most = Math.max(most, Math.min(2 * most, BATCH));
                    } while (found.size() < limit);
                    return found;
                });
    }

    /// @param nameOrId either
    public Optional<Node> find(TenantId tenant, String nameOrId) {
        return database.inTenant(
                tenant,
                tx ->
                        NodeId.parse(nameOrId)
                                .flatMap(id -> store.byId(tx, id))
                                .or(() ->
                                        Name.parse(nameOrId)
                                                .flatMap(name -> store.byName(tx, name)))
                                .map(this::live));
    }

    /// @throws Rejected as `not-found`
    public Node need(TenantId tenant, String nameOrId) {
        return find(tenant, nameOrId).orElseThrow(() -> Rejected.notFound("node"));
    }

    /// Renames and relabels. Blocks until a renamed node has been told, a few seconds at most.
    ///
    /// @param name null to keep it
    /// @param labels merged into what is there: a value sets one, null takes it away
    /// @throws Rejected as `not-found`, `conflict` where the name is taken, or `invalid-request`
    public Node change(
            Actor actor,
            TenantId tenant,
            NodeId id,
            @Nullable Name name,
            Map<String, @Nullable String> labels) {
        return database.inTenant(
                tenant,
                tx -> {
                    Node before = locked(tx, id);
                    Labels merged = merged(before.labels(), labels);
                    boolean otherName = name != null && !name.equals(before.name());
                    boolean relabelled = !merged.equals(before.labels());
                    if (name != null && otherName) {
                        rename(tx, id, name);
                        tx.afterCommit(() -> renamed.renamed(tenant, id));
                    }
                    if (relabelled) {
                        store.setLabels(tx, id, merged);
                    }
                    Node after = store.byId(tx, id).map(this::live).orElseThrow();
                    if (otherName || relabelled) {
                        recordChange(tx, actor, before, after);
                    }
                    if (relabelled) {
                        tx.afterCommit(() ->
                                rights.rightsChanged(
                                        tenant,
                                        null,
                                        "the labels of " + after.name() + " were changed"));
                    }
                    return after;
                });
    }

    private void rename(Tx tx, NodeId id, Name name) {
        try {
            store.rename(tx, id, name);
        } catch (RuntimeException e) {
            throw Database.breaks(e, "node_name")
                    ? Rejected.of(
                            Rejected.Code.CONFLICT,
                            "Another node of this tenant is called " + name + ".",
                            "Take another name, or rename that node first: fairlead node rename.")
                    : e;
        }
    }

    private static Labels merged(Labels before, Map<String, @Nullable String> change) {
        TreeMap<String, String> merged = new TreeMap<>(before.map());
        change.forEach((key, value) -> {
            if (value == null) {
                merged.remove(key);
            } else {
                merged.put(key, value);
            }
        });
        return Labels.of(merged);
    }

    private void recordChange(Tx tx, Actor actor, Node before, Node after) {
        Map<String, String> details = new TreeMap<>();
        if (!before.name().equals(after.name())) {
            details.put("name before", before.name().text());
        }
        if (!before.labels().equals(after.labels())) {
            details.put("labels before", before.labels().toString());
            details.put("labels", after.labels().toString());
        }
        events.tell(
                tx,
                "node.changed",
                after.id().text(),
                after.name().text(),
                Map.of("labels", after.labels().map()));
        audit.record(
                tx,
                AuditEntry.done("node.change", actor, after.name().text(), after.id().text())
                        .with(details));
    }

    /// Removes a node: its key is revoked, its name is free, its link is cut at once.
    ///
    /// @throws Rejected as `not-found`
    public void remove(Actor actor, TenantId tenant, NodeId id) {
        database.useTenant(
                tenant,
                tx -> {
                    Node node = locked(tx, id);
                    store.revokeKeys(tx, id, "removed");
                    store.remove(tx, id);
                    NodeLinkStore.endAll(tx, List.of(id), LinkEnd.REVOKED.label());
                    String name = node.name().text();
                    tx.afterCommit(() -> {
                        cut.cut(tenant, id, LinkEnd.REVOKED, "this node was removed from the hub");
                        heartbeats.forget(id);
                        seen.forget(id);
                        rights.rightsChanged(tenant, null, "the node " + name + " was removed");
                    });
                    events.tell(tx, "node.removed", id.text(), name, Map.of());
                    audit.recordTaking(tx, AuditEntry.done("node.remove", actor, name, id.text()));
                });
    }

    /// Removes a node whose own agent says that it leaves.
    public void leave(TenantId tenant, NodeId id) {
        find(tenant, id.text())
                .ifPresent(node ->
                        remove(new Actor(node.name().text(), id.text(), null, null), tenant, id));
    }

    private Node locked(Tx tx, NodeId id) {
        if (!store.lock(tx, id)) {
            throw Rejected.notFound("node");
        }
        return store.byId(tx, id).orElseThrow(() -> Rejected.notFound("node"));
    }

    private Node live(Node node) {
        return node.with(
                seen.of(node.id()).orElse(null), heartbeats.latest(node.id()).orElse(null));
    }
}
