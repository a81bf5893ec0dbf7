package dev.fairlead.hub.enroll;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.audit.Audit;
import dev.fairlead.hub.db.Database;
import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.enroll.EnrolmentTokenStore.Redemption;
import dev.fairlead.hub.fleet.EnrolNode;
import dev.fairlead.hub.fleet.Enrolled;
import dev.fairlead.hub.fleet.NodeFacts;
import dev.fairlead.link.handshake.PeerIdentity;
import dev.fairlead.link.handshake.Refusal;
import dev.fairlead.link.handshake.Refused;
import dev.fairlead.link.handshake.Verdict;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A machine comes with an enrolment token. The use, the node and their audit are one transaction,
/// bound to the machine's key: a repeat after a lost answer gives the same node and costs no use.
final class Redeem {

    private final Database database;
    private final Audit audit;
    private final EnrolNode enrol;
    private final AdmissionFacts facts;
    private final EnrolmentTokenStore store = new EnrolmentTokenStore();

    Redeem(Database database, Audit audit, EnrolNode enrol, AdmissionFacts facts) {
        this.database = database;
        this.audit = audit;
        this.enrol = enrol;
        this.facts = facts;
    }

    Verdict admit(PeerIdentity peer, String address) {
        try {
            return database.<Verdict>system(tx -> {
                Redemption found =
                        store.redeem(
                                tx, peer.needCredential().sha256(), peer.needKey(), NodeId.fresh());
                Refused refused = refusal(found);
                if (refused != null) {
                    throw new No(found.tenant(), refused);
                }
                TenantId tenant = Objects.requireNonNull(found.tenant());
                try {
                    Enrolled node =
                            database.inTenant(tenant, inner -> enrol(inner, found, peer, address));
                    return facts.welcome(node, Objects.requireNonNull(found.tenantName()));
                } catch (Rejected e) {
                    throw e.code() == Rejected.Code.UNAVAILABLE ? e : new No(tenant, refusal(e));
                }
            });
        } catch (No no) {
            // Thrown, so that the use is not taken.
            audit.count(
                    no.tenant == null ? TenantId.SYSTEM : no.tenant,
                    "node.enrol",
                    address,
                    no.refused.code().label());
            return no.refused;
        }
    }

    private Enrolled enrol(
            dev.fairlead.hub.db.Tx tx, Redemption found, PeerIdentity peer, String address) {
        NodeId id = Objects.requireNonNull(found.node());
        NodeFacts said = NodeFacts.of(peer);
        var by =
                new EnrolNode.By(
                        Objects.requireNonNull(found.token()).text(),
                        Objects.requireNonNull(found.createdBy()),
                        address);
        if (found.outcome().equals("repeat")) {
            return enrol.again(tx, id, peer.needKey(), said)
                    .orElseThrow(() -> Rejected.notFound("node"));
        }
        return found.replaces()
                ? enrol.replace(tx, id, peer.needKey(), said, found.labels(), by)
                : enrol.fresh(tx, id, null, peer.needKey(), said, found.labels(), by);
    }

    private static @Nullable Refused refusal(Redemption found) {
        return switch (found.outcome()) {
            case "fresh", "repeat" -> null;
            case "expired" ->
                    new Refused(
                            Refusal.EXPIRED_TOKEN,
                            "the enrolment token is past its time; make a new one: fairlead token"
                                    + " create");
            case "used-up" ->
                    new Refused(
                            Refusal.USED_TOKEN,
                            "the enrolment token has admitted as many nodes as it may; make a new"
                                    + " one: fairlead token create");
            case "revoked" ->
                    new Refused(
                            Refusal.BAD_TOKEN,
                            "the enrolment token was revoked; make a new one: fairlead token"
                                    + " create");
            case "tenant-disabled" ->
                    new Refused(
                            Refusal.RIGHT_ENDED, "the tenant of the enrolment token is disabled");
            default ->
                    new Refused(
                            Refusal.BAD_TOKEN,
                            "this hub knows no such enrolment token; copy the whole line that"
                                    + " fairlead token create printed, on this hub");
        };
    }

    private static Refused refusal(Rejected e) {
        String hint = e.hint();
        return e.code() == Rejected.Code.NOT_FOUND
                ? new Refused(
                        Refusal.BAD_TOKEN,
                        "the node whose place the enrolment token gives was removed; make a new"
                                + " token: fairlead token create")
                : new Refused(
                        Refusal.BAD_TOKEN, hint == null ? e.detail() : e.detail() + " " + hint);
    }

    /// Not admitted: rolls back what was begun.
    private static final class No extends RuntimeException {

        private static final long serialVersionUID = 1;

        private final transient @Nullable TenantId tenant;
        private final transient Refused refused;

        No(@Nullable TenantId tenant, Refused refused) {
            super(refused.message(), null, false, false);
            this.tenant = tenant;
            this.refused = refused;
        }
    }
}
