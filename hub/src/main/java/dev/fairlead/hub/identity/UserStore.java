package dev.fairlead.hub.identity;

import dev.fairlead.hub.db.ApiTokenId;
import dev.fairlead.hub.db.Id;
import dev.fairlead.hub.db.Name;
import dev.fairlead.hub.db.SignInId;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.db.Tx;
import dev.fairlead.hub.db.UserId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// The SQL of users and their credentials, in the transaction's tenant.
final class UserStore {

    private static final String SELECT =
            "select u.*, t.name as tenant_name from app_user u join tenant t on t.tenant_id ="
                    + " u.tenant_id ";

    private UserStore() {}

    /// What a sign-in is checked against.
    record Account(User user, boolean tenantEnabled, String password) {}

    static Optional<Account> account(Handle handle, String tenant, String name) {
        return handle.createQuery("select * from user_by_name(:tenant, :name)")
                .bind("tenant", tenant)
                .bind("name", name)
                .map((row, context) ->
                        new Account(
                                new User(
                                        new TenantId(row.getObject("tenant_id", UUID.class)),
                                        new Name(row.getString("tenant_name")),
                                        new UserId(row.getObject("user_id", UUID.class)),
                                        new Name(row.getString("user_name")),
                                        row.getString("user_state").equals("enabled"),
                                        Instant.EPOCH),
                                row.getString("tenant_state").equals("enabled"),
                                row.getString("password")))
                .findOne();
    }

    static void insert(Tx tx, UserId id, Name name, String password) {
        tx.handle()
                .createUpdate(
                        "insert into app_user (tenant_id, user_id, name, password) values (:tenant,"
                                + " :id, :name, :password)")
                .bind("tenant", tx.tenant().uuid())
                .bind("id", id.uuid())
                .bind("name", name.text())
                .bind("password", password)
                .execute();
    }

    static Optional<User> find(Handle handle, UserId id) {
        return handle.createQuery(SELECT + "where u.user_id = :id")
                .bind("id", id.uuid())
                .map((row, context) -> user(row))
                .findOne();
    }

    static Optional<User> find(Handle handle, Name name) {
        return handle.createQuery(SELECT + "where u.name = :name")
                .bind("name", name.text())
                .map((row, context) -> user(row))
                .findOne();
    }

    /// By name.
    static List<User> page(Handle handle, String after, int limit) {
        return handle.createQuery(SELECT + "where u.name > :after order by u.name limit :limit")
                .bind("after", after)
                .bind("limit", limit)
                .map((row, context) -> user(row))
                .list();
    }

    static Optional<String> password(Handle handle, UserId id) {
        return handle.createQuery("select password from app_user where user_id = :id")
                .bind("id", id.uuid())
                .mapTo(String.class)
                .findOne();
    }

    static void setPassword(Handle handle, UserId id, String password) {
        handle.createUpdate(
                        "update app_user set password = :password, password_at = now() where user_id"
                                + " = :id")
                .bind("id", id.uuid())
                .bind("password", password)
                .execute();
    }

    static void setState(Handle handle, UserId id, boolean enabled) {
        handle.createUpdate("update app_user set state = :state where user_id = :id")
                .bind("id", id.uuid())
                .bind("state", enabled ? "enabled" : "disabled")
                .execute();
    }

    /// With everything that is the user's.
    static void delete(Handle handle, UserId id) {
        handle.createUpdate("delete from app_user where user_id = :id")
                .bind("id", id.uuid())
                .execute();
    }

    static void insertSignIn(Tx tx, UserId user, SignIn made, byte[] hash) {
        tx.handle()
                .createUpdate(
                        """
                        insert into sign_in (tenant_id, sign_in_id, user_id, token_hash, address, program,
                            created_at, expires_at)
                        values (:tenant, :id, :user, :hash, :address, :program, :created, :expires)\
                        """)
                .bind("tenant", tx.tenant().uuid())
                .bind("id", made.id().uuid())
                .bind("user", user.uuid())
                .bind("hash", hash)
                .bind("address", made.address())
                .bind("program", made.program())
                .bind("created", made.created())
                .bind("expires", made.expires())
                .execute();
    }

