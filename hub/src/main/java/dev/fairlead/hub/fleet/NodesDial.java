package dev.fairlead.hub.fleet;

import dev.fairlead.hub.db.Database;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// By which addresses all nodes of all tenants find the hub; for the hub's owner, who renames it.
public final class NodesDial {

    private NodesDial() {}

    /// @param addresses what it dials next time: what it was told when it was last linked, or what
    ///   its owner configured
    /// @param follows whether the hub told them
    /// @param connected when it was last linked; null where it never was
    /// @param ended null while it is linked
    public record Dials(
            String tenant,
            String node,
            List<String> addresses,
            boolean follows,
            @Nullable Instant connected,
            @Nullable Instant ended) {}

    /// By tenant and name.
    public static List<Dials> all(Database database) {
        return database.system(tx ->
                tx.handle()
                        .createQuery("select * from where_nodes_dial()")
                        .map((row, context) ->
                                new Dials(
                                        row.getString("tenant_name"),
                                        row.getString("node_name"),
                                        List.of((String[]) row.getArray("dials").getArray()),
                                        row.getBoolean("follows"),
                                        instant(
                                                row.getObject(
                                                        "connected_at", OffsetDateTime.class)),
                                        instant(row.getObject("ended_at", OffsetDateTime.class))))
                        .list());
    }

    private static @Nullable Instant instant(@Nullable OffsetDateTime at) throws SQLException {
        return at == null ? null : at.toInstant();
    }
}
