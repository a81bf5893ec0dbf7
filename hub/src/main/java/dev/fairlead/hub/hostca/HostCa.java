package dev.fairlead.hub.hostca;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.audit.Actor;
import dev.fairlead.hub.audit.Audit;
import dev.fairlead.hub.audit.AuditEntry;
import dev.fairlead.hub.db.Database;
import dev.fairlead.hub.db.Name;
import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.db.Together;
import dev.fairlead.hub.db.Tx;
import dev.fairlead.hub.vault.Sealed;
import dev.fairlead.hub.vault.Vault;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The SSH host CA of each tenant: an ed25519 key, made when it is first needed, whose private half
/// lies in the database sealed by the tenant's data key and in memory only while it signs.
public final class HostCa {

    /// How long a certificate is good; agents renew it well before.
    static final Duration GOOD_FOR = Duration.ofHours(24);

    /// For people's clocks that are a little late.
    static final Duration BACK_DATED = Duration.ofMinutes(5);

    private static final String TABLE = "ssh_host_ca";
    private static final int MAX_BYTES = 8 * 1024;
    private static final int AT_ONCE = 100;

    private final Database database;
    private final Vault vault;
    private final Audit audit;
    private final InstantSource clock;
    private final SecureRandom random;
    private final JsonMapper json = JsonMapper.builder().build();
    private final Together<Asked, Answered> together;

    /// What people put into their `known_hosts`.
    ///
    /// @param publicKey `ssh-ed25519 AAAA...`
    /// @param hosts the pattern of the names that it may sign for, `*.TENANT.fairlead`
    public record Trust(String publicKey, String hosts) {

        /// `@cert-authority *.TENANT.fairlead ssh-ed25519 AAAA...`
        public String knownHostsLine() {
            return "@cert-authority " + hosts + " " + publicKey;
        }
    }

    private record Ca(int version, SshHostKey key, Sealed sealed) {}

    /// @param threads virtual ones
    public HostCa(
            Database database,
            Vault vault,
            Audit audit,
            InstantSource clock,
            SecureRandom random,
            Executor threads) {
        this.database = database;
        this.vault = vault;
        this.audit = audit;
        this.clock = clock;
        this.random = random;
        this.together = new Together<>(AT_ONCE, Asked::node, threads, this::certifyAll);
    }

    public Trust trust(TenantId tenant) {
        return database.inTenant(
                tenant,
                tx -> new Trust(newest(tx).key().line(), "*." + tenantName(tx) + ".fairlead"));
    }

    /// Answers the call `host-cert` of an agent: `{"publicKey": LINE}` gives `{"certificate":
    /// LINE}`.
    ///
    /// @param document hostile input
    /// @throws Rejected as `invalid-request`, or `not-found` where the node was removed
    public byte[] answer(TenantId tenant, NodeId node, byte[] document) {
        return json.writeValueAsBytes(
                Map.of("certificate", certify(tenant, node, publicKey(document))));
    }

    private String publicKey(byte[] document) {
        try {
            JsonNode key =
                    document.length > MAX_BYTES
                            ? tools.jackson.databind.node.MissingNode.getInstance()
                            : json.readTree(document).path("publicKey");
            if (key.isString()) {
                return key.stringValue();
            }
        } catch (JacksonException e) {
            throw Rejected.because(
                    e, Rejected.Code.INVALID_REQUEST, "The question is no JSON.", null);
        }
        throw Rejected.invalid("The question is a JSON object with publicKey, a text.");
    }

    /// Signs a node's SSH host key for `NODE.TENANT.fairlead`, the name that it has now. Blocks
    /// until it is done; those that are asked for at the same time are signed together.
    ///
    /// @param sshHostPublicKeyLine `ssh-ed25519 AAAA... [comment]`: hostile input
    /// @return `ssh-ed25519-cert-v01@openssh.com AAAA... NODE.TENANT.fairlead`
    /// @throws Rejected as `invalid-request`, or `not-found` where the node was removed
    public String certify(TenantId tenant, NodeId node, String sshHostPublicKeyLine) {
        var asked = new Asked(tenant, node, SshHostKey.parse(sshHostPublicKeyLine));
        return switch (together.ask(asked)) {
            case Signed(var line) -> line;
            case Not(var why) -> throw why;
        };
    }

    private record Asked(TenantId tenant, NodeId node, SshHostKey key) {}

    private sealed interface Answered {}

    private record Signed(String line) implements Answered {}

    private record Not(Rejected why) implements Answered {}

