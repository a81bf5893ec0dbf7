package dev.fairlead.hub.rbac;

import dev.fairlead.hub.db.GrantId;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.db.Tx;
import dev.fairlead.hub.db.UserId;
import dev.fairlead.hub.rbac.Grants.FoundUser;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/// The SQL of grants, in the transaction's tenant.
final class GrantStore {

    private GrantStore() {}

    static boolean isEnabled(Handle handle) {
        return handle.createQuery("select state = 'enabled' from tenant")
                .mapTo(Boolean.class)
                .findOne()
                .orElse(false);
    }

    static List<Grant> ofUser(Handle handle, TenantId userTenant, UserId user) {
        return handle.createQuery(
                        "select * from user_grant where user_tenant_id = :home and user_id = :user"
                                + " order by grant_id")
                .bind("home", userTenant.uuid())
                .bind("user", user.uuid())
                .map((row, context) -> grant(row))
                .list();
    }

    /// All grants of a user of the transaction's tenant, in whatever tenants, with those tenants'
    /// names; of the own tenant there is an entry in any case.
    static Map<String, List<Grant>> ofUserAnywhere(Tx tx, UserId user) {
        var found = new LinkedHashMap<String, List<Grant>>();
        tx.handle()
                .createQuery("select * from grants_of_user(:home, :user)")
                .bind("home", tx.tenant().uuid())
                .bind("user", user.uuid())
                .map((row, context) -> {
                    var here =
                            found.computeIfAbsent(
                                    row.getString("tenant_name"), _ -> new ArrayList<>());
                    if (row.getObject("held_grant_id") != null) {
                        here.add(grant(row, "held_"));
                    }
                    return here;
                })
                .list();
        return found;
    }

    /// By id, which is by time of making.
    static List<Grant> page(Handle handle, Optional<GrantId> after, int limit) {
        return handle.createQuery(
                        "select * from user_grant where grant_id > :after order by grant_id limit"
                                + " :limit")
                .bind("after", after.map(GrantId::uuid).orElse(new UUID(0, 0)))
                .bind("limit", limit)
                .map((row, context) -> grant(row))
                .list();
    }

    static Optional<Grant> find(Handle handle, GrantId id) {
        return handle.createQuery("select * from user_grant where grant_id = :id")
                .bind("id", id.uuid())
                .map((row, context) -> grant(row))
                .findOne();
    }

    static void insert(Handle handle, Grant grant) {
        handle.createUpdate(
                        """
                        insert into user_grant (tenant_id, grant_id, user_tenant_id, user_id, user_name,
                                                role, selector, logins, created_at, created_by)
                        values (:tenant, :id, :home, :user, :name, :role, :selector, :logins, :at, :by)\
                        """)
                .bind("tenant", grant.tenant().uuid())
                .bind("id", grant.id().uuid())
                .bind("home", grant.userTenant().uuid())
                .bind("user", grant.user().uuid())
                .bind("name", grant.userName())
                .bind("role", grant.role().label())
                .bind("selector", grant.selector().toString())
                .bindArray("logins", String.class, grant.logins().list())
                .bind("at", grant.created())
                .bind("by", grant.createdBy())
                .execute();
    }

    static void delete(Handle handle, GrantId id) {
        handle.createUpdate("delete from user_grant where grant_id = :id")
                .bind("id", id.uuid())
                .execute();
    }

    /// Whether an enabled user administers the whole of the transaction's tenant.
    static boolean hasAdministrator(Handle handle) {
        return handle.createQuery(
                        """
                        select exists (select from user_grant g
                                       join app_user u on u.tenant_id = g.user_tenant_id
                                                      and u.user_id = g.user_id
                                       where g.role = 'admin' and g.selector = ''
                                         and u.state = 'enabled')\
                        """)
                .mapTo(Boolean.class)
                .one();
    }

    /// [#hasAdministrator], and nobody else asks until this transaction ends: two who take from
    /// each other at once would both see the other's right.
    static boolean hasAdministratorAlone(Handle handle) {
        handle.createQuery("select tenant_id from tenant for update").mapTo(UUID.class).list();
        return hasAdministrator(handle);
    }

    static String tenantName(Handle handle) {
        return handle.createQuery("select name from tenant").mapTo(String.class).one();
    }

    /// A user of the transaction's tenant.
    static Optional<FoundUser> user(Handle handle, UserId id) {
        return handle.createQuery(
                        """
                        select u.tenant_id, u.user_id, u.name || '@' || t.name as who
                        from app_user u join tenant t on t.tenant_id = u.tenant_id
                        where u.user_id = :id\
                        """)
                .bind("id", id.uuid())
                .map((row, context) -> user(row))
                .findOne();
    }

    /// A user of any tenant.
    static Optional<FoundUser> user(Handle handle, String tenant, String name) {
        return handle.createQuery(
                        "select tenant_id, user_id, user_name || '@' || tenant_name as who from"
                                + " user_by_name(:tenant, :name)")
                .bind("tenant", tenant)
                .bind("name", name)
                .map((row, context) -> user(row))
                .findOne();
    }

    /// Those of these users of the transaction's tenant who are enabled.
    static Set<UserId> enabled(Handle handle, Collection<UserId> users) {
        return handle.createQuery(
                        "select user_id from app_user where state = 'enabled' and user_id = any(:ids)")
                .bindArray("ids", UUID.class, users.stream().map(UserId::uuid).toList())
                .mapTo(UUID.class)
                .map(UserId::new)
                .set();
    }

    private static FoundUser user(ResultSet row) throws SQLException {
        return new FoundUser(
                new TenantId(row.getObject("tenant_id", UUID.class)),
                new UserId(row.getObject("user_id", UUID.class)),
                row.getString("who"));
    }

    private static Grant grant(ResultSet row) throws SQLException {
        return grant(row, "");
    }

    /// A grant among the columns of a wider row.
    ///
    /// @param prefix of each of its columns
    static Grant grant(ResultSet row, String prefix) throws SQLException {
        return new Grant(
                new GrantId(row.getObject(prefix + "grant_id", UUID.class)),
                new TenantId(row.getObject(prefix + "tenant_id", UUID.class)),
                new TenantId(row.getObject(prefix + "user_tenant_id", UUID.class)),
                new UserId(row.getObject(prefix + "user_id", UUID.class)),
                row.getString(prefix + "user_name"),
                Role.parse(row.getString(prefix + "role")).orElseThrow(),
                Selector.parse(row.getString(prefix + "selector")),
                new Logins(List.of((String[]) row.getArray(prefix + "logins").getArray())),
                row.getObject(prefix + "created_at", OffsetDateTime.class).toInstant(),
                row.getString(prefix + "created_by"));
    }
}
