package dev.fairlead.hub.db;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// A fresh database per test class, of one PostgreSQL per JVM:
///
/// ```
/// @RegisterExtension static final TestDatabase DB = new TestDatabase();
/// ```
///
/// The server is the hub's own, made for the test run and deleted after it, with fsync off.
@NullMarked
public final class TestDatabase implements BeforeAllCallback, AfterAllCallback {

    private @Nullable Server server;
    private @Nullable DatabaseAccess access;
    private @Nullable Database database;

    @Override
    public void beforeAll(ExtensionContext context) {
        Server running =
                context.getRoot()
                        .getStore(ExtensionContext.Namespace.create(TestDatabase.class))
                        .computeIfAbsent(Server.class, key -> Server.start(), Server.class);
        DatabaseAccess fresh = running.fresh();
        server = running;
        access = fresh;
        database = Database.open(fresh, 6);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (database != null) {
            database.close();
        }
        if (server != null && access != null) {
            String url = access.url();
            String name = url.substring(url.lastIndexOf('/') + 1, url.indexOf('?'));
            server.sql("drop database " + name + " with (force)");
        }
    }

    /// The database of this class, as the serving role.
    public Database get() {
        return Objects.requireNonNull(database);
    }

    /// For a hub that opens it itself.
    public DatabaseAccess access() {
        return Objects.requireNonNull(access);
    }

    /// A connection as superuser, for what a test must see behind the policies.
    public Connection superuser() throws SQLException {
        var login = Objects.requireNonNull(server).postgres.superuser();
        Connection connection =
                DriverManager.getConnection(access().url(), login.role(), login.password());
        connection.setSchema(Migrate.SCHEMA);
        return connection;
    }

    private static final class Server implements AutoCloseable {

        private final Path folder;
        private final EmbeddedPostgres postgres;
        private final AtomicInteger made = new AtomicInteger();

        private Server(Path folder, EmbeddedPostgres postgres) {
            this.folder = folder;
            this.postgres = postgres;
        }

        static Server start() {
            try {
                Path folder = passable("fairlead-test-");
                Path data = folder.resolve("postgres");
                Server server =
                        new Server(
                                folder, EmbeddedPostgres.start(data, programs(folder), line -> {}));
                server.sql("alter system set fsync = off");
                server.sql("select pg_reload_conf()");
                server.sql("create database template owner " + MakeCluster.OWNER);
                Migrate.run(server.postgres.access("template"));
                return server;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        DatabaseAccess fresh() {
            String name = "test_" + made.incrementAndGet();
            sql("create database " + name + " template template owner " + MakeCluster.OWNER);
            return postgres.access(name);
        }

        void sql(String statement) {
            var login = postgres.superuser();
            try (Connection c =
                            DriverManager.getConnection(
                                    postgres.access("postgres").url(),
                                    login.role(),
                                    login.password());
                    Statement s = c.createStatement()) {
                s.execute(statement);
            } catch (SQLException e) {
                throw new IllegalStateException(statement, e);
            }
        }

        @Override
        public void close() {
            postgres.close();
            Binaries.delete(folder);
        }
    }

    /// Where tests unpack the programs: once per checkout, below `target`, if PostgreSQL's user can
    /// go there.
    static Path programs(Path otherwise) throws IOException {
        Path target = Path.of("target", "postgres").toAbsolutePath();
        Files.createDirectories(target);
        if ("root".equals(System.getProperty("user.name"))) {
            for (Path p = target; p != null; p = p.getParent()) {
                if (!Files.getPosixFilePermissions(p)
                        .contains(PosixFilePermission.OTHERS_EXECUTE)) {
                    return otherwise;
                }
            }
        }
        return target;
    }

    /// A temporary folder that PostgreSQL's user can pass through; JUnit's is its owner's only.
    static Path passable(String prefix) throws IOException {
        Path folder = Files.createTempDirectory(prefix);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
        return folder;
    }
}
