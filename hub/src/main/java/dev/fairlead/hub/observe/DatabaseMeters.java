package dev.fairlead.hub.observe;

import dev.fairlead.hub.db.Database;
import dev.fairlead.hub.db.Database.Connections;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.function.ToIntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How the database does: asked from time to time ([#look]), so that whoever reads the figures
/// never waits for it. Of a database that does not answer, they are NaN.
public final class DatabaseMeters {

    private static final Logger log = LoggerFactory.getLogger(DatabaseMeters.class);

    /// The size is asked for at each so many looks: the database reads its folder for it.
    private static final int SIZE_EACH = 6;

    private static final double NANOS = 1e9;

    private final Database database;
    private final List<Database> pools;
    private volatile double answered = Double.NaN;
    private volatile double size = Double.NaN;
    private int looks;

    /// @param more further connections to the same data
    public DatabaseMeters(MeterRegistry meters, Database database, Database more) {
        this.database = database;
        this.pools = List.of(database, more);
        connections(meters, "busy", Connections::busy);
        connections(meters, "idle", Connections::idle);
        Gauge.builder("fairlead.database.waiting", this, one -> one.sum(Connections::waiting))
                .description("Who waits for a connection to the database")
                .register(meters);
        Gauge.builder("fairlead.database.answer", this, one -> one.answered)
                .description("How long the database took for an answer, of late")
                .baseUnit("seconds")
                .register(meters);
        Gauge.builder("fairlead.database.size", this, one -> one.size)
                .description("What the database takes on its disk")
                .baseUnit("bytes")
                .register(meters);
    }

    private void connections(MeterRegistry meters, String state, ToIntFunction<Connections> count) {
        Gauge.builder("fairlead.database.connections", this, one -> one.sum(count))
                .description("Connections to the database, by state")
                .tag("state", state)
                .register(meters);
    }

    private double sum(ToIntFunction<Connections> count) {
        return pools.stream().map(Database::connections).mapToInt(count).sum();
    }

    /// Asks the database. Blocks, for a few seconds at most.
    void look() {
        long before = System.nanoTime();
        answered = database.answers() ? (System.nanoTime() - before) / NANOS : Double.NaN;
        if (Double.isNaN(answered)) {
            return;
        }
        if (looks++ % SIZE_EACH == 0) {
            try {
                size = database.size();
            } catch (RuntimeException e) {
                log.debug("The size of the database is not known", e);
                size = Double.NaN;
            }
        }
    }
}
