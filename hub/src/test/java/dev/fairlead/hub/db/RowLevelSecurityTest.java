package dev.fairlead.hub.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The serving role over one pooled connection: tenant A, then nobody, then tenant B, after commit,
/// rollback and a broken connection, against every table and partition of the catalogue. Both
/// tenants have a row in every table (a table that [#fill] forgets fails the test), so that "sees
/// nothing" means something.
class RowLevelSecurityTest {

    @RegisterExtension static final TestDatabase DB = new TestDatabase();

    private static final TenantId A = TenantId.fresh();
    private static final TenantId B = TenantId.fresh();
    private static Database one;
    private static List<String> tables;
    private static List<String> partitions;

    @BeforeAll
    static void setUp() throws SQLException {
        one = Database.open(DB.access(), 1);
        fill(A, "a");
        fill(B, "b");
        tables =
                names(
                        "select relname from pg_class where relnamespace = 'fairlead'::regnamespace"
                                + " and relkind in ('r', 'p') and not relispartition and relname <>"
                                + " 'flyway_schema_history'");
        partitions =
                names(
                        "select relname from pg_class where relnamespace = 'fairlead'::regnamespace"
                                + " and relkind in ('r', 'p') and relispartition");
        assertThat(tables).contains("tenant", "app_user", "audit_event", "node_sample");
        assertThat(partitions).isNotEmpty();
    }

    @AfterAll
    static void tearDown() {
        one.close();
    }

    @Test
    void everyTenantSeesItsOwnRowsOnlyAndNobodySeesNone() {
        Consumer<Integer> nobody =
                pid ->
                        one.system(tx -> {
                            assertThat(pid(tx.handle())).isEqualTo(pid);
                            seesOnly(tx.handle(), null);
                            return null;
                        });
        // After a commit.
        int pid = in(A);
        nobody.accept(pid);
        assertThat(in(B)).isEqualTo(pid);
        nobody.accept(pid);
        // After a rollback.
        assertThatThrownBy(() ->
                        one.useTenant(
                                A,
                                tx -> {
                                    sees(tx, A);
                                    throw new IllegalArgumentException("roll back");
                                }))
                .hasMessage("roll back");
        nobody.accept(pid);
        assertThat(in(B)).isEqualTo(pid);
        // After a failed statement.
        assertThatThrownBy(() -> one.useTenant(A, tx -> tx.handle().execute("select 1/0")))
                .isInstanceOf(RuntimeException.class);
        nobody.accept(pid);
        // After a broken connection: another one, which starts with nobody.
        assertThatThrownBy(() ->
                        one.useTenant(
                                A,
                                tx -> {
                                    sees(tx, A);
                                    kill(pid);
                                    sees(tx, A);
                                }))
                .isInstanceOfSatisfying(
                        dev.fairlead.hub.Rejected.class,
                        e ->
                                assertThat(e.code())
                                        .isEqualTo(dev.fairlead.hub.Rejected.Code.UNAVAILABLE));
        int next = one.system(tx -> pid(tx.handle()));
        assertThat(next).isNotEqualTo(pid);
        nobody.accept(next);
        assertThat(in(B)).isEqualTo(next);
    }

    @Test
    void anInnerTransactionSwitchesTheTenantAndBack() {
        one.useTenant(
                A,
                tx -> {
                    sees(tx, A);
                    one.useTenant(B, inner -> sees(inner, B));
                    sees(tx, A);
                    one.system(inner -> {
                        seesOnly(inner.handle(), null);
                        return null;
                    });
                    sees(tx, A);
                });
    }

    @Test
    void noRowOfAnotherTenantCanBeWrittenChangedOrDeleted() throws SQLException {
        for (String table : tables) {
            String key = table.equals("tenant") ? "name = 'hostile'" : "tenant_id = tenant_id";
            for (String statement :
                    List.of(
                            "update "
                                    + table
                                    + " set "
                                    + key
                                    + " where tenant_id = '"
                                    + B.uuid()
                                    + "'",
                            "delete from " + table + " where tenant_id = '" + B.uuid() + "'")) {
                int changed;
                try {
                    changed = one.inTenant(A, tx -> tx.handle().execute(statement));
                } catch (RuntimeException e) {
                    assertThat(e).hasStackTraceContaining("permission denied");
                    changed = 0;
                }
                assertThat(changed).describedAs(statement).isZero();
            }
            // A copy of B's row, written by A: refused by WITH CHECK, or for want of the right.
            String copy = rowOf(table, B);
            assertThatThrownBy(() ->
                            one.useTenant(
                                    A,
                                    tx ->
                                            tx.handle()
                                                    .createUpdate(
                                                            "insert into "
                                                                    + table
                                                                    + " select * from"
                                                                    + " json_populate_record(null::"
                                                                    + table
                                                                    + ", cast(:row as json))")
                                                    .bind("row", copy)
                                                    .execute()))
                    .describedAs(table)
                    .satisfies(e ->
                            assertThat(org.assertj.core.util.Throwables.getStackTrace(e))
                                    .containsAnyOf(
                                            "violates row-level security", "permission denied"));
        }
    }