    /// Those of a user that still count at `now`, by id, which is by time of making.
    static List<SignIn> signIns(
            Handle handle, UserId user, Instant now, @Nullable SignInId after, int limit) {
        return handle.createQuery(
                        "select * from sign_in where user_id = :user and sign_in_id > :after and"
                                + " expires_at > :now order by sign_in_id limit :limit")
                .bind("user", user.uuid())
                .bind("after", after == null ? new UUID(0, 0) : after.uuid())
                .bind("now", now)
                .bind("limit", limit)
                .map((row, context) ->
                        new SignIn(
                                new SignInId(row.getObject("sign_in_id", UUID.class)),
                                row.getString("address"),
                                row.getString("program"),
                                instant(row, "created_at"),
                                instant(row, "expires_at"),
                                instantOrNull(row, "last_used_at")))
                .list();
    }

    /// When a sign-in of whatever tenant ends.
    static Optional<Instant> expires(Handle handle, SignInId id) {
        return handle.createQuery("select expires_at from credential_by_id(:id)")
                .bind("id", id.uuid())
                .map((row, context) -> instant(row, "expires_at"))
                .findOne();
    }

    static int deleteSignIn(Handle handle, UserId user, SignInId id) {
        return handle.createUpdate("delete from sign_in where user_id = :user and sign_in_id = :id")
                .bind("user", user.uuid())
                .bind("id", id.uuid())
                .execute();
    }

    /// @param but the one that stays
    static int deleteSignIns(Handle handle, UserId user, @Nullable Id but) {
        return handle.createUpdate(
                        "delete from sign_in where user_id = :user and sign_in_id is distinct from"
                                + " cast(:but as uuid)")
                .bind("user", user.uuid())
                .bind("but", but == null ? null : but.uuid().toString())
                .execute();
    }

    static void insertToken(Tx tx, UserId user, ApiToken token, byte[] hash) {
        tx.handle()
                .createUpdate(
                        """
                        insert into api_token (tenant_id, api_token_id, user_id, name, token_hash, created_at, expires_at)
                        values (:tenant, :id, :user, :name, :hash, :created, :expires)\
                        """)
                .bind("tenant", tx.tenant().uuid())
                .bind("id", token.id().uuid())
                .bind("user", user.uuid())
                .bind("name", token.name().text())
                .bind("hash", hash)
                .bind("created", token.created())
                .bind("expires", token.expires())
                .execute();
    }

    /// By id, which is by time of making.
    static List<ApiToken> tokens(
            Handle handle, UserId user, @Nullable ApiTokenId after, int limit) {
        return handle.createQuery(
                        "select * from api_token where user_id = :user and api_token_id > :after"
                                + " order by api_token_id limit :limit")
                .bind("user", user.uuid())
                .bind("after", after == null ? new UUID(0, 0) : after.uuid())
                .bind("limit", limit)
                .map((row, context) ->
                        new ApiToken(
                                new ApiTokenId(row.getObject("api_token_id", UUID.class)),
                                new Name(row.getString("name")),
                                instant(row, "created_at"),
                                instant(row, "expires_at"),
                                instantOrNull(row, "last_used_at")))
                .list();
    }

    static Optional<Name> deleteToken(Handle handle, UserId user, ApiTokenId id) {
        return handle.createQuery(
                        "delete from api_token where user_id = :user and api_token_id = :id returning"
                                + " name")
                .bind("user", user.uuid())
                .bind("id", id.uuid())
                .mapTo(String.class)
                .findOne()
                .map(Name::new);
    }

    static int deleteTokens(Handle handle, UserId user) {
        return handle.createUpdate("delete from api_token where user_id = :user")
                .bind("user", user.uuid())
                .execute();
    }

    static void signInUsed(Handle handle, SignInId id) {
        handle.createUpdate("update sign_in set last_used_at = now() where sign_in_id = :id")
                .bind("id", id.uuid())
                .execute();
    }

    static void tokenUsed(Handle handle, ApiTokenId id) {
        handle.createUpdate("update api_token set last_used_at = now() where api_token_id = :id")
                .bind("id", id.uuid())
                .execute();
    }

    private static User user(ResultSet row) throws SQLException {
        return new User(
                new TenantId(row.getObject("tenant_id", UUID.class)),
                new Name(row.getString("tenant_name")),
                new UserId(row.getObject("user_id", UUID.class)),
                new Name(row.getString("name")),
                row.getString("state").equals("enabled"),
                instant(row, "created_at"));
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static @Nullable Instant instantOrNull(ResultSet row, String column)
            throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
