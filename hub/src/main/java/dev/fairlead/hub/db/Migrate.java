package dev.fairlead.hub.db;

import dev.fairlead.hub.db.DatabaseUnusable.Reason;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.exception.FlywayValidateException;

/// Brings the tables to this version, as the owner, over a connection of its own.
public final class Migrate {

    /// The schema of all tables.
    public static final String SCHEMA = "fairlead";

    private Migrate() {}

    /// All migrations, in order. Where the database has exactly these, Flyway is not even loaded:
    /// it takes longer to start than PostgreSQL.
    static final List<String> FILES =
            List.of(
                    "V1__tenant_ground.sql",
                    "V2__across_tenants.sql",
                    "V3__resumption.sql",
                    "V5__herds.sql",
                    "V6__in_between.sql",
                    "V7__fleets.sql",
                    "V8__asking.sql",
                    "V9__over_time.sql",
                    "V10__sign_ins.sql",
                    "V11__views.sql",
                    "V12__by_node.sql");

    private static final String FOLDER = "db/migration/";

    /// @throws DatabaseUnusable where the database was written by a newer Fairlead or refuses
    public static void run(DatabaseAccess access) {
        if (isCurrent(access)) {
            return;
        }
        try {
            configure(access).migrate();
        } catch (FlywayValidateException e) {
            throw new DatabaseUnusable(
                    Reason.OTHER_VERSION,
                    "The tables of this database are not those of this version of Fairlead; most"
                            + " likely a newer one wrote them.",
                    "Start the newer Fairlead, or restore a backup that this one made. Nothing was"
                            + " changed.",
                    e);
        } catch (FlywayException e) {
            Throwable root = e;
            while (root.getCause() != null) {
                root = root.getCause();
            }
            throw new DatabaseUnusable(
                    Reason.REFUSED,
                    "The database "
                            + access.url()
                            + " cannot be brought to this version as role "
                            + access.owner()
                            + ": "
                            + root.getMessage(),
                    "Check database.url and that the role may create a schema there.",
                    e);
        }
    }

    static Flyway configure(DatabaseAccess access) {
        return Flyway.configure(Migrate.class.getClassLoader())
                .dataSource(access.url(), access.owner().role(), access.owner().password())
                .schemas(SCHEMA)
                .createSchemas(true)
                .locations("classpath:" + FOLDER)
                .placeholders(Map.of("app", quoted(access.app().role())))
                // By default Flyway shrugs at migrations that it does not know yet; a hub must
                // not work on tables of the future.
                .ignoreMigrationPatterns(new String[0])
                .cleanDisabled(true)
                .loggers("slf4j")
                .load();
    }

    /// Whether the history names these files with these checksums and nothing else.
    static boolean isCurrent(DatabaseAccess access) {
        StringBuilder expected = new StringBuilder();
        for (String file : FILES) {
            expected.append(file).append(' ').append(checksum(file)).append('\n');
        }
        StringBuilder found = new StringBuilder();
        try (Connection connection =
                        DriverManager.getConnection(
                                access.url(), access.owner().role(), access.owner().password());
                Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery(
                                "select script, checksum, success from fairlead.flyway_schema_history"
                                        + " where version is not null order by installed_rank")) {
            while (rows.next()) {
                found.append(rows.getString(1)).append(' ').append(rows.getInt(2));
                found.append(rows.getBoolean(3) ? "\n" : " failed\n");
            }
        } catch (SQLException e) {
            // A new database, or one that refuses: Flyway makes it, or says why it cannot.
            return false;
        }
        return expected.compareTo(found) == 0;
    }

    /// Flyway's: CRC32 over the lines, without what ends them.
    private static int checksum(String file) {
        CRC32 crc = new CRC32();
        try (InputStream in = Migrate.class.getClassLoader().getResourceAsStream(FOLDER + file)) {
            if (in == null) {
                throw new IllegalStateException(FOLDER + file + " is not in the class path");
            }
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
                    .lines()
                    .forEach(line -> crc.update(line.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return (int) crc.getValue();
    }

    private static String quoted(String role) {
        return '"' + role.replace("\"", "\"\"") + '"';
    }
}
