package dev.fairlead.hub.fleet;

import dev.fairlead.hub.db.Name;
import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.db.Tx;
import dev.fairlead.hub.rbac.Labels;
import dev.fairlead.link.handshake.VerifyingKey;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/// The SQL of nodes, their keys and labels, in the transaction's tenant. Removed nodes keep their
/// row, for the sessions and the audit that name them, and are never shown again.
final class NodeStore {

    /// `%s` is where the nodes come from.
    private static final String SELECT =
            """
            select n.node_id, n.name, n.public_key, n.agent_version, n.capabilities, n.platform,
                   n.policy, n.created_at,
                   (select coalesce(jsonb_object_agg(b.key, b.value), '{}') from node_label b
                    where b.tenant_id = n.tenant_id and b.node_id = n.node_id) as labels,
                   (select jsonb_agg(jsonb_build_object(
                               'hostname', c.hostname, 'address', c.address,
                               'firstSeen', c.first_seen, 'lastSeen', c.last_seen)
                               order by c.last_seen desc)
                    from (select * from node_copy k
                          where k.tenant_id = n.tenant_id and k.node_id = n.node_id
                            and k.last_seen > now() - interval '1 day'
                          order by k.last_seen desc limit 16) c) as copies,
                   l.epoch, l.hub, l.address, l.inner_tls, l.between_issuer, l.connected_at, l.ended_at,
                   l.reason
            from %s n
            left join lateral (select * from node_link k
                               where k.tenant_id = n.tenant_id and k.node_id = n.node_id
                               order by k.epoch desc limit 1) l on true
            where n.removed_at is null
            """;

    private static final String SELECT_BRIEF =
            SELECT.replace("n.capabilities,", "'{}' as capabilities,")
                    .replace("n.policy,", "null as policy,");

    private static final String SELECT_ALL = SELECT.formatted("node");

    private final JsonMapper json = JsonMapper.builder().build();

    // Made once: a list has four for each node.
    private final ObjectReader texts =
            json.readerFor(new TypeReference<TreeMap<String, String>>() {});
    private final ObjectReader numbers =
            json.readerFor(new TypeReference<TreeMap<String, Integer>>() {});
    private final ObjectReader copies = json.readerFor(new TypeReference<List<NodeCopy>>() {});
    private final ObjectReader policies = json.readerFor(NodePolicy.class);

    Optional<Node> byId(Tx tx, NodeId id) {
        return tx.handle()
                .createQuery(SELECT_ALL + " and n.node_id = :id")
                .bind("id", id.uuid())
                .map((row, context) -> node(row))
                .findOne();
    }

    Optional<Node> byName(Tx tx, Name name) {
        return tx.handle()
                .createQuery(SELECT_ALL + " and n.name = :name")
                .bind("name", name.text())
                .map((row, context) -> node(row))
                .findOne();
    }

    /// By name.
    List<Node> page(Tx tx, NodeFilter filter, @Nullable Name after, int limit) {
        StringBuilder where = new StringBuilder();
        List<Map.Entry<String, String>> wanted =
                List.copyOf(filter.labels().wanted().map().entrySet());
        for (int i = 0; i < wanted.size(); i++) {
            where.append(
                    """
                    and exists (select from node_label b
                                where b.tenant_id = n.tenant_id and b.node_id = n.node_id
                                  and b.key = :key%1$d and b.value = :value%1$d)\
                    """
                            .formatted(i));
        }
        if (filter.ids() != null) {
            where.append(" and n.node_id = any(:ids)");
        }
        // Not bound: a plan for any limit sorts the whole fleet.
        where.append(" and n.name > :after order by n.name limit ").append(limit);
        String select =
                filter.online() instanceof Boolean online
                        ? from(filter, "node")
                                + (online ? " and " : " and not ")
                                + "(l.epoch is not null and l.ended_at is null)"
                                + where
                        // First which nodes, so that no plan looks up the links of all others.
                        : from(
                                        filter,
                                        "(select * from node n where n.removed_at is null "
                                                + where
                                                + ")")
                                + " order by n.name";
        var query =
                tx.handle().createQuery(select).bind("after", after == null ? "" : after.text());
        if (filter.ids() != null) {
            query.bindArray("ids", UUID.class, filter.ids().stream().map(NodeId::uuid).toList());
        }
        for (int i = 0; i < wanted.size(); i++) {
            query.bind("key" + i, wanted.get(i).getKey())
                    .bind("value" + i, wanted.get(i).getValue());
        }
        return query.map((row, context) -> node(row)).list();
    }

