package dev.fairlead.hub.tenant;

import dev.fairlead.hub.db.Name;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.db.UserId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/// The SQL of tenants; what looks across them calls the listed functions.
final class TenantStore {

    private TenantStore() {}

    static void insert(Handle handle, TenantId id, Name name) {
        handle.createUpdate("insert into tenant (tenant_id, name) values (:id, :name)")
                .bind("id", id.uuid())
                .bind("name", name.text())
                .execute();
        handle.createUpdate("insert into tenant_counter (tenant_id) values (:id)")
                .bind("id", id.uuid())
                .execute();
    }

    /// The transaction's own tenant.
    static Optional<Tenant> own(Handle handle) {
        return handle.createQuery("select tenant_id, name, state, created_at from tenant")
                .map((row, context) -> tenant(row))
                .findOne();
    }

    static Optional<Tenant> byName(Handle handle, Name name) {
        return handle.createQuery("select * from tenant_by_name(:name)")
                .bind("name", name.text())
                .map((row, context) -> tenant(row))
                .findOne();
    }

    static List<Tenant> all(Handle handle) {
        return handle.createQuery("select * from all_tenants()")
                .map((row, context) -> tenant(row))
                .list();
    }

    static List<Tenant> ofUser(Handle handle, TenantId home, UserId user) {
        return handle.createQuery("select * from tenants_of_user(:home, :user)")
                .bind("home", home.uuid())
                .bind("user", user.uuid())
                .map((row, context) -> tenant(row))
                .list();
    }

    static void disable(Handle handle) {
        handle.execute(
                "update tenant set state = 'disabled', disabled_at = coalesce(disabled_at, now())");
    }

    static boolean delete(Handle handle, TenantId id) {
        return handle.createQuery("select delete_tenant(:id)")
                .bind("id", id.uuid())
                .mapTo(Boolean.class)
                .one();
    }

    private static Tenant tenant(ResultSet row) throws SQLException {
        return new Tenant(
                new TenantId(row.getObject("tenant_id", UUID.class)),
                new Name(row.getString("name")),
                row.getString("state").equals("enabled"),
                row.getObject("created_at", OffsetDateTime.class).toInstant());
    }
}
