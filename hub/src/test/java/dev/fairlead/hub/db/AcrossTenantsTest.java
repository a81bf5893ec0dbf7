package dev.fairlead.hub.db;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The functions that look across tenants, as the role that serves.
class AcrossTenantsTest {

    @RegisterExtension static final TestDatabase DB = new TestDatabase();

    private static final TenantId ACME = TenantId.fresh();

    @BeforeAll
    static void setUp() {
        DB.get()
                .useTenant(
                        ACME,
                        tx -> {
                            tx.handle()
                                    .execute(
                                            "insert into tenant (tenant_id, name) values (?, 'acme')",
                                            ACME.uuid());
                            tx.handle()
                                    .execute(
                                            "insert into tenant_counter (tenant_id) values (?)",
                                            ACME.uuid());
                        });
    }

    @Test
    void aTokenAdmitsNoMoreThanItMayUnderARaceOfAThousand() throws Exception {
        EnrolmentTokenId token = token("race", 7, "now() + interval '1 hour'");
        Map<String, Integer> outcomes = new ConcurrentHashMap<>();
        try (Database many = Database.open(DB.access(), 10);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var gate = new java.util.concurrent.Semaphore(10);
            for (int i = 0; i < 1000; i++) {
                String key = "key-" + i % 500;
                threads.submit(() -> {
                    gate.acquireUninterruptibly();
                    try {
                        String outcome = enrol(many, "race", key);
                        outcomes.merge(outcome, 1, Integer::sum);
                    } finally {
                        gate.release();
                    }
                });
            }
        }
        assertThat(outcomes).containsEntry("fresh", 7);
        assertThat(outcomes.values().stream().mapToInt(n -> n).sum()).isEqualTo(1000);
        assertThat(outcomes.getOrDefault("repeat", 0)).isLessThanOrEqualTo(7);
        int left =
                DB.get()
                        .inTenant(
                                ACME,
                                tx ->
                                        tx.handle()
                                                .createQuery(
                                                        "select uses_left from enrolment_token where"
                                                                + " token_id = :id")
                                                .bind("id", token.uuid())
                                                .mapTo(Integer.class)
                                                .one());
        assertThat(left).isZero();
    }

    @Test
    void aRepeatWithTheSameKeyGivesTheSameNodeAndCostsNoUse() {
        token("repeat", 1, "now() + interval '1 hour'");
        assertThat(enrol(DB.get(), "repeat", "k1")).isEqualTo("fresh");
        assertThat(enrol(DB.get(), "repeat", "k1")).isEqualTo("repeat");
        assertThat(enrol(DB.get(), "repeat", "k2")).isEqualTo("used-up");
        // Once the node is gone the token does not bring it back.
        DB.get()
                .useTenant(
                        ACME,
                        tx ->
                                tx.handle()
                                        .execute(
                                                "update node_key set revoked_at = now() where"
                                                        + " public_key = ?",
                                                (Object) bytes("k1")));
        assertThat(enrol(DB.get(), "repeat", "k1")).isEqualTo("used-up");
    }

    @Test
    void wrongTokens() {
        token("old", 1, "now() - interval '1 second'");
        assertThat(enrol(DB.get(), "nothing", "k")).isEqualTo("unknown");
        assertThat(enrol(DB.get(), "old", "k")).isEqualTo("expired");
        EnrolmentTokenId revoked = token("revoked", 1, "now() + interval '1 hour'");
        DB.get()
                .useTenant(
                        ACME,
                        tx ->
                                tx.handle()
                                        .execute(
                                                "update enrolment_token set revoked_at = now() where"
                                                        + " token_id = ?",
                                                revoked.uuid()));
        assertThat(enrol(DB.get(), "revoked", "k")).isEqualTo("revoked");
    }