    private static String from(NodeFilter filter, String nodes) {
        return (filter.brief() ? SELECT_BRIEF : SELECT).formatted(nodes);
    }

    /// Keeps others from changing this node until the transaction ends; false where there is none.
    boolean lock(Tx tx, NodeId id) {
        return tx.handle()
                .createQuery(
                        "select 1 from node where node_id = :id and removed_at is null for update")
                .bind("id", id.uuid())
                .mapTo(Integer.class)
                .findOne()
                .isPresent();
    }

    /// Keeps others from changing these nodes until the transaction ends; in one order, so that two
    /// transactions never wait for each other.
    void lock(Tx tx, Collection<NodeId> ids) {
        tx.handle()
                .createQuery(
                        """
                        select 1 from node where tenant_id = :tenant and node_id = any(:ids)
                        order by node_id for update\
                        """)
                .bind("tenant", tx.tenant().uuid())
                .bindArray("ids", UUID.class, ids.stream().map(NodeId::uuid).toList())
                .mapTo(Integer.class)
                .list();
    }

    void insert(Tx tx, NodeId id, Name name, VerifyingKey key) {
        tx.handle()
                .createUpdate(
                        """
                        insert into node (tenant_id, node_id, name, public_key)
                        values (:tenant, :id, :name, :key)\
                        """)
                .bind("tenant", tx.tenant().uuid())
                .bind("id", id.uuid())
                .bind("name", name.text())
                .bind("key", key.tagged())
                .execute();
    }

    /// False where this node had this key before: a key that was revoked never comes back.
    boolean insertKey(Tx tx, NodeId id, VerifyingKey key) {
        return tx.handle()
                        .createUpdate(
                                """
                                insert into node_key (tenant_id, node_id, public_key)
                                values (:tenant, :id, :key)
                                on conflict (tenant_id, node_id, public_key) do nothing\
                                """)
                        .bind("tenant", tx.tenant().uuid())
                        .bind("id", id.uuid())
                        .bind("key", key.tagged())
                        .execute()
                == 1;
    }

    void useKey(Tx tx, NodeId id, VerifyingKey key) {
        tx.handle()
                .createUpdate("update node set public_key = :key where node_id = :id")
                .bind("id", id.uuid())
                .bind("key", key.tagged())
                .execute();
    }

    void revokeKeys(Tx tx, NodeId id, String cause) {
        tx.handle()
                .createUpdate(
                        """
                        update node_key set revoked_at = now(), cause = :cause
                        where node_id = :id and revoked_at is null\
                        """)
                .bind("id", id.uuid())
                .bind("cause", cause)
                .execute();
    }

    void rename(Tx tx, NodeId id, Name name) {
        tx.handle()
                .createUpdate("update node set name = :name where node_id = :id")
                .bind("id", id.uuid())
                .bind("name", name.text())
                .execute();
    }

    void remove(Tx tx, NodeId id) {
        tx.handle()
                .createUpdate(
                        "update node set state = 'removed', removed_at = now() where node_id = :id")
                .bind("id", id.uuid())
                .execute();
    }

    /// Makes these the node's labels.
    void setLabels(Tx tx, NodeId id, Labels labels) {
        tx.handle()
                .createUpdate("delete from node_label where node_id = :id")
                .bind("id", id.uuid())
                .execute();
        tx.handle()
                .createUpdate(
                        """
                        insert into node_label (tenant_id, node_id, key, value)
                        select :tenant, :id, key, value
                        from jsonb_each_text(cast(:labels as jsonb))\
                        """)
                .bind("tenant", tx.tenant().uuid())
                .bind("id", id.uuid())
                .bind("labels", json.writeValueAsString(labels.map()))
                .execute();
    }

