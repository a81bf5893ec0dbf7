package dev.fairlead.hub.db;

import dev.fairlead.hub.db.DatabaseUnusable.Reason;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.exception.FlywayValidateException;

/// Brings the tables to this version, as the owner, over a connection of its own.
public final class Migrate {

    /// The schema of all tables.
    public static final String SCHEMA = "fairlead";

    private Migrate() {}

    /// @throws DatabaseUnusable where the database was written by a newer Fairlead or refuses
    public static void run(DatabaseAccess access) {
        try {
            Flyway.configure(Migrate.class.getClassLoader())
                    .dataSource(access.url(), access.owner().role(), access.owner().password())
                    .schemas(SCHEMA)
                    .createSchemas(true)
                    .locations("classpath:db/migration")
                    .placeholders(Map.of("app", quoted(access.app().role())))
                    // By default Flyway shrugs at migrations that it does not know yet; a hub must
                    // not work on
                    // tables of the future.
                    .ignoreMigrationPatterns(new String[0])
                    .cleanDisabled(true)
                    .loggers("slf4j")
                    .load()
                    .migrate();
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

    private static String quoted(String role) {
        return '"' + role.replace("\"", "\"\"") + '"';
    }
}
