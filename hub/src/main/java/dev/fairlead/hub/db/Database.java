package dev.fairlead.hub.db;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool;
import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.db.DatabaseUnusable.Reason;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.postgres.PostgresPlugin;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The way to the data, for blocking code on virtual threads. Every transaction is one tenant's
/// ([#inTenant]) or nobody's ([#system]); the database sees to it that it gets no other rows.
///
/// A call inside the work of another call on the same thread joins that transaction, so that a
/// service can be part of a larger one (a write and the row of its idempotency key, a change in one
/// tenant and the audit row in another): the tenant is switched for the inner work and switched
/// back. All of it is committed at the end of the outermost, or none.
///
/// While the database is away every call ends within [#AWAY_AFTER_MILLIS] as
/// [Rejected.Code#UNAVAILABLE]; the pool finds it again by itself.
public final class Database implements AutoCloseable {

    /// How long a call waits for a connection, in milliseconds.
    public static final int AWAY_AFTER_MILLIS = 3_000;

    private static final String DISK_FULL = "53100";

    private static final Logger LOG = LoggerFactory.getLogger(Database.class);
    private static final int CONNECTIONS = 10;

    private final HikariDataSource pool;
    private final Jdbi jdbi;
    private final ScopedValue<Tx> current;

    private Database(HikariDataSource pool, ScopedValue<Tx> current) {
        this.pool = pool;
        this.jdbi = Jdbi.create(pool).installPlugin(new PostgresPlugin());
        this.current = current;
    }

    /// Migrates and opens.
    ///
    /// @throws DatabaseUnusable with a message for the person at the terminal
    public static Database open(DatabaseAccess access) {
        Migrate.run(access);
        return open(access, CONNECTIONS);
    }

    /// @param connections how many at most
    static Database open(DatabaseAccess access, int connections) {
        Database database =
                new Database(pool("fairlead-db", access, connections), ScopedValue.newInstance());
        try {
            database.mustBeSafe(access);
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
        return database;
    }

    /// Other connections to the same data, so that those who use them, such as a fleet that comes
    /// back, leave this database's to the others. A call inside the work of a call of the other
    /// joins its transaction.
    ///
    /// @param access as this one was opened
    /// @param name in the database's list of its clients
    /// @param connections how many at most
    public Database beside(DatabaseAccess access, String name, int connections) {
        return new Database(pool(name, access, connections), current);
    }

    private static HikariDataSource pool(String name, DatabaseAccess access, int connections) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(name);
        config.setJdbcUrl(access.url());
        config.setUsername(access.app().role());
        config.setPassword(access.app().password());
        // A start-up parameter, which no rollback takes back.
        config.addDataSourceProperty("currentSchema", Migrate.SCHEMA);
        config.setMaximumPoolSize(connections);
        config.setMinimumIdle(Math.min(2, connections));
        config.setConnectionTimeout(AWAY_AFTER_MILLIS);
        config.setValidationTimeout(1_000);
        config.addDataSourceProperty("ApplicationName", name);
        config.addDataSourceProperty("connectTimeout", "3");
        // A server that takes a query and never answers holds nobody for ever.
        config.addDataSourceProperty("socketTimeout", "30");
        try {
            return new HikariDataSource(config);
        } catch (HikariPool.PoolInitializationException e) {
            throw new DatabaseUnusable(
                    Reason.REFUSED,
                    "The database " + access.url() + " does not let in " + access.app() + ".",
                    "Check that it runs, database.url, and the role's password.",
                    e);
        }
    }

    /// The rows of every tenant hang on this role being nothing special.
    private void mustBeSafe(DatabaseAccess access) {
        boolean unsafe =
                system(tx ->
                        tx.handle()
                                .createQuery(
                                        """
                                        select r.rolsuper or r.rolbypassrls
                                          or pg_has_role(r.oid, n.nspowner, 'member')
                                          or exists (select from pg_class c where c.relnamespace = n.oid
                                                     and pg_has_role(r.oid, c.relowner, 'member'))
                                        from pg_roles r, pg_namespace n
                                        where r.rolname = current_user and n.nspname = 'fairlead'
                                        """)
                                .mapTo(Boolean.class)
                                .one());
        if (unsafe) {
            throw new DatabaseUnusable(
                    Reason.UNSAFE_ROLE,
                    "The role "
                            + access.app()
                            + " could read every tenant's rows: it is a superuser, may bypass"
                            + " row-level security, or owns tables.",
                    "Name another role as database.app: ALTER ROLE ... NOSUPERUSER NOBYPASSRLS, and"
                            + " owner of nothing.");
        }
    }

    /// Runs work on the rows of one tenant, in a transaction.
    public <T extends @Nullable Object> T inTenant(TenantId tenant, Work<T> work) {
        return within(Objects.requireNonNull(tenant), work);
    }