    /// Names of the nodes that said something else before.
    Map<NodeId, String> setPolicies(Tx tx, List<Policies.Said> all) {
        Map<NodeId, String> changed = new TreeMap<>(Comparator.comparing(NodeId::uuid));
        String rows =
                json.writeValueAsString(
                        all.stream()
                                .map(said ->
                                        Map.of(
                                                "node",
                                                said.node().uuid().toString(),
                                                "policy",
                                                said.policy()))
                                .toList());
        if (!lockOtherPolicies(tx, rows)) {
            return changed;
        }
        tx.handle()
                .createQuery(
                        """
                        update node n set policy = w.policy
                        from jsonb_to_recordset(cast(:rows as jsonb)) as w(node uuid, policy jsonb)
                        where n.tenant_id = :tenant and n.node_id = w.node and n.state = 'enrolled'
                          and n.policy is distinct from w.policy
                        returning n.node_id, n.name\
                        """)
                .bind("tenant", tx.tenant().uuid())
                .bind("rows", rows)
                .map((row, context) ->
                        Map.entry(
                                new NodeId(row.getObject("node_id", UUID.class)),
                                row.getString("name")))
                .forEach(entry -> changed.put(entry.getKey(), entry.getValue()));
        return changed;
    }

    /// Locks the nodes that said something else before, in one order; false where there is none, as
    /// when a fleet comes back.
    private static boolean lockOtherPolicies(Tx tx, String rows) {
        return !tx.handle()
                .createQuery(
                        """
                        select 1
                        from jsonb_to_recordset(cast(:rows as jsonb)) as w(node uuid, policy jsonb)
                        join node n on n.tenant_id = :tenant and n.node_id = w.node
                        where n.state = 'enrolled' and n.policy is distinct from w.policy
                        order by n.node_id for update of n\
                        """)
                .bind("tenant", tx.tenant().uuid())
                .bind("rows", rows)
                .mapTo(Integer.class)
                .list()
                .isEmpty();
    }

    /// Takes the node's next epoch for a link of this key, and what the agent said of itself. One
    /// statement, so that two links never get one number; empty where the key is not the node's any
    /// more.
    Optional<Long> nextEpoch(Tx tx, NodeId id, VerifyingKey key, NodeFacts facts) {
        return tx.handle()
                .createQuery(
                        """
                        update node n
                        set link_epoch = n.link_epoch + 1, agent_version = :version,
                            capabilities = cast(:capabilities as jsonb),
                            platform = cast(:platform as jsonb)
                        where n.node_id = :id and n.state = 'enrolled' and n.public_key = :key
                        returning n.link_epoch\
                        """)
                .bind("id", id.uuid())
                .bind("key", key.tagged())
                .bind("version", facts.agentVersion())
                .bind("capabilities", json.writeValueAsString(facts.capabilities()))
                .bind("platform", json.writeValueAsString(facts.platform()))
                .mapTo(Long.class)
                .findOne();
    }

    private Node node(ResultSet row) throws SQLException {
        Map<String, String> platform = texts.readValue(row.getString("platform"));
        String policy = row.getString("policy");
        return new Node(
                new NodeId(row.getObject("node_id", UUID.class)),
                new Name(row.getString("name")),
                Labels.of(texts.readValue(row.getString("labels"))),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                VerifyingKey.ofChecked(row.getBytes("public_key")),
                new NodeFacts(
                        row.getString("agent_version"),
                        platform.get("hostname"),
                        platform.get("os"),
                        platform.get("arch"),
                        numbers.readValue(row.getString("capabilities"))),
                policy == null ? null : policies.readValue(policy),
                copies(row.getString("copies")),
                row.getObject("epoch") == null ? null : link(row),
                null,
                null);
    }

    private List<NodeCopy> copies(@Nullable String found) {
        return found == null ? List.of() : copies.readValue(found);
    }

    static NodeLink link(ResultSet row) throws SQLException {
        return new NodeLink(
                row.getLong("epoch"),
                row.getString("hub"),
                row.getString("address"),
                row.getBoolean("inner_tls"),
                row.getString("between_issuer"),
                row.getObject("connected_at", OffsetDateTime.class).toInstant(),
                instant(row, "ended_at"),
                row.getString("reason"));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime at = row.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }
}
