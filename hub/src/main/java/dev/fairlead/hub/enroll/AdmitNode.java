package dev.fairlead.hub.enroll;

import dev.fairlead.hub.audit.Audit;
import dev.fairlead.hub.db.Database;
import dev.fairlead.hub.db.Name;
import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.db.Together;
import dev.fairlead.hub.fleet.Enrolled;
import dev.fairlead.hub.fleet.LinkFacts;
import dev.fairlead.hub.fleet.NodeCopies;
import dev.fairlead.hub.fleet.NodeFacts;
import dev.fairlead.link.handshake.PeerIdentity;
import dev.fairlead.link.handshake.Refusal;
import dev.fairlead.link.handshake.Refused;
import dev.fairlead.link.handshake.Verdict;
import dev.fairlead.link.handshake.VerifyingKey;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// Enrolled nodes come for links. Each is known by its key, and by nothing else. Those that come at
/// the same time are let in together.
final class AdmitNode {

    private static final int AT_ONCE = 200;

    /// Between the tries of a machine that has another one's identity: that one may go away.
    private static final Duration CLONE_LATER = Duration.ofSeconds(60);

    private final Database database;
    private final Audit audit;
    private final NodeCopies copies;
    private final AdmissionFacts facts;
    private final Together<Coming, Verdict> together;
    private final JsonMapper json = JsonMapper.builder().build();

    /// @param since by the clock of the machine, in nanoseconds
    private record Coming(PeerIdentity peer, String address, long since) {}

    /// Whose key it is.
    ///
    /// @param epoch null where it may have no link
    /// @param other the machine that has the link, or had it last, where this one is another with
    ///   the same key
    /// @param otherEnded null while the other one has it
    private record Known(
            TenantId tenant,
            String tenantName,
            boolean enabled,
            NodeId node,
            String name,
            @Nullable String cause,
            @Nullable Long epoch,
            NodeCopies.@Nullable Machine other,
            @Nullable OffsetDateTime otherEnded) {}

    /// @param threads virtual ones
    AdmitNode(
            Database database,
            Audit audit,
            NodeCopies copies,
            AdmissionFacts facts,
            Executor threads) {
        this.database = database;
        this.audit = audit;
        this.copies = copies;
        this.facts = facts;
        this.together =
                new Together<>(AT_ONCE, coming -> coming.peer.needKey(), threads, this::decide);
    }

    /// Fails as the database does.
    CompletableFuture<Verdict> admit(PeerIdentity peer, String address) {
        return together.askLater(new Coming(peer, address, System.nanoTime()));
    }

    /// How many wait for their turn.
    int waiting() {
        return together.waiting();
    }

    private List<Verdict> decide(List<Coming> all) {
        long now = System.nanoTime();
        List<Coming> inTime =
                all.stream()
                        .filter(coming -> now - coming.since < HubAdmission.PATIENCE.toNanos())
                        .toList();
        Map<VerifyingKey, Known> known = inTime.isEmpty() ? Map.of() : find(inTime);
        List<Verdict> verdicts = new ArrayList<>();
        for (var coming : all) {
            verdicts.add(
                    now - coming.since < HubAdmission.PATIENCE.toNanos()
                            ? decide(known.get(coming.peer.needKey()), coming.address)
                            : HubAdmission.tooMany());
        }
        return verdicts;
    }

    private Verdict decide(@Nullable Known known, String address) {
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
        if (known.other != null && known.otherEnded == null) {
            audit.count(known.tenant, "link.open", address, Refusal.CLONED.label());
            return new Refused(Refusal.CLONED, cloned(known.other), CLONE_LATER);
        }
        var epoch = known.epoch;
        if (epoch == null) {
            return refuse(known.tenant, address, Refusal.REVOKED, revoked(known.cause));
        }
        return facts.welcome(
                new Enrolled(known.tenant, known.node, new Name(known.name), epoch),
                known.tenantName);
    }

    private static String cloned(NodeCopies.Machine other) {
        return "this machine and another one (%s, linked from %s) have one identity, as after a copy of the disk; to make this one a node of its own: fairlead agent join --new-identity TOKEN (a token of `token create --replace` puts it in the other one's place)"
                .formatted(
                        other.hostname() == null ? "of unknown name" : other.hostname(),
                        other.address());
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

    private Map<VerifyingKey, Known> find(List<Coming> all) {
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            var peer = all.get(i).peer;
            var said = NodeFacts.of(peer);
            Map<String, @Nullable Object> row = new HashMap<>();
            row.put("n", i);
            row.put("key", HexFormat.of().formatHex(peer.needKey().tagged()));
            row.put("version", said.agentVersion());
            row.put("capabilities", said.capabilities());
            row.put("platform", said.platform());
            row.put("instance", LinkFacts.instance(peer));
            rows.add(row);
        }
        return database.system(tx -> {
            Map<VerifyingKey, Known> found = new HashMap<>();
            tx.handle()
                    .createQuery("select * from admit_nodes(cast(:rows as jsonb))")
                    .bind("rows", json.writeValueAsString(rows))
                    .map((row, context) -> Map.entry(all.get(row.getInt("n")), known(row)))
                    .forEach(entry -> {
                        found.put(entry.getKey().peer.needKey(), entry.getValue());
                        keepCopy(entry.getKey(), entry.getValue());
                    });
            return found;
        });
    }

    /// Of two machines with one key, the one that has no link, or had it last.
    private void keepCopy(Coming coming, Known known) {
        var other = known.other;
        if (other == null) {
            return;
        }
        var ended = known.otherEnded;
        var copy =
                ended == null
                        ? new NodeCopies.Machine(
                                LinkFacts.instance(coming.peer),
                                NodeFacts.of(coming.peer).hostname(),
                                coming.address)
                        : other;
        database.useTenant(
                known.tenant,
                tx -> copies.seen(tx, known.node, copy, ended == null ? null : ended.toInstant()));
    }

    private static Known known(ResultSet row) throws SQLException {
        return new Known(
                new TenantId(row.getObject("tenant_id", UUID.class)),
                row.getString("tenant_name"),
                row.getString("tenant_state").equals("enabled"),
                new NodeId(row.getObject("node_id", UUID.class)),
                row.getString("node_name"),
                row.getString("cause"),
                row.getObject("epoch", Long.class),
                row.getString("other_instance") == null
                        ? null
                        : new NodeCopies.Machine(
                                row.getString("other_instance"),
                                row.getString("other_hostname"),
                                row.getString("other_address")),
                row.getObject("other_ended", OffsetDateTime.class));
    }
}