    @Test
    void partitionsAreReachedThroughTheirTableOnly() {
        for (String partition : partitions) {
            for (String statement :
                    List.of(
                            "select count(*) from " + partition,
                            "delete from " + partition,
                            "truncate " + partition)) {
                assertThatThrownBy(() -> one.useTenant(A, tx -> tx.handle().execute(statement)))
                        .hasStackTraceContaining("permission denied");
            }
        }
    }

    @Test
    void auditIsAppendOnly() {
        for (String statement :
                List.of(
                        "update audit_event set who = 'nobody'",
                        "delete from audit_event",
                        "truncate audit_event")) {
            assertThatThrownBy(() -> one.useTenant(A, tx -> tx.handle().execute(statement)))
                    .hasStackTraceContaining("permission denied");
        }
    }

    @Test
    void theCatalogueKeepsTheRules() throws SQLException {
        assertThat(
                        names(
                                "select relname from pg_class where relnamespace ="
                                        + " 'fairlead'::regnamespace and relkind in ('r', 'p') and"
                                        + " relname <> 'flyway_schema_history' and not"
                                        + " (relrowsecurity and relforcerowsecurity)"))
                .describedAs("tables without enabled and forced row-level security")
                .isEmpty();
        String setting = "(NULLIF(current_setting('fairlead.tenant'::text, true), ''::text))::uuid";
        assertThat(
                        names(
                                "select relname from pg_class c where relnamespace ="
                                        + " 'fairlead'::regnamespace and relkind in ('r', 'p') and not"
                                        + " relispartition and relname <> 'flyway_schema_history' and"
                                        + " not exists (select from pg_policies p where p.tablename ="
                                        + " c.relname and p.policyname = 'tenant' and p.cmd = 'ALL' and"
                                        + " p.roles = '{public}' and p.qual = '(tenant_id = "
                                        + setting.replace("'", "''")
                                        + ")' and p.with_check = p.qual)"))
                .describedAs("tables without the tenant's policy")
                .isEmpty();
        assertThat(
                        names(
                                "select tablename || '.' || policyname from pg_policies where"
                                        + " schemaname = 'fairlead' and policyname <> 'tenant' and"
                                        + " roles <> '{fairlead_owner}'"))
                .describedAs("other policies for anybody but the owner's functions")
                .isEmpty();
        assertThat(
                        names(
                                "select relname from pg_class where relnamespace ="
                                        + " 'fairlead'::regnamespace and (pg_get_userbyid(relowner) <>"
                                        + " 'fairlead_owner' or (relispartition and relacl is not"
                                        + " null))"))
                .describedAs("owned by another role, or partitions with rights")
                .isEmpty();
        assertThat(
                        names(
                                "select proname from pg_proc where pronamespace ="
                                        + " 'fairlead'::regnamespace and (prosecdef <>"
                                        + " has_function_privilege('fairlead_app', oid, 'execute') or"
                                        + " (prosecdef and proconfig is distinct from array['search_path=fairlead,"
                                        + " pg_temp']))"))
                .describedAs("functions: only SECURITY DEFINER ones with a fixed path are callable")
                .isEmpty();
    }

    @Test
    void keysBeginWithTheTenant() throws SQLException {
        assertThat(
                        names(
                                "select c.conname from pg_constraint c where c.connamespace ="
                                        + " 'fairlead'::regnamespace and c.contype in ('p', 'u', 'f')"
                                        + " and c.conrelid <> 'flyway_schema_history'::regclass and"
                                        + " (select attname from pg_attribute a where a.attrelid ="
                                        + " c.conrelid and a.attnum = c.conkey[1]) <> 'tenant_id'"))
                .containsExactlyInAnyOrder(
                        // A tenant's name is the hub's to give.
                        "tenant_name_key",
                        // A tenant's own user or one of `system`, by a check constraint.
                        "user_grant_user_tenant_id_user_id_fkey",
                        "node_view_user_tenant_id_user_id_fkey",
                        // Nobody's until it is approved.
                        "pairing_pkey");
        assertThat(
                        names(
                                "select c.relname from pg_index i join pg_class c on c.oid ="
                                        + " i.indexrelid where c.relnamespace ="
                                        + " 'fairlead'::regnamespace and i.indisunique and not exists"
                                        + " (select from pg_constraint k where k.conindid ="
                                        + " i.indexrelid) and (select attname from pg_attribute a where"
                                        + " a.attrelid = i.indrelid and a.attnum = i.indkey[0]) <>"
                                        + " 'tenant_id'"))
                // The link's handshake knows a node by its key alone, and proves that it has it.
                .containsExactly("node_key_in_use");
    }

    private static int in(TenantId tenant) {
        return one.inTenant(tenant, tx -> sees(tx, tenant));
    }

    private static int sees(Tx tx, TenantId tenant) {
        seesOnly(tx.handle(), tenant);
        return pid(tx.handle());
    }

