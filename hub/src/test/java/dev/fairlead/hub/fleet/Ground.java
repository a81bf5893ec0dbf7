package dev.fairlead.hub.fleet;

import dev.fairlead.hub.audit.Actor;
import dev.fairlead.hub.audit.Audit;
import dev.fairlead.hub.audit.AuditFilter;
import dev.fairlead.hub.audit.AuditRecord;
import dev.fairlead.hub.audit.Event;
import dev.fairlead.hub.audit.Events;
import dev.fairlead.hub.db.Database;
import dev.fairlead.hub.db.Name;
import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.rbac.Labels;
import dev.fairlead.link.LinkEnd;
import dev.fairlead.link.handshake.Fingerprint;
import dev.fairlead.link.handshake.PeerIdentity;
import dev.fairlead.link.handshake.Role;
import dev.fairlead.link.handshake.Secret;
import dev.fairlead.link.handshake.SigningKey;
import dev.fairlead.link.handshake.VerifyingKey;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/// The services of a hub on a test's database, with what they tell others written down.
@NullMarked
public final class Ground {

    public record Cut(TenantId tenant, NodeId node, LinkEnd end) {}

    public static final Actor ADMIN =
            new Actor("ada@system", "user_00000000000000000000000000", null, "192.0.2.1");

    private final AtomicInteger names = new AtomicInteger();

    public final Database database;
    public final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
    public final InstantSource clock = now::get;
    public final List<Cut> cuts = new CopyOnWriteArrayList<>();
    public final List<NodeId> renames = new CopyOnWriteArrayList<>();
    public final List<String> changes = new CopyOnWriteArrayList<>();
    public final Audit audit;
    public final Events events;
    public final LastSeen seen;
    public final Heartbeats heartbeats;
    public final Nodes nodes;
    public final Policies policies;
    public final NodeLinks links;
    public final EnrolNode enrol;

    public Ground(Database database) {
        this.database = database;
        audit = new Audit(database);
        events = new Events(database);
        seen = new LastSeen(clock);
        heartbeats = new Heartbeats(database, seen, clock);
        NodeCut cut = (tenant, node, end, message) -> cuts.add(new Cut(tenant, node, end));
        nodes =
                new Nodes(
                        database,
                        audit,
                        events,
                        (tenant, user, cause) -> changes.add(cause),
                        cut,
                        (tenant, node) -> renames.add(node),
                        seen,
                        heartbeats);
        policies = new Policies(database, events, task -> Thread.ofVirtual().start(task));
        links =
                new NodeLinks(
                        database, events, seen, "hub-1", task -> Thread.ofVirtual().start(task));
        enrol = new EnrolNode(audit, events, (tenant, user, cause) -> changes.add(cause), cut);
    }

    public TenantId tenant(String name) {
        TenantId id = TenantId.fresh();
        database.useTenant(
                id,
                tx -> {
                    tx.handle()
                            .execute(
                                    "insert into tenant (tenant_id, name) values (?, ?)",
                                    id.uuid(),
                                    name);
                    tx.handle()
                            .execute(
                                    "insert into tenant_counter (tenant_id) values (?)", id.uuid());
                });
        return id;
    }

    public static VerifyingKey key() {
        return SigningKey.generate(new SecureRandom()).verifying();
    }

    public Enrolled node(TenantId tenant, String hostname, Map<String, String> labels) {
        return node(tenant, hostname, key(), labels);
    }

    public Enrolled node(
            TenantId tenant, String hostname, VerifyingKey key, Map<String, String> labels) {
        return database.inTenant(
                tenant,
                tx ->
                        enrol.fresh(
                                tx,
                                NodeId.fresh(),
                                null,
                                key,
                                new NodeFacts(
                                        "0.1.0",
                                        hostname,
                                        "linux",
                                        "amd64",
                                        new java.util.TreeMap<>()),
                                Labels.of(labels),
                                new EnrolNode.By("tok_" + names.incrementAndGet(), "a", "::1")));
    }

    public Node show(TenantId tenant, NodeId id) {
        return nodes.need(tenant, id.text());
    }

    public static PeerIdentity peer(
            Role role, @Nullable VerifyingKey key, @Nullable Secret secret, String hostname) {
        return new PeerIdentity(
                role,
                key,
                secret,
                Fingerprint.ofHash(new byte[32]),
                Map.of("ssh", "1"),
                Map.of("hostname", hostname, "os", "linux", "arch", "amd64"));
    }

    public List<String> acts(TenantId tenant) {
        return audit.after(tenant, AuditFilter.ALL, 0, 5_000).stream()
                .map(r -> r.entry().act() + " " + r.entry().subject())
                .toList();
    }

    public List<AuditRecord> records(TenantId tenant) {
        return audit.after(tenant, AuditFilter.ALL, 0, 5_000);
    }

    public List<String> told(TenantId tenant) {
        return events.after(tenant, 0, 5_000).stream().map(Event::kind).toList();
    }

    public static Name name(String text) {
        return new Name(text);
    }
}
