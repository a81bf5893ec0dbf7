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
import dev.fairlead.link.handshake.VerifyingKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Makes a node, or puts another machine in a node's place, in the transaction of whoever found out
/// that this may be. A key that serves names one node of the whole hub.
public final class EnrolNode {

    private final Audit audit;
    private final Events events;
    private final RightsChanged rights;
    private final NodeCut cut;
    private final NodeStore store = new NodeStore();

    public EnrolNode(Audit audit, Events events, RightsChanged rights, NodeCut cut) {
        this.audit = audit;
        this.events = events;
        this.rights = rights;
        this.cut = cut;
    }

    /// By what a node came in, for the audit.
    ///
    /// @param credential the typed id of the enrolment token or pairing
    /// @param approver who made the token, or approved the pairing
    /// @param address where the agent dialled from
    public record By(String credential, String approver, String address) {}

    /// What a machine that comes with this host name would be called.
    public Name nameFor(Tx tx, @Nullable String hostname) {
        return NodeNames.free(tx, NodeNames.base(hostname));
    }

    /// Whether no node of the transaction's tenant has this name.
    public boolean isFree(Tx tx, Name name) {
        return store.byName(tx, name).isEmpty();
    }

    /// A new node.
    ///
    /// @param wanted its name; null takes the host name's. A number is put behind one that is taken
    /// @throws Rejected as `conflict` where the key is that of a node already
    public Enrolled fresh(
            Tx tx,
            NodeId id,
            @Nullable Name wanted,
            VerifyingKey key,
            NodeFacts facts,
            Labels labels,
            By by) {
        Name name =
                NodeNames.settle(tx, wanted == null ? NodeNames.base(facts.hostname()) : wanted);
        store.insert(tx, id, name, key);
        addKey(tx, id, key);
        store.setLabels(tx, id, labels);
        long epoch = store.nextEpoch(tx, id, key, facts).orElseThrow();
        events.tell(tx, "node.enrolled", id.text(), name.text(), Map.of("labels", labels.map()));
        audit.record(
                tx,
                AuditEntry.done("node.enrol", actor(id, name, by), name.text(), id.text())
                        .with(Map.of("approver", by.approver)));
        return new Enrolled(tx.tenant(), id, name, epoch);
    }

    /// Another machine in the place of a node: the old key is revoked and its link cut.
    ///
    /// @param labels set besides those that the node has
    /// @throws Rejected as `not-found` where the node was removed, `conflict` where the key is that
    ///   of a node already, or was this one's before
    public Enrolled replace(
            Tx tx, NodeId id, VerifyingKey key, NodeFacts facts, Labels labels, By by) {
        if (!store.lock(tx, id)) {
            throw Rejected.notFound("node");
        }
        Node node = store.byId(tx, id).orElseThrow(() -> Rejected.notFound("node"));
        store.revokeKeys(tx, id, "replaced");
        NodeLinkStore.endAll(tx, List.of(id), LinkEnd.REVOKED.label());
        addKey(tx, id, key);
        store.useKey(tx, id, key);
        TreeMap<String, String> merged = new TreeMap<>(node.labels().map());
        merged.putAll(labels.map());
        Labels all = Labels.of(merged);
        store.setLabels(tx, id, all);
        long epoch = store.nextEpoch(tx, id, key, facts).orElseThrow();
        TenantId tenant = tx.tenant();
        tx.afterCommit(() -> {
            cut.cut(tenant, id, LinkEnd.REVOKED, "another machine took the place of this node");
            rights.rightsChanged(
                    tenant, null, "another machine took the place of the node " + node.name());
        });
        events.tell(
                tx, "node.replaced", id.text(), node.name().text(), Map.of("labels", all.map()));
        audit.record(
                tx,
                AuditEntry.done(
                                "node.replace",
                                actor(id, node.name(), by),
                                node.name().text(),
                                id.text())
                        .with(Map.of("approver", by.approver)));
        return new Enrolled(tenant, id, node.name(), epoch);
    }

    /// The node that proved this key comes for a link.
    ///
    /// @return empty where the key is not the node's any more
    public Optional<Enrolled> again(Tx tx, NodeId id, VerifyingKey key, NodeFacts facts) {
        return store.nextEpoch(tx, id, key, facts)
                .flatMap(epoch ->
                        store.byId(tx, id)
                                .map(node -> new Enrolled(tx.tenant(), id, node.name(), epoch)));
    }

    private void addKey(Tx tx, NodeId id, VerifyingKey key) {
        boolean added;
        try {
            added = store.insertKey(tx, id, key);
        } catch (RuntimeException e) {
            throw Database.breaks(e, "node_key_in_use") ? keyInUse() : e;
        }
        if (!added) {
            throw Rejected.of(
                    Rejected.Code.CONFLICT,
                    "This machine's key was revoked for that node before.",
                    "Run fairlead agent leave on the machine, which forgets the key, and join anew.");
        }
    }

    private static Rejected keyInUse() {
        return Rejected.of(
                Rejected.Code.CONFLICT,
                "This machine's key is that of an enrolled node already.",
                "Run fairlead agent leave on the machine first, or remove that node: fairlead node"
                        + " rm.");
    }

    private static Actor actor(NodeId id, Name name, By by) {
        return new Actor(name.text(), id.text(), by.credential, by.address);
    }
}
