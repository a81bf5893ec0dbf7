package dev.fairlead.hub.fleet;

import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.db.Tx;
import dev.fairlead.link.handshake.VerifyingKey;
import java.util.List;
import java.util.Optional;

/// The SQL of the directory of links, in the transaction's tenant.
final class NodeLinkStore {

    /// Links of one node that are remembered.
    private static final int HISTORY = 100;

    private NodeLinkStore() {}

    /// The name of the node, which the transaction has locked, where a link of this key and epoch
    /// may begin: the key serves, and no newer link has begun.
    static Optional<String> mayBegin(Tx tx, NodeId id, VerifyingKey key, long epoch) {
        return tx.handle()
                .createQuery(
                        """
                        select n.name from node n
                        where n.node_id = :id and n.removed_at is null and n.public_key = :key
                          and n.link_epoch >= :epoch
                          and not exists (select from node_link l where l.tenant_id = n.tenant_id
                                          and l.node_id = n.node_id and l.epoch >= :epoch)
                        for update of n\
                        """)
                .bind("id", id.uuid())
                .bind("key", key.tagged())
                .bind("epoch", epoch)
                .mapTo(String.class)
                .findOne();
    }

    static void insert(Tx tx, NodeId id, long epoch, String hub, String address) {
        tx.handle()
                .createUpdate(
                        """
                        insert into node_link (tenant_id, node_id, epoch, hub, address, connected_at)
                        values (:tenant, :id, :epoch, :hub, :address, clock_timestamp())\
                        """)
                .bind("tenant", tx.tenant().uuid())
                .bind("id", id.uuid())
                .bind("epoch", epoch)
                .bind("hub", hub)
                .bind("address", address)
                .execute();
    }

    static void forgetOld(Tx tx, NodeId id) {
        tx.handle()
                .createUpdate(
                        """
                        delete from node_link where node_id = :id and ended_at is not null
                          and epoch <= (select epoch from node_link where node_id = :id
                                        order by epoch desc offset :keep limit 1)\
                        """)
                .bind("id", id.uuid())
                .bind("keep", HISTORY)
                .execute();
    }

    /// How many were open.
    static int endAll(Tx tx, NodeId id, String reason) {
        return tx.handle()
                .createUpdate(
                        """
                        update node_link set ended_at = clock_timestamp(), reason = :reason
                        where node_id = :id and ended_at is null\
                        """)
                .bind("id", id.uuid())
                .bind("reason", reason)
                .execute();
    }

    /// The name of its node, where that link was still open.
    static Optional<String> end(Tx tx, NodeId id, long epoch, String reason) {
        return tx.handle()
                .createQuery(
                        """
                        update node_link l set ended_at = clock_timestamp(), reason = :reason
                        from node n
                        where n.tenant_id = l.tenant_id and n.node_id = l.node_id
                          and l.node_id = :id and l.epoch = :epoch and l.ended_at is null
                        returning n.name\
                        """)
                .bind("id", id.uuid())
                .bind("epoch", epoch)
                .bind("reason", reason)
                .mapTo(String.class)
                .findOne();
    }

    /// Newest first.
    static List<NodeLink> history(Tx tx, NodeId id, int limit) {
        return tx.handle()
                .createQuery(
                        "select * from node_link where node_id = :id order by epoch desc limit"
                                + " :limit")
                .bind("id", id.uuid())
                .bind("limit", limit)
                .map((row, context) -> NodeStore.link(row))
                .list();
    }
}
