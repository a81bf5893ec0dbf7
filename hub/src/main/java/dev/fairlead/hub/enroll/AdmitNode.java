package dev.fairlead.hub.enroll;

import dev.fairlead.hub.audit.Audit;
import dev.fairlead.hub.db.Database;
import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.db.Tx;
import dev.fairlead.hub.fleet.EnrolNode;
import dev.fairlead.hub.fleet.NodeFacts;
import dev.fairlead.link.handshake.PeerIdentity;
import dev.fairlead.link.handshake.Refusal;
import dev.fairlead.link.handshake.Refused;
import dev.fairlead.link.handshake.Verdict;
import dev.fairlead.link.handshake.VerifyingKey;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// An enrolled node comes for a link. It is known by its key, and by nothing else.
final class AdmitNode {

    private final Database database;
    private final Audit audit;
    private final EnrolNode enrol;
    private final AdmissionFacts facts;

    /// Whose key it is.
    private record Known(
            TenantId tenant,
            String tenantName,
            boolean enabled,
            NodeId node,
            boolean serves,
            @Nullable String cause) {}

    AdmitNode(Database database, Audit audit, EnrolNode enrol, AdmissionFacts facts) {
        this.database = database;
        this.audit = audit;
        this.enrol = enrol;
        this.facts = facts;
    }

    Verdict admit(PeerIdentity peer, String address) {
        VerifyingKey key = peer.needKey();
        return database.<Verdict>system(tx -> {
            Known known = find(tx, key).orElse(null);
            if (known == null) {
                return refuse(
                        TenantId.SYSTEM,
                        address,
                        Refusal.UNKNOWN_NODE,
                        "this hub knows no node with this key; enrol the machine: fairlead agent"
                                + " join");
            }
            if (!known.enabled) {
                return refuse(
                        known.tenant,
                        address,
                        Refusal.RIGHT_ENDED,
                        "the tenant " + known.tenantName + " is disabled");
            }
            if (!known.serves) {
                return refuse(known.tenant, address, Refusal.REVOKED, revoked(known.cause));
            }
            return database.inTenant(
                    known.tenant,
                    inner ->
                            enrol.again(inner, known.node, key, NodeFacts.of(peer))
                                    .<Verdict>map(node -> facts.welcome(node, known.tenantName))
                                    .orElseGet(() ->
                                            refuse(
                                                    known.tenant,
                                                    address,
                                                    Refusal.REVOKED,
                                                    revoked(null))));
        });
    }

    private static String revoked(@Nullable String cause) {
        return "replaced".equals(cause)
                ? "another machine took the place of this node; to enrol this one again: fairlead"
                        + " agent leave, then fairlead agent join"
                : "this node was removed from the hub; to enrol the machine again: fairlead agent"
                        + " leave, then fairlead agent join";
    }

    private Refused refuse(TenantId tenant, String address, Refusal code, String message) {
        audit.count(tenant, "link.open", address, code.label());
        return new Refused(code, message);
    }

    private static Optional<Known> find(Tx tx, VerifyingKey key) {
        return tx.handle()
                .createQuery("select * from node_by_key(:key)")
                .bind("key", key.tagged())
                .map((row, context) ->
                        new Known(
                                new TenantId(row.getObject("tenant_id", UUID.class)),
                                row.getString("tenant_name"),
                                row.getString("tenant_state").equals("enabled"),
                                new NodeId(row.getObject("node_id", UUID.class)),
                                row.getString("node_state").equals("enrolled")
                                        && row.getObject("revoked_at") == null,
                                row.getString("cause")))
                .findOne();
    }
}
