package dev.fairlead.hub.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.db.TestDatabase;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class AuditTest {

    @RegisterExtension static final TestDatabase DB = new TestDatabase();

    private static final Actor ANN = new Actor("ann@acme", "user_x", "si_x", "192.0.2.1");

    private final Audit audit = new Audit(DB.get());
    private final Events events = new Events(DB.get());
    private TenantId tenant;

    @BeforeEach
    void setUp() {
        tenant = tenant();
    }

    static TenantId tenant() {
        TenantId id = TenantId.fresh();
        DB.get()
                .useTenant(
                        id,
                        tx -> {
                            tx.handle()
                                    .execute(
                                            "insert into tenant (tenant_id, name) values (?, ?)",
                                            id.uuid(),
                                            "t" + id.text().substring(4));
                            tx.handle()
                                    .execute(
                                            "insert into tenant_counter (tenant_id) values (?)",
                                            id.uuid());
                        });
        return id;
    }

    @Test
    void whatCannotBeNumberedIsRefusedAndNotLost() {
        var uncounted = TenantId.fresh();
        assertThatThrownBy(() ->
                        audit.record(
                                uncounted, AuditEntry.done("user.create", ANN, "bob", "user_y")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("0 of 1");
        assertThatThrownBy(() ->
                        DB.get()
                                .useTenant(
                                        uncounted,
                                        tx -> events.tell(tx, "node", null, null, Map.of())))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("0 of 1");
    }

    @Test
    void aRecordIsThereWithItsChangeOrNotAtAll() {
        audit.record(tenant, AuditEntry.done("user.create", ANN, "bob@acme", "user_y"));
        assertThatThrownBy(() ->
                        DB.get()
                                .useTenant(
                                        tenant,
                                        tx -> {
                                            audit.record(
                                                    tx,
                                                    AuditEntry.done(
                                                            "user.remove", ANN, "bob", null));
                                            throw new IllegalStateException("roll back");
                                        }))
                .hasMessage("roll back");
        audit.record(
                tenant,
                AuditEntry.denied("stream.ssh", ANN, "n1", "login")
                        .with(Map.of("login", "root\0\u0007", "n", 1)));
        List<AuditRecord> all = audit.before(tenant, AuditFilter.ALL, Long.MAX_VALUE, 10);
        assertThat(all).extracting(AuditRecord::seq).containsExactly(2L, 1L);
        assertThat(all.getFirst().entry().actor()).isEqualTo(ANN);
        assertThat(all.getFirst().entry().outcome()).isEqualTo(Outcome.DENIED);
        assertThat(all.getFirst().entry().details())
                .isEqualTo(Map.of("login", "root\ufffd\u0007", "n", 1));
        assertThat(audit.before(TenantId.SYSTEM, AuditFilter.ALL, Long.MAX_VALUE, 10))
                .noneMatch(r -> r.entry().actor().equals(ANN));
    }

    @Test
    void filtersAndPages() {
        for (int i = 0; i < 10; i++) {
            audit.record(
                    tenant,
                    AuditEntry.done(i % 2 == 0 ? "grant.create" : "user.create", ANN, null, null));
        }
        AuditFilter grants = new AuditFilter("grant.*", null, null, null, null);
        List<AuditRecord> page = audit.before(tenant, grants, Long.MAX_VALUE, 3);
        assertThat(page).extracting(AuditRecord::seq).containsExactly(9L, 7L, 5L);
        assertThat(audit.before(tenant, grants, 5, 3))
                .extracting(AuditRecord::seq)
                .containsExactly(3L, 1L);
        assertThat(audit.after(tenant, grants, 5, 3))
                .extracting(AuditRecord::seq)
                .containsExactly(7L, 9L);
        assertThat(
                        audit.after(
                                tenant,
                                new AuditFilter(
                                        "grant.create",
                                        "ann@acme",
                                        Outcome.DONE,
                                        page.getLast().at(),
                                        page.getFirst().at()),
                                0,
                                10))
                .extracting(AuditRecord::seq)
                .containsExactly(5L, 7L);
        assertThat(audit.after(tenant, new AuditFilter("grant", null, null, null, null), 0, 10))
                .isEmpty();
        assertThat(audit.last(tenant)).isEqualTo(10);
    }

    @Test
    void numbersAreInCommitOrderWithoutGaps() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 60; i++) {
                threads.submit(() -> audit.record(tenant, AuditEntry.done("x", ANN, null, null)));
            }
        }
        assertThat(audit.after(tenant, AuditFilter.ALL, 0, 100))
                .extracting(AuditRecord::seq)
                .containsExactlyElementsOf(LongStream.rangeClosed(1, 60).boxed().toList());
    }

    @Test
    void failuresOfASourceAreOneRecord() {
        for (int i = 0; i < 100; i++) {
            audit.count(tenant, "sign-in", "192.0.2.9", "wrong-credentials");
        }
        audit.count(tenant, "sign-in", "192.0.2.10", "wrong-credentials");
        audit.flush();
        audit.flush();
        assertThat(audit.after(tenant, AuditFilter.ALL, 0, 10))
                .extracting(r -> r.entry().actor().address() + " " + r.entry().count())
                .containsExactlyInAnyOrder("192.0.2.9 100", "192.0.2.10 1");
    }

    @Test
    void takingAwayIsNotRefusedForWantOfItsRecord() {
        // A record that the table refuses: its count is none.
        AuditEntry bad = new AuditEntry("user.disable", ANN, null, null, Outcome.DONE, 0, Map.of());
        TenantId id = tenant;
        DB.get()
                .useTenant(
                        id,
                        tx -> {
                            tx.handle().execute("update tenant set state = 'disabled'");
                            audit.recordTaking(tx, bad);
                        });
        String state =
                DB.get()
                        .inTenant(
                                id,
                                tx ->
                                        tx.handle()
                                                .createQuery("select state from tenant")
                                                .mapTo(String.class)
                                                .one());
        assertThat(state).isEqualTo("disabled");
        // What is owed and can never be written holds nothing up.
        audit.owe(id, AuditEntry.done("session.end", ANN, "sess", null));
        audit.flush();
        assertThat(audit.after(id, AuditFilter.ALL, 0, 10))
                .extracting(r -> r.entry().act())
                .containsExactly("session.end");
    }

    @Test
    void followersAreWokenAfterTheCommit() throws Exception {
        AtomicInteger woken = new AtomicInteger();
        TenantId other = tenant();
        try (AutoCloseable follow = events.follow(tenant, woken::incrementAndGet)) {
            DB.get()
                    .useTenant(
                            tenant,
                            tx -> {
                                events.tell(tx, "node.online", "node_x", "n1", Map.of("a", true));
                                assertThat(woken).hasValue(0);
                            });
            assertThat(woken).hasValue(1);
            DB.get().useTenant(other, tx -> events.tell(tx, "node.online", null, null, Map.of()));
            assertThat(woken).hasValue(1);
        }
        DB.get().useTenant(tenant, tx -> events.tell(tx, "node.offline", null, null, Map.of()));
        assertThat(woken).hasValue(1);
        assertThat(events.after(tenant, 0, 10))
                .extracting(Event::kind)
                .containsExactly("node.online", "node.offline");
        assertThat(events.after(tenant, 1, 10)).extracting(Event::seq).containsExactly(2L);
        assertThat(events.last(tenant)).isEqualTo(2);
    }
}
