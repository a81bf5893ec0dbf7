package dev.fairlead.hub.enroll;

import dev.fairlead.hub.db.EnrolmentTokenId;
import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.db.Tx;
import dev.fairlead.hub.rbac.Labels;
import dev.fairlead.link.handshake.VerifyingKey;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// The SQL of enrolment tokens.
final class EnrolmentTokenStore {

    private static final TypeReference<TreeMap<String, String>> TEXTS = new TypeReference<>() {};

    private final JsonMapper json = JsonMapper.builder().build();

    void insert(Tx tx, IssuedToken token, byte[] secretHash, @Nullable NodeId replace) {
        tx.handle()
                .createUpdate(
                        """
                        insert into enrolment_token (tenant_id, token_id, secret_hash, max_uses, uses_left,
                            labels, replace_node_id, created_at, created_by, expires_at)
                        values (:tenant, :id, :hash, :uses, :uses, cast(:labels as jsonb),
                            cast(:replace as uuid), :created, :by, :expires)\
                        """)
                .bind("tenant", tx.tenant().uuid())
                .bind("id", token.id().uuid())
                .bind("hash", secretHash)
                .bind("uses", token.uses())
                .bind("labels", json.writeValueAsString(token.labels().map()))
                .bind("replace", replace == null ? null : replace.uuid().toString())
                .bind("created", token.created())
                .bind("by", token.createdBy())
                .bind("expires", token.expires())
                .execute();
    }

    /// Those that can still admit somebody, newest first.
    List<IssuedToken> page(Tx tx, @Nullable EnrolmentTokenId before, Instant now, int limit) {
        return tx.handle()
                .createQuery(
                        """
                        select e.*, n.name from enrolment_token e
                        left join node n on n.tenant_id = e.tenant_id and n.node_id = e.replace_node_id
                        where e.revoked_at is null and e.expires_at > :now
                          and (cast(:before as uuid) is null or e.token_id < cast(:before as uuid))
                        order by e.token_id desc limit :limit\
                        """)
                .bind("now", now)
                .bind("before", before == null ? null : before.uuid().toString())
                .bind("limit", limit)
                .map((row, context) -> token(row))
                .list();
    }

    /// False where there is none that was not revoked before.
    boolean revoke(Tx tx, EnrolmentTokenId id) {
        return tx.handle()
                        .createUpdate(
                                """
                                update enrolment_token set revoked_at = now()
                                where token_id = :id and revoked_at is null\
                                """)
                        .bind("id", id.uuid())
                        .execute()
                == 1;
    }

    /// What `redeem_enrolment` found. All but `outcome` are null where it is `unknown`.
    record Redemption(
            String outcome,
            @Nullable TenantId tenant,
            @Nullable String tenantName,
            @Nullable EnrolmentTokenId token,
            @Nullable NodeId node,
            boolean replaces,
            Labels labels,
            @Nullable String createdBy) {}

    /// Uses a token once for this key.
    Redemption redeem(Tx tx, byte[] secretHash, VerifyingKey key, NodeId fresh) {
        return tx.handle()
                .createQuery("select * from redeem_enrolment(:hash, :key, :fresh)")
                .bind("hash", secretHash)
                .bind("key", key.tagged())
                .bind("fresh", fresh.uuid())
                .map((row, context) -> redemption(row))
                .one();
    }

    private Redemption redemption(ResultSet row) throws SQLException {
        String labels = row.getString("labels");
        return new Redemption(
                row.getString("outcome"),
                Optional.ofNullable(row.getObject("tenant_id", UUID.class))
                        .map(TenantId::new)
                        .orElse(null),
                row.getString("tenant_name"),
                Optional.ofNullable(row.getObject("token_id", UUID.class))
                        .map(EnrolmentTokenId::new)
                        .orElse(null),
                Optional.ofNullable(row.getObject("node_id", UUID.class))
                        .map(NodeId::new)
                        .orElse(null),
                row.getBoolean("replaces"),
                labels == null ? Labels.NONE : Labels.of(json.readValue(labels, TEXTS)),
                row.getString("created_by"));
    }

    private IssuedToken token(ResultSet row) throws SQLException {
        int uses = row.getInt("max_uses");
        return new IssuedToken(
                new EnrolmentTokenId(row.getObject("token_id", UUID.class)),
                uses,
                uses - row.getInt("uses_left"),
                Labels.of(json.readValue(row.getString("labels"), TEXTS)),
                row.getString("name"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getString("created_by"),
                row.getObject("expires_at", OffsetDateTime.class).toInstant());
    }
}
