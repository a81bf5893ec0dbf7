package dev.fairlead.hub.hostca;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.audit.Actor;
import dev.fairlead.hub.audit.Audit;
import dev.fairlead.hub.audit.AuditEntry;
import dev.fairlead.hub.db.Database;
import dev.fairlead.hub.db.Name;
import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.db.Tx;
import dev.fairlead.hub.vault.Sealed;
import dev.fairlead.hub.vault.Vault;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
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

    private final Database database;
    private final Vault vault;
    private final Audit audit;
    private final InstantSource clock;
    private final SecureRandom random;
    private final JsonMapper json = JsonMapper.builder().build();

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

    public HostCa(
            Database database, Vault vault, Audit audit, InstantSource clock, SecureRandom random) {
        this.database = database;
        this.vault = vault;
        this.audit = audit;
        this.clock = clock;
        this.random = random;
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

    /// Signs a node's SSH host key for `NODE.TENANT.fairlead`, the name that it has now.
    ///
    /// @param sshHostPublicKeyLine `ssh-ed25519 AAAA... [comment]`: hostile input
    /// @return `ssh-ed25519-cert-v01@openssh.com AAAA... NODE.TENANT.fairlead`
    /// @throws Rejected as `invalid-request`, or `not-found` where the node was removed
    public String certify(TenantId tenant, NodeId node, String sshHostPublicKeyLine) {
        SshHostKey key = SshHostKey.parse(sshHostPublicKeyLine);
        return database.inTenant(
                tenant,
                tx -> {
                    Name name = nodeName(tx, node).orElseThrow(() -> Rejected.notFound("node"));
                    Ca ca = newest(tx);
                    // A node that signs with the CA's own key as its host key proves nothing.
                    if (Arrays.equals(ca.key().raw(), key.raw())) {
                        throw Rejected.invalid("The host key is not the node's own.");
                    }
                    Instant now = clock.instant();
                    HostCertificate certificate =
                            new HostCertificate(
                                    key,
                                    random.nextLong() >>> 1,
                                    node.text(),
                                    name + "." + tenantName(tx) + ".fairlead",
                                    now.minus(BACK_DATED),
                                    now.plus(GOOD_FOR));
                    byte[] seed =
                            vault.open(tx, TABLE, Integer.toString(ca.version()), ca.sealed());
                    try {
                        return certificate.sign(seed, ca.key(), random);
                    } finally {
                        Arrays.fill(seed, (byte) 0);
                    }
                });
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

    private static Optional<Name> nodeName(Tx tx, NodeId node) {
        return tx.handle()
                .createQuery("select name from node where node_id = :id and removed_at is null")
                .bind("id", node.uuid())
                .mapTo(String.class)
                .findOne()
                // Checked again: it goes into a certificate.
                .map(Name::new);
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
