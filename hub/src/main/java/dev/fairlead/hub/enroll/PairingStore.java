package dev.fairlead.hub.enroll;

import dev.fairlead.hub.db.Name;
import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.db.PairingId;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.db.Tx;
import dev.fairlead.hub.fleet.NodeFacts;
import dev.fairlead.hub.rbac.Labels;
import dev.fairlead.link.handshake.VerifyingKey;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// The SQL of pairings. Until one is approved it is no tenant's, and only functions see it.
final class PairingStore {

    private static final TypeReference<TreeMap<String, String>> TEXTS = new TypeReference<>() {};

    private final JsonMapper json = JsonMapper.builder().build();

    /// One that waits, for who typed its code.
    record Waiting(
            PairingId id, String fingerprint, NodeFacts facts, String address, Instant expires) {}

    /// One that was approved.
    record Approved(
            TenantId tenant,
            String tenantName,
            boolean enabled,
            String approver,
            Name name,
            Labels labels,
            Optional<NodeId> node) {}

    /// False when as many as `most` wait.
    boolean open(
            Tx tx,
            PairingId id,
            byte[] codeHash,
            VerifyingKey key,
            String fingerprint,
            NodeFacts facts,
            String address,
            Instant expires,
            int most) {
        return tx.handle()
                .createQuery(
                        """
                        select open_pairing(:id, :code, :key, :fingerprint, cast(:facts as jsonb),
                                            :address, :expires, :most)\
                        """)
                .bind("id", id.uuid())
                .bind("code", codeHash)
                .bind("key", key.tagged())
                .bind("fingerprint", fingerprint)
                .bind("facts", json.writeValueAsString(facts))
                .bind("address", address)
                .bind("expires", expires)
                .bind("most", most)
                .mapTo(Boolean.class)
                .one();
    }

    Optional<Waiting> find(Tx tx, byte[] codeHash) {
        return tx.handle()
                .createQuery("select * from find_pairing(:code)")
                .bind("code", codeHash)
                .map((row, context) ->
                        new Waiting(
                                new PairingId(row.getObject("pairing_id", UUID.class)),
                                row.getString("fingerprint"),
                                json.readValue(row.getString("about"), NodeFacts.class),
                                row.getString("address"),
                                row.getObject("expires_at", OffsetDateTime.class).toInstant()))
                .findOne();
    }

    /// Takes it into the transaction's tenant; false when it is no longer there to take.
    boolean approve(Tx tx, PairingId id, String approver, Name name, Labels labels) {
        return tx.handle()
                .createQuery("select approve_pairing(:id, :who, :name, cast(:labels as jsonb))")
                .bind("id", id.uuid())
                .bind("who", approver)
                .bind("name", name.text())
                .bind("labels", json.writeValueAsString(labels.map()))
                .mapTo(Boolean.class)
                .one();
    }

    Optional<Approved> approved(Tx tx, PairingId id, VerifyingKey key) {
        return tx.handle()
                .createQuery("select * from pairing_state(:id, :key) where tenant_id is not null")
                .bind("id", id.uuid())
                .bind("key", key.tagged())
                .map((row, context) -> approved(row))
                .findOne();
    }

    private Approved approved(ResultSet row) throws SQLException {
        Map<String, String> labels = json.readValue(row.getString("labels"), TEXTS);
        return new Approved(
                new TenantId(row.getObject("tenant_id", UUID.class)),
                row.getString("tenant_name"),
                row.getString("tenant_state").equals("enabled"),
                row.getString("approved_by"),
                new Name(row.getString("node_name")),
                Labels.of(labels),
                Optional.ofNullable(row.getObject("node_id", UUID.class)).map(NodeId::new));
    }

    void joined(Tx tx, PairingId id, NodeId node) {
        tx.handle()
                .createUpdate("update pairing set node_id = :node where pairing_id = :id")
                .bind("id", id.uuid())
                .bind("node", node.uuid())
                .execute();
    }

    /// Takes back one that waits.
    boolean drop(Tx tx, PairingId id) {
        return tx.handle()
                .createQuery("select drop_pairing(:id)")
                .bind("id", id.uuid())
                .mapTo(Boolean.class)
                .one();
    }
}
