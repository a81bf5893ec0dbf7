package dev.fairlead.lab.bench;

import dev.fairlead.hub.db.Database;
import dev.fairlead.hub.db.EmbeddedPostgres;
import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.db.TenantId;
import java.io.IOException;
import java.nio.file.Path;

/// The nodes of a herd as if each had enrolled: written into the hub's database, for thousands of
/// enrolments take minutes, and are not what a herd is for.
final class HerdNodes {

    private HerdNodes() {}

    /// @param folder of the running hub's own PostgreSQL
    static void enrol(Path folder, TenantId tenant, int nodes) throws IOException {
        try (var database = Database.open(EmbeddedPostgres.ofRunning(folder))) {
            enrol(database, tenant, nodes);
        }
    }

    static void enrol(Database database, TenantId tenant, int nodes) {
        database.useTenant(
                tenant,
                tx -> {
                    var node =
                            tx.handle()
                                    .prepareBatch(
                                            "insert into node (tenant_id, node_id, name, public_key)"
                                                    + " values (?, ?, ?, ?)");
                    var key =
                            tx.handle()
                                    .prepareBatch(
                                            "insert into node_key (tenant_id, node_id, public_key)"
                                                    + " values (?, ?, ?)");
                    for (int i = 0; i < nodes; i++) {
                        var id = NodeId.fresh().uuid();
                        byte[] tagged = HerdWorker.key(i).verifying().tagged();
                        node.add(tx.tenant().uuid(), id, HerdWorker.name(i), tagged);
                        key.add(tx.tenant().uuid(), id, tagged);
                    }
                    node.execute();
                    key.execute();
                });
    }
}
