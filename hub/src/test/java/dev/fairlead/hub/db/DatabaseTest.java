package dev.fairlead.hub.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.hub.Rejected;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DatabaseTest {

    @RegisterExtension static final TestDatabase DB = new TestDatabase();

    @Test
    void whatFollowsACommitRunsOnceAndOnlyThen() {
        List<String> ran = new ArrayList<>();
        Database db = DB.get();
        db.useTenant(
                TenantId.SYSTEM,
                tx -> {
                    tx.afterCommit(() -> ran.add("outer"));
                    db.useTenant(
                            TenantId.fresh(), inner -> inner.afterCommit(() -> ran.add("inner")));
                    tx.afterCommit(() -> {
                        throw new IllegalStateException("logged, not thrown");
                    });
                    tx.afterCommit(() -> ran.add("last"));
                    assertThat(ran).isEmpty();
                });
        assertThat(ran).containsExactly("outer", "inner", "last");
        assertThatThrownBy(() ->
                        db.useTenant(
                                TenantId.SYSTEM,
                                tx -> {
                                    tx.afterCommit(() -> ran.add("never"));
                                    throw Rejected.notFound("thing");
                                }))
                .isInstanceOf(Rejected.class);
        assertThat(ran).hasSize(3);
    }

    @Test
    void nobodysTransactionHasNoTenant() {
        assertThatThrownBy(() -> DB.get().system(Tx::tenant))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void workOnAnotherThreadIsAnotherTransaction() {
        Database db = DB.get();
        TenantId a = TenantId.fresh();
        db.useTenant(
                a,
                tx -> {
                    int mine = pid(tx);
                    int[] other = new int[1];
                    Thread thread =
                            Thread.ofVirtual().start(() -> db.useTenant(a, t -> other[0] = pid(t)));
                    try {
                        thread.join();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    assertThat(other[0]).isNotZero().isNotEqualTo(mine);
                });
    }

    @Test
    void thatNoConnectionIsFreeIsSaidSo() {
        try (Database busy = Database.open(DB.access(), 1)) {
            // The only connection is taken: the next one waits in vain.
            busy.useTenant(
                    TenantId.SYSTEM,
                    tx -> CompletableFuture.runAsync(() -> assertTakesNoMore(busy)).join());
        }
    }

    private static void assertTakesNoMore(Database database) {
        assertThat(database.answers()).isFalse();
        assertThatThrownBy(() -> database.system(tx -> 1))
                .isInstanceOfSatisfying(
                        Rejected.class,
                        e -> {
                            assertThat(e.code()).isEqualTo(Rejected.Code.UNAVAILABLE);
                            assertThat(e.code().retry()).isTrue();
                            assertThat(e).hasMessageContaining("too much to do");
                        });
    }

    @Test
    void eachWorkInATransactionSeesItsOwnTenantsRows() {
        Database db = DB.get();
        TenantId a = TenantId.fresh();
        TenantId b = TenantId.fresh();
        List<String> seen = new ArrayList<>();
        db.inOne(() -> {
            seen.add(db.system(DatabaseTest::setting));
            db.useTenant(
                    a,
                    tx -> {
                        seen.add(setting(tx));
                        assertThatThrownBy(() ->
                                        db.useTenant(
                                                b,
                                                inner -> {
                                                    seen.add(setting(inner));
                                                    throw Rejected.notFound("thing");
                                                }))
                                .isInstanceOf(Rejected.class);
                        seen.add(setting(tx));
                        seen.add(db.system(DatabaseTest::setting));
                        seen.add(setting(tx));
                    });
            return seen.add(db.system(DatabaseTest::setting));
        });
        String first = a.uuid().toString();
        assertThat(seen).containsExactly("", first, b.uuid().toString(), first, "", first, "");
    }

    @Test
    void aQuestionReadsAThingOnceAndWhatChangesReadsItAnew() {
        Database db = DB.get();
        int[] reads = new int[1];
        java.util.function.Supplier<Integer> read = () -> ++reads[0];
        for (int i = 1; i <= 2; i++) {
            int times = i;
            db.inOne(() -> {
                assertThat(db.<Integer>system(tx -> tx.once("thing", read))).isEqualTo(times);
                return assertThat(
                                db.<Integer>inTenant(TenantId.SYSTEM, tx -> tx.once("thing", read)))
                        .isEqualTo(times);
            });
        }
        db.useSystem(tx -> {
            assertThat(tx.once("thing", read)).isEqualTo(3);
            assertThat(tx.once("thing", read)).isEqualTo(4);
        });
    }

    private static String setting(Tx tx) {
        return tx.handle()
                .createQuery("select coalesce(current_setting('fairlead.tenant', true), '')")
                .mapTo(String.class)
                .one();
    }

    private static int pid(Tx tx) {
        return tx.handle().createQuery("select pg_backend_pid()").mapTo(Integer.class).one();
    }
}