    /// [#inTenant] for work without a result.
    public void useTenant(TenantId tenant, Consumer<Tx> work) {
        this.<@Nullable Void>inTenant(
                tenant,
                tx -> {
                    work.accept(tx);
                    return null;
                });
    }

    /// Runs work that is no tenant's, in a transaction: it sees no tenant's rows, and reaches
    /// across tenants only by the functions of `V2__across_tenants.sql` and later ones.
    public <T extends @Nullable Object> T system(Work<T> work) {
        return within(null, work);
    }

    /// [#system] for work without a result.
    public void useSystem(Consumer<Tx> work) {
        this.<@Nullable Void>system(tx -> {
            work.accept(tx);
            return null;
        });
    }

    /// Runs a question whose calls are of one transaction, each of its own tenant's or of none: one
    /// turn of the pool and one commit for all of them, and what they read by [Tx#once] is read
    /// once. It changes nothing.
    public <T> T inOne(Supplier<T> question) {
        return current.isBound() ? question.get() : this.<T>begin(null, true, _ -> question.get());
    }

    private <T extends @Nullable Object> T within(@Nullable TenantId tenant, Work<T> work) {
        if (!current.isBound()) {
            return begin(tenant, false, work);
        }
        Tx tx = current.get();
        TenantId before = tx.current();
        if (Objects.equals(before, tenant)) {
            return work.run(tx);
        }
        tx.become(tenant);
        try {
            return work.run(tx);
        } finally {
            tx.become(before);
        }
    }

    private <T extends @Nullable Object> T begin(
            @Nullable TenantId tenant, boolean question, Work<T> work) {
        Tx done;
        T result;
        try (Handle handle = jdbi.open()) {
            Tx tx = new Tx(handle, question);
            result =
                    handle.inTransaction(h -> {
                        if (tenant != null) {
                            tx.become(tenant);
                        }
                        return ScopedValue.where(current, tx).call(() -> work.run(tx));
                    });
            done = tx;
        } catch (RuntimeException e) {
            if (hasState(e, DISK_FULL)) {
                throw Rejected.because(
                        e,
                        Rejected.Code.UNAVAILABLE,
                        "The disk of the hub's database is full; nothing was changed.",
                        "Whoever runs the hub has to make room there; then try again.");
            }
            throw isAway(e)
                    ? Rejected.because(
                            e,
                            Rejected.Code.UNAVAILABLE,
                            noneCouldBeHad(e)
                                    ? "No connection to the hub's database could be had for "
                                            + AWAY_AFTER_MILLIS / 1_000
                                            + " s: it has too much to do, or does not answer."
                                    : "The hub cannot reach its database just now.",
                            "Try again in a moment; the hub's log and /readyz say more.")
                    : e;
        }
        for (Runnable action : done.afterCommit()) {
            try {
                action.run();
            } catch (RuntimeException e) {
                LOG.error("What follows a commit failed", e);
            }
        }
        return result;
    }

    /// Whether the database answers; for readiness. At most [#AWAY_AFTER_MILLIS].
    public boolean answers() {
        try {
            return system(tx -> tx.handle().createQuery("select 1").mapTo(Integer.class).one())
                    == 1;
        } catch (RuntimeException e) {
            LOG.debug("The database does not answer", e);
            return false;
        }
    }

    /// How many connections there are; `waiting` for one are threads.
    public record Connections(int busy, int idle, int waiting) {}

    public Connections connections() {
        var now = pool.getHikariPoolMXBean();
        return new Connections(
                now.getActiveConnections(),
                now.getIdleConnections(),
                now.getThreadsAwaitingConnection());
    }

    /// What the database takes on its disk, in bytes.
    public long size() {
        return system(tx ->
                tx.handle()
                        .createQuery("select pg_database_size(current_database())")
                        .mapTo(Long.class)
                        .one());
    }

    /// Whether a failure is the breach of this unique or foreign key.
    public static boolean breaks(Throwable failure, String constraint) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof org.postgresql.util.PSQLException sql
                    && sql.getServerErrorMessage()
                            instanceof org.postgresql.util.ServerErrorMessage m) {
                return constraint.equals(m.getConstraint());
            }
        }
        return false;
    }

    private static boolean hasState(Throwable failure, String state) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof SQLException sql && state.equals(sql.getSQLState())) {
                return true;
            }
        }
        return false;
    }

    /// Whether the pool's connections were all in use; it names a failure to make another one.
    private static boolean noneCouldBeHad(Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof SQLTransientConnectionException) {
                return t.getCause() == null;
            }
        }
        return false;
    }

    private static boolean isAway(Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof SQLTransientConnectionException) {
                return true;
            }
            if (t instanceof SQLException sql && sql.getSQLState() instanceof String state) {
                // 08: connection; 57P01 to 57P03: shutting down, crashed, starting up.
                if (state.startsWith("08") || state.startsWith("57P0")) {
                    return true;
                }
            }
        }
        return false;
    }

    @Override
    public void close() {
        pool.close();
    }
}