    /// Every table: at least one row of this tenant and none of another; without a tenant, none.
    private static void seesOnly(
            Handle handle, @org.jspecify.annotations.Nullable TenantId tenant) {
        var seen = new TreeMap<String, Set<UUID>>();
        for (String table : tables) {
            seen.put(
                    table,
                    new TreeSet<>(
                            handle.createQuery("select distinct tenant_id from " + table)
                                    .mapTo(UUID.class)
                                    .list()));
        }
        assertThat(seen)
                .allSatisfy((table, owners) ->
                        assertThat(owners)
                                .describedAs(table)
                                .isEqualTo(tenant == null ? Set.of() : Set.of(tenant.uuid())));
    }

    private static int pid(Handle handle) {
        return handle.createQuery("select pg_backend_pid()").mapTo(Integer.class).one();
    }

    private static void kill(int pid) {
        try (Connection c = DB.superuser();
                Statement s = c.createStatement()) {
            s.execute("select pg_terminate_backend(" + pid + ", 5000)");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String rowOf(String table, TenantId tenant) throws SQLException {
        List<String> rows =
                names(
                        "select row_to_json(t)::text from "
                                + table
                                + " t where tenant_id = '"
                                + tenant.uuid()
                                + "' limit 1");
        assertThat(rows).describedAs("a row in " + table).hasSize(1);
        return rows.getFirst();
    }

    private static List<String> names(String query) throws SQLException {
        try (Connection c = DB.superuser();
                Statement s = c.createStatement();
                ResultSet rows = s.executeQuery(query)) {
            List<String> names = new ArrayList<>();
            while (rows.next()) {
                names.add(rows.getString(1));
            }
            return names;
        }
    }

    /// One row in every table, behind the policies.
    private static void fill(TenantId tenant, String name) throws SQLException {
        try (Connection c = DB.superuser();
                Statement s = c.createStatement()) {
            s.execute(
                    """
                    do $$ declare
                        t uuid := '%1$s'; u uuid := gen_random_uuid(); n uuid := gen_random_uuid();
                        k uuid := gen_random_uuid(); h bytea := sha256('%2$s'); o timestamptz := now() + interval '1 day';
                    begin
                        insert into tenant (tenant_id, name) values (t, '%2$s');
                        insert into tenant_counter (tenant_id) values (t);
                        insert into tenant_key (tenant_id, version, sealed) values (t, 1, h);
                        insert into app_user (tenant_id, user_id, name, password) values (t, u, 'ann', '-');
                        insert into sign_in (tenant_id, sign_in_id, user_id, token_hash, address, expires_at) values (t, u, u, h, '-', o);
                        insert into api_token (tenant_id, api_token_id, user_id, name, token_hash, expires_at) values (t, u, u, 'ci', h, o);
                        insert into user_grant (tenant_id, grant_id, user_tenant_id, user_id, user_name, role, selector, logins, created_by) values (t, u, t, u, 'ann', 'admin', '', '{*}', '-');
                        insert into node_view (tenant_id, view_id, user_tenant_id, user_id, name, search, columns) values (t, k, t, u, 'v', '{}', '{}');
                        insert into node (tenant_id, node_id, name, public_key) values (t, n, 'n1', h);
                        insert into node_key (tenant_id, node_id, public_key) values (t, n, h);
                        insert into node_label (tenant_id, node_id, key, value) values (t, n, 'os', 'linux');
                        insert into node_link (tenant_id, node_id, epoch, hub, address) values (t, n, 1, 'hub', '-');
                        insert into node_copy (tenant_id, node_id, instance, address) values (t, n, 'a', '-');
                        insert into enrolment_token (tenant_id, token_id, secret_hash, max_uses, uses_left, created_by, expires_at) values (t, k, h, 1, 1, '-', o);
                        insert into enrolment_redemption (tenant_id, token_id, public_key, node_id) values (t, k, h, n);
                        insert into pairing (pairing_id, tenant_id, code_hash, public_key, fingerprint, about, address, expires_at, approved_at) values (k, t, h, h, '-', '{}', '-', o, now());
                        insert into node_sample (tenant_id, node_id, at, health) values (t, n, now(), 'ok');
                        insert into node_rollup_5m (tenant_id, node_id, at, samples) values (t, n, now(), 1);
                        insert into node_rollup_1h (tenant_id, node_id, at, samples) values (t, n, now(), 1);
                        insert into node_rollup_done (tenant_id, step, until) values (t, '5m', now());
                        insert into session (tenant_id, session_id, user_tenant_id, user_id, user_name, credential, node_id, node_name, kind, address) values (t, u, t, u, 'ann', '-', n, 'n1', 'ssh', '-');
                        insert into ssh_host_ca (tenant_id, version, public_key, sealed) values (t, 1, '-', h);
                        insert into audit_event (tenant_id, seq, act, who, outcome) values (t, 1, '-', '-', 'done');
                        insert into event (tenant_id, seq, kind) values (t, 1, '-');
                        insert into idempotency (tenant_id, principal, key, request_hash, status, response) values (t, u, 'k', h, 200, '{}');
                    end $$\
                    """
                            .formatted(tenant.uuid(), name));
        }
    }
}
