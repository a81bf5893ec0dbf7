package dev.fairlead.hub.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.db.TestDatabase;
import dev.fairlead.link.LinkEnd;
import dev.fairlead.link.handshake.VerifyingKey;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What agents do goes on while the database is away, and is written when it is back.
@NullUnmarked
class DatabaseAwayTest {

    @RegisterExtension static final TestDatabase DB = new TestDatabase();

    @Test
    void theEndOfALinkAndSamplesAreWrittenWhenTheDatabaseIsBack() throws Exception {
        Ground ground = new Ground(DB.get());
        TenantId acme = ground.tenant("acme");
        VerifyingKey key = Ground.key();
        Enrolled node = ground.node(acme, "n", key, Map.of());
        assertThat(ground.links.begin(acme, node.node(), key, node.epoch(), "::1", LinkFacts.NONE))
                .isTrue();

        try (Connection superuser = DB.superuser()) {
            allow(superuser, false);
            ground.heartbeats.take(
                    acme, node.node(), "{\"uptime\": 7}".getBytes(StandardCharsets.UTF_8));
            ground.heartbeats.flush();
            ground.links.end(acme, node.node(), node.epoch(), LinkEnd.DEAD_PEER);
            assertThatThrownBy(() -> ground.show(acme, node.node()))
                    .isInstanceOfSatisfying(
                            Rejected.class,
                            e -> assertThat(e.code()).isEqualTo(Rejected.Code.UNAVAILABLE));
            allow(superuser, true);
        }

        // The pool tries again by itself, a few seconds apart.
        await().atMost(Duration.ofSeconds(60)).until(DB.get()::answers);
        assertThat(ground.show(acme, node.node()).isOnline()).isTrue();
        ground.links.flush();
        ground.heartbeats.flush();
        Node after = ground.show(acme, node.node());
        assertThat(after.isOnline()).isFalse();
        assertThat(after.link().reason()).isEqualTo("dead-peer");
        assertThat(ground.heartbeats.page(acme, node.node(), null, null, 9))
                .extracting(Statistics::uptime)
                .containsExactly(7L);
        assertThat(ground.told(acme))
                .containsExactly("node.enrolled", "node.online", "node.offline");
    }

    /// Lets the hub's connections in, or cuts those there are and lets in none; the limit is not
    /// for superusers.
    private static void allow(Connection superuser, boolean allow) throws Exception {
        try (var statement = superuser.createStatement()) {
            statement.execute(
                    "do $$ begin execute format('alter database %I connection limit "
                            + (allow ? -1 : 0)
                            + "', current_database()); end $$");
            if (!allow) {
                statement.execute(
                        "select pg_terminate_backend(pid) from pg_stat_activity where datname ="
                                + " current_database() and pid <> pg_backend_pid()");
            }
        }
    }
}
