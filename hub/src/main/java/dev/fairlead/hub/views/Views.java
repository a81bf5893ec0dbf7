package dev.fairlead.hub.views;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.db.Database;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.db.Tx;
import dev.fairlead.hub.db.ViewId;
import dev.fairlead.hub.fleet.Printable;
import dev.fairlead.hub.rbac.Principal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// The views of each person in each tenant, at most 50. They are nobody else's, and no act that the
/// audit would tell of.
public final class Views {

    private static final int MOST = 50;
    private static final int LONGEST_NAME = 60;
    private static final TypeReference<Map<String, String>> TEXTS = new TypeReference<>() {};

    private final Database database;

    public Views(Database database) {
        this.database = database;
    }

    /// The principal's own in this tenant, oldest first.
    public List<View> page(Principal of, TenantId tenant, @Nullable ViewId after, int limit) {
        return database.inTenant(
                tenant,
                tx ->
                        tx.handle()
                                .createQuery(
                                        """
                                        select * from node_view
                                        where user_id = :user and view_id > :after order by view_id limit :limit\
                                        """)
                                .bind("user", of.user().uuid())
                                .bind("after", after == null ? new UUID(0, 0) : after.uuid())
                                .bind("limit", limit)
                                .map((row, context) -> view(row))
                                .list());
    }

    /// Keeps a view, in the place of the principal's own of the same name.
    ///
    /// @throws Rejected as `invalid-request` for a name that nobody can read, as `limit-reached`
    public View keep(
            Principal by,
            TenantId tenant,
            String name,
            Map<String, String> search,
            List<String> columns) {
        if (!name.equals(Printable.of(name, LONGEST_NAME))) {
            throw Rejected.invalid(
                    "A view's name has 1 to " + LONGEST_NAME + " characters that can be seen.");
        }
        return database.inTenant(
                tenant,
                tx -> {
                    var kept = insert(tx, by, name, search, columns);
                    if (count(tx, by) > MOST) {
                        throw Rejected.of(
                                Rejected.Code.LIMIT_REACHED,
                                "You have " + MOST + " views in this tenant already.",
                                "Remove some: fairlead view ls, fairlead view rm.");
                    }
                    return kept;
                });
    }

    private static View insert(
            Tx tx, Principal by, String name, Map<String, String> search, List<String> columns) {
        return tx.handle()
                .createQuery(
                        """
                        insert into node_view
                            (tenant_id, view_id, user_tenant_id, user_id, name, search, columns)
                        values (:tenant, :id, :home, :user, :name, cast(:search as jsonb), :columns)
                        on conflict (tenant_id, user_id, name) do update
                        set search = excluded.search, columns = excluded.columns
                        returning *\
                        """)
                .bind("tenant", tx.tenant().uuid())
                .bind("id", ViewId.fresh().uuid())
                .bind("home", by.tenant().uuid())
                .bind("user", by.user().uuid())
                .bind("name", name)
                .bind("search", JsonMapper.shared().writeValueAsString(search))
                .bindArray("columns", String.class, columns)
                .map((row, context) -> view(row))
                .one();
    }

    private static int count(Tx tx, Principal of) {
        return tx.handle()
                .createQuery("select count(*) from node_view where user_id = :user")
                .bind("user", of.user().uuid())
                .mapTo(Integer.class)
                .one();
    }

    /// Removes one of the principal's own.
    ///
    /// @throws Rejected as `not-found`
    public void remove(Principal by, TenantId tenant, ViewId id) {
        database.useTenant(
                tenant,
                tx -> {
                    int removed =
                            tx.handle()
                                    .createUpdate(
                                            "delete from node_view where user_id = :user and view_id ="
                                                    + " :id")
                                    .bind("user", by.user().uuid())
                                    .bind("id", id.uuid())
                                    .execute();
                    if (removed == 0) {
                        throw Rejected.notFound("view");
                    }
                });
    }

    private static View view(ResultSet row) throws SQLException {
        return new View(
                new ViewId(row.getObject("view_id", UUID.class)),
                row.getString("name"),
                JsonMapper.shared().readValue(row.getString("search"), TEXTS),
                List.of((String[]) row.getArray("columns").getArray()));
    }
}
