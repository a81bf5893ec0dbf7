package dev.fairlead.hub.fleet;

import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.db.Tx;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// The SQL of the directory of links, in the transaction's tenant.
final class NodeLinkStore {

    /// Links of one node that are remembered.
    private static final int HISTORY = 100;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private NodeLinkStore() {}

    /// A link that may begin.
    ///
    /// @param online whether the node has an older one
    record Begun(NodeId node, String name, boolean online) {}

    /// Of these links, whose nodes the transaction has locked, those that may begin: the key
    /// serves, and no newer link has begun. That they are enrolled is asked by their state, so that
    /// the index of names, which has those that are not removed, is none for this.
    static List<Begun> mayBegin(Tx tx, List<NodeLinks.Beginning> all) {
        return tx.handle()
                .createQuery(
                        """
                        select n.node_id, n.name,
                          exists (select from node_link l where l.tenant_id = n.tenant_id
                                  and l.node_id = n.node_id and l.ended_at is null) as online
                        from jsonb_to_recordset(cast(:rows as jsonb)) as w(node uuid, epoch bigint, key text)
                        join node n on n.tenant_id = :tenant and n.node_id = w.node
                        where n.state = 'enrolled' and n.public_key = decode(w.key, 'hex')
                          and n.link_epoch >= w.epoch
                          and not exists (select from node_link l where l.tenant_id = n.tenant_id
                                          and l.node_id = n.node_id and l.epoch >= w.epoch)\
                        """)
                .bind("tenant", tx.tenant().uuid())
                .bind("rows", rows(all))
                .map((row, context) ->
                        new Begun(
                                new NodeId(row.getObject("node_id", UUID.class)),
                                row.getString("name"),
                                row.getBoolean("online")))
                .list();
    }

    static void insert(Tx tx, List<NodeLinks.Beginning> all, String hub) {
        tx.handle()
                .createUpdate(
                        """
                        insert into node_link (tenant_id, node_id, epoch, hub, address, connected_at,
                                               inner_tls, between_issuer, instance, dials, follows)
                        select :tenant, w.node, w.epoch, :hub, w.address, clock_timestamp(),
                               w.inner_tls, w.between_issuer, w.instance, w.dials, w.follows
                        from jsonb_to_recordset(cast(:rows as jsonb)) as w(
                            node uuid, epoch bigint, address text, inner_tls boolean,
                            between_issuer text, instance text, dials text[], follows boolean)\
                        """)
                .bind("tenant", tx.tenant().uuid())
                .bind("hub", hub)
                .bind("rows", rows(all))
                .execute();
    }

    private static String rows(List<NodeLinks.Beginning> all) {
        return JSON.writeValueAsString(all.stream().map(NodeLinkStore::row).toList());
    }

    private static Map<String, @Nullable Object> row(NodeLinks.Beginning one) {
        var facts = one.facts();
        Map<String, @Nullable Object> row = new HashMap<>();
        row.put("node", one.node().uuid().toString());
        row.put("epoch", one.epoch());
        row.put("key", HexFormat.of().formatHex(one.key().tagged()));
        row.put("address", one.address());
        row.put("inner_tls", facts.innerTls());
        row.put("between_issuer", facts.between());
        row.put("instance", facts.instance());
        row.put("dials", facts.dials());
        row.put("follows", facts.follows());
        return row;
    }

    static void forgetOld(Tx tx, Collection<NodeId> all) {
        tx.handle()
                .createUpdate(
                        """
                        delete from node_link l
                        using unnest(:ids) as w(node),
                          lateral (select o.epoch from node_link o
                                   where o.tenant_id = :tenant and o.node_id = w.node
                                   order by o.epoch desc offset :keep limit 1) as old
                        where l.tenant_id = :tenant and l.node_id = w.node
                          and l.ended_at is not null and l.epoch <= old.epoch\
                        """)
                .bind("tenant", tx.tenant().uuid())
                .bindArray("ids", UUID.class, all.stream().map(NodeId::uuid).toList())
                .bind("keep", HISTORY)
                .execute();
    }

    /// Ends all links of these nodes that are open.
    static void endAll(Tx tx, Collection<NodeId> all, String reason) {
        tx.handle()
                .createUpdate(
                        """
                        update node_link set ended_at = clock_timestamp(), reason = :reason
                        where tenant_id = :tenant and node_id = any(:ids) and ended_at is null\
                        """)
                .bind("tenant", tx.tenant().uuid())
                .bindArray("ids", UUID.class, all.stream().map(NodeId::uuid).toList())
                .bind("reason", reason)
                .execute();
    }

    /// A link that was still open until now, with the name of its node.
    record Over(NodeId node, String name, String reason) {}

    /// Ends these links; gives those that were still open.
    static List<Over> end(Tx tx, List<NodeLinks.Ended> all) {
        return tx.handle()
                .createQuery(
                        """
                        update node_link l set ended_at = clock_timestamp(), reason = w.reason
                        from jsonb_to_recordset(cast(:rows as jsonb)) as w(
                            node uuid, epoch bigint, reason text)
                        join node n on n.tenant_id = :tenant and n.node_id = w.node
                        where l.tenant_id = :tenant and l.node_id = w.node and l.epoch = w.epoch
                          and l.ended_at is null
                        returning l.node_id, n.name, l.reason\
                        """)
                .bind("tenant", tx.tenant().uuid())
                .bind(
                        "rows",
                        JSON.writeValueAsString(
                                all.stream()
                                        .map(one ->
                                                Map.of(
                                                        "node", one.node().uuid().toString(),
                                                        "epoch", one.epoch(),
                                                        "reason", one.why().label()))
                                        .toList()))
                .map((row, context) ->
                        new Over(
                                new NodeId(row.getObject("node_id", UUID.class)),
                                row.getString("name"),
                                row.getString("reason")))
                .list();
    }

    /// Newest first.
    static List<NodeLink> history(Tx tx, NodeId id, long before, int limit) {
        return tx.handle()
                .createQuery(
                        "select * from node_link where node_id = :id and epoch < :before"
                                + " order by epoch desc limit :limit")
                .bind("id", id.uuid())
                .bind("before", before)
                .bind("limit", limit)
                .map((row, context) -> NodeStore.link(row))
                .list();
    }
}