    @Test
    void pairingsAreFoundByTheWholeCodeAndTakenOnce() {
        Database db = DB.get();
        UUID id = PairingId.fresh().uuid();
        assertThat(open(db, id, "code-1", 2)).isTrue();
        assertThat(open(db, PairingId.fresh().uuid(), "code-2", 2)).isTrue();
        assertThat(open(db, PairingId.fresh().uuid(), "code-3", 2)).isFalse();
        assertThat(found(db, "code-1")).containsExactly(id);
        assertThat(found(db, "code-")).isEmpty();
        // No tenant, no approval; and who is in a tenant sees it only once it is taken.
        assertThat(db.<Boolean>system(tx -> approve(tx.handle(), id))).isFalse();
        assertThat(db.<Boolean>inTenant(ACME, tx -> approve(tx.handle(), id))).isTrue();
        assertThat(db.<Boolean>inTenant(TenantId.SYSTEM, tx -> approve(tx.handle(), id))).isFalse();
        assertThat(found(db, "code-1")).isEmpty();
        assertThat(count(db, TenantId.SYSTEM)).isZero();
        assertThat(count(db, ACME)).isEqualTo(1);
    }

    @Test
    void oldSamplesGoWithTheirPartition() {
        Database db = DB.get();
        db.useTenant(TenantId.SYSTEM, tx -> tx.handle().execute("select keep_node_samples()"));
        db.useTenant(TenantId.SYSTEM, tx -> tx.handle().execute("select keep_node_samples()"));
        db.useTenant(TenantId.SYSTEM, tx -> tx.handle().execute("select forget_expired()"));
    }

    private static boolean open(Database db, UUID id, String code, int most) {
        return db.system(tx ->
                tx.handle()
                        .createQuery(
                                "select open_pairing(:id, :code, :key, 'f', '{}', '::1',"
                                        + " now() + interval '10 minutes', :most)")
                        .bind("id", id)
                        .bind("code", sha256(code))
                        .bind("key", bytes(code))
                        .bind("most", most)
                        .mapTo(Boolean.class)
                        .one());
    }

    private static List<UUID> found(Database db, String code) {
        return db.system(tx ->
                tx.handle()
                        .createQuery("select pairing_id from find_pairing(:code)")
                        .bind("code", sha256(code))
                        .mapTo(UUID.class)
                        .list());
    }

    private static boolean approve(Handle handle, UUID id) {
        return handle.createQuery("select approve_pairing(:id, 'ann@acme', 'n1', '{}')")
                .bind("id", id)
                .mapTo(Boolean.class)
                .one();
    }

    private static int count(Database db, TenantId tenant) {
        return db.inTenant(
                tenant,
                tx ->
                        tx.handle()
                                .createQuery("select count(*) from pairing")
                                .mapTo(Integer.class)
                                .one());
    }

    private static EnrolmentTokenId token(String secret, int uses, String expires) {
        EnrolmentTokenId id = EnrolmentTokenId.fresh();
        DB.get()
                .useTenant(
                        ACME,
                        tx ->
                                tx.handle()
                                        .createUpdate(
                                                "insert into enrolment_token (tenant_id, token_id,"
                                                        + " secret_hash, max_uses, uses_left, created_by,"
                                                        + " expires_at) values (:tenant, :id, :hash,"
                                                        + " :uses, :uses, 'ann', "
                                                        + expires
                                                        + ")")
                                        .bind("tenant", ACME.uuid())
                                        .bind("id", id.uuid())
                                        .bind("hash", sha256(secret))
                                        .bind("uses", uses)
                                        .execute());
        return id;
    }

    /// As enrolment does it: redeem and make the node, in one transaction.
    private static String enrol(Database db, String secret, String key) {
        return db.system(tx -> {
            NodeId fresh = NodeId.fresh();
            Map<String, Object> row =
                    tx.handle()
                            .createQuery(
                                    "select outcome, tenant_id, node_id from"
                                            + " redeem_enrolment(:hash, :key, :fresh)")
                            .bind("hash", sha256(secret))
                            .bind("key", bytes(key))
                            .bind("fresh", fresh.uuid())
                            .mapToMap()
                            .one();
            if ("fresh".equals(row.get("outcome"))) {
                db.useTenant(
                        ACME,
                        inner -> {
                            inner.handle()
                                    .execute(
                                            "insert into node (tenant_id, node_id, name,"
                                                    + " public_key) values (?, ?, ?, ?)",
                                            ACME.uuid(),
                                            fresh.uuid(),
                                            "n-" + secret + "-" + key,
                                            bytes(key));
                            inner.handle()
                                    .execute(
                                            "insert into node_key (tenant_id, node_id,"
                                                    + " public_key) values (?, ?, ?)",
                                            ACME.uuid(),
                                            fresh.uuid(),
                                            bytes(key));
                        });
            }
            return String.valueOf(row.get("outcome"));
        });
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes(text));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