    private List<Answered> certifyAll(List<Asked> all) {
        Map<Asked, Answered> answers = new HashMap<>();
        database.useSystem(_ ->
                all.stream()
                        .collect(Collectors.groupingBy(Asked::tenant))
                        .forEach((tenant, asked) ->
                                database.useTenant(tenant, tx -> certify(tx, asked, answers))));
        return all.stream().map(asked -> Objects.requireNonNull(answers.get(asked))).toList();
    }

    private void certify(Tx tx, List<Asked> all, Map<Asked, Answered> answers) {
        var names = nodeNames(tx, all.stream().map(Asked::node).toList());
        Ca ca = newest(tx);
        String suffix = "." + tenantName(tx) + ".fairlead";
        byte[] seed = vault.open(tx, TABLE, Integer.toString(ca.version()), ca.sealed());
        try {
            for (var asked : all) {
                answers.put(asked, certify(asked, names.get(asked.node), suffix, ca, seed));
            }
        } finally {
            Arrays.fill(seed, (byte) 0);
        }
    }

    private Answered certify(Asked asked, @Nullable Name name, String suffix, Ca ca, byte[] seed) {
        if (name == null) {
            return new Not(Rejected.notFound("node"));
        }
        // A node that signs with the CA's own key as its host key proves nothing.
        if (Arrays.equals(ca.key().raw(), asked.key.raw())) {
            return new Not(Rejected.invalid("The host key is not the node's own."));
        }
        Instant now = clock.instant();
        return new Signed(
                new HostCertificate(
                                asked.key,
                                random.nextLong() >>> 1,
                                asked.node.text(),
                                name + suffix,
                                now.minus(BACK_DATED),
                                now.plus(GOOD_FOR))
                        .sign(seed, ca.key(), random));
    }

    private Ca newest(Tx tx) {
        return find(tx).orElseGet(() -> {
            // One maker at a time; whoever waited here finds the other's.
            tx.handle()
                    .createQuery(
                            "select pg_advisory_xact_lock(hashtextextended('fairlead.ssh-host-ca:'"
                                    + " || :tenant, 0)) is null")
                    .bind("tenant", tx.tenant().text())
                    .mapTo(Boolean.class)
                    .one();
            return find(tx).orElseGet(() -> make(tx));
        });
    }

    private Ca make(Tx tx) {
        byte[] seed = new byte[Ed25519.SECRET_KEY_SIZE];
        Ed25519.generatePrivateKey(random, seed);
        byte[] raw = new byte[Ed25519.PUBLIC_KEY_SIZE];
        Ed25519.generatePublicKey(seed, 0, raw, 0);
        Ca ca = new Ca(1, new SshHostKey(raw), vault.seal(tx, TABLE, "1", seed));
        Arrays.fill(seed, (byte) 0);
        tx.handle()
                .createUpdate(
                        """
                        insert into ssh_host_ca (tenant_id, version, public_key, sealed)
                        values (:tenant, :version, :key, :sealed)\
                        """)
                .bind("tenant", tx.tenant().uuid())
                .bind("version", ca.version())
                .bind("key", ca.key().line())
                .bind("sealed", ca.sealed().bytes())
                .execute();
        audit.record(
                tx,
                AuditEntry.done("ssh-host-ca.create", Actor.HUB, "1", null)
                        .with(Map.of("publicKey", ca.key().line())));
        return ca;
    }

    private static Optional<Ca> find(Tx tx) {
        return tx.handle()
                .createQuery(
                        "select version, public_key, sealed from ssh_host_ca order by version desc"
                                + " limit 1")
                .map((row, context) ->
                        new Ca(
                                row.getInt("version"),
                                SshHostKey.parse(row.getString("public_key")),
                                new Sealed(row.getBytes("sealed"))))
                .findOne();
    }

    private static Map<NodeId, Name> nodeNames(Tx tx, List<NodeId> nodes) {
        Map<NodeId, Name> names = new HashMap<>();
        tx.handle()
                .createQuery(
                        """
                        select node_id, name from node
                        where tenant_id = :tenant and node_id = any(:ids) and state = 'enrolled'\
                        """)
                .bind("tenant", tx.tenant().uuid())
                .bindArray("ids", UUID.class, nodes.stream().map(NodeId::uuid).toList())
                .map((row, context) ->
                        Map.entry(
                                new NodeId(row.getObject("node_id", UUID.class)),
                                // Checked again: it goes into a certificate.
                                new Name(row.getString("name"))))
                .forEach(entry -> names.put(entry.getKey(), entry.getValue()));
        return names;
    }

    /// @throws Rejected as `not-found` where the tenant was removed
    private static Name tenantName(Tx tx) {
        return tx.handle()
                .createQuery("select name from tenant")
                .mapTo(String.class)
                .findOne()
                .map(Name::new)
                .orElseThrow(() -> Rejected.notFound("tenant"));
    }
}
