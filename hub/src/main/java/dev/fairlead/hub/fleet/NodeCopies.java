package dev.fairlead.hub.fleet;

import dev.fairlead.hub.audit.Actor;
import dev.fairlead.hub.audit.Audit;
import dev.fairlead.hub.audit.AuditEntry;
import dev.fairlead.hub.audit.Events;
import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.db.Tx;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Two machines with one identity, as after the copy of a disk.
///
/// Each process of an agent has a random `instance`. A machine that restarts comes with a new one
/// and takes its node's link over. But a process whose place another one has taken cannot come
/// again, unless both run: the agent's folder is locked, so they are on two machines. Then whoever
/// has the link keeps it, and the other one is refused as long as it stands. Nobody knocks anybody
/// off. `admit_nodes` in the database decides by that.
public final class NodeCopies {

    private final Audit audit;
    private final Events events;

    public NodeCopies(Audit audit, Events events) {
        this.audit = audit;
        this.events = events;
    }

    /// A machine that wants a node's link.
    ///
    /// @param instance null where it does not say
    public record Machine(@Nullable String instance, @Nullable String hostname, String address) {}

    /// Keeps that this machine has the node's key too, and tells it once.
    ///
    /// @param at null for now
    public void seen(Tx tx, NodeId node, Machine machine, @Nullable Instant at) {
        tx.handle()
                .createUpdate(
                        "delete from node_copy where node_id = :node and last_seen < now() - interval"
                                + " '1 day'")
                .bind("node", node.uuid())
                .execute();
        boolean isNew =
                tx.handle()
                        .createQuery(
                                """
                                insert into node_copy (tenant_id, node_id, instance, hostname, address, last_seen)
                                values (:tenant, :node, :instance, :hostname, :address,
                                        coalesce(cast(:at as timestamptz), now()))
                                on conflict (tenant_id, node_id, instance) do update
                                    set hostname = excluded.hostname, address = excluded.address,
                                        last_seen = excluded.last_seen
                                returning xmax = 0\
                                """)
                        .bind("tenant", tx.tenant().uuid())
                        .bind("node", node.uuid())
                        .bind("instance", machine.instance)
                        .bind("hostname", Printable.of(machine.hostname, 253))
                        .bind("address", machine.address)
                        .bind("at", at == null ? null : at.atOffset(java.time.ZoneOffset.UTC))
                        .mapTo(Boolean.class)
                        .one();
        if (!isNew) {
            return;
        }
        String name =
                tx.handle()
                        .createQuery("select name from node where node_id = :node")
                        .bind("node", node.uuid())
                        .mapTo(String.class)
                        .one();
        var details =
                Map.of(
                        "address",
                        machine.address,
                        "hostname",
                        machine.hostname == null ? "" : machine.hostname);
        events.tell(tx, "node.copied", node.text(), name, details);
        audit.record(
                tx,
                AuditEntry.done(
                                "node.copied",
                                new Actor(name, node.text(), null, machine.address),
                                name,
                                node.text())
                        .with(details));
    }
}
