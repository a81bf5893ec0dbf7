package dev.fairlead.hub.identity;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.audit.Actor;
import dev.fairlead.hub.audit.Audit;
import dev.fairlead.hub.audit.AuditEntry;
import dev.fairlead.hub.db.Database;
import dev.fairlead.hub.db.Name;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.db.Tx;
import dev.fairlead.hub.db.UserId;
import dev.fairlead.hub.rbac.Grants;
import dev.fairlead.hub.rbac.RightsChanged;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The users of each tenant. That the caller may is decided before; that it happened is recorded
/// here.
public final class Users {

    private final Database database;
    private final Passwords passwords;
    private final Audit audit;
    private final RightsChanged changed;

    public Users(Database database, Passwords passwords, Audit audit, RightsChanged changed) {
        this.database = database;
        this.passwords = passwords;
        this.audit = audit;
        this.changed = changed;
    }

    /// @throws Rejected as `conflict` when the name is taken, as `invalid-request` for a bad
    ///   password
    public User create(Actor by, TenantId tenant, Name name, String password) {
        // Before the transaction: nothing waits for argon2 while it holds a connection.
        String hash = passwords.hash(password);
        UserId id = UserId.fresh();
        try {
            return database.inTenant(
                    tenant,
                    tx -> {
                        UserStore.insert(tx, id, name, hash);
                        User made = UserStore.find(tx.handle(), id).orElseThrow();
                        audit.record(tx, AuditEntry.done("user.create", by, made.who(), id.text()));
                        return made;
                    });
        } catch (RuntimeException e) {
            if (Database.breaks(e, "app_user_tenant_id_name_key")) {
                throw Rejected.of(
                        Rejected.Code.CONFLICT,
                        "There is a user " + name + " in this tenant already.");
            }
            throw e;
        }
    }

    /// By name, from after this one on.
    public List<User> page(TenantId tenant, @Nullable Name after, int limit) {
        return database.inTenant(
                tenant,
                tx -> UserStore.page(tx.handle(), after == null ? "" : after.text(), limit));
    }

    /// By name or `user_` id; empty for anything else.
    public Optional<User> find(TenantId tenant, @Nullable String nameOrId) {
        return database.inTenant(
                tenant,
                tx -> {
                    Optional<UserId> id = UserId.parse(nameOrId);
                    return id.isPresent()
                            ? UserStore.find(tx.handle(), id.get())
                            : Name.parse(nameOrId)
                                    .flatMap(name -> UserStore.find(tx.handle(), name));
                });
    }

    /// Ends everything of the user's at once: sign-ins, API tokens, and what lives by them. Grants
    /// stay for [#enable]; API tokens have to be made anew.
    public User disable(Actor by, TenantId tenant, UserId id) {
        return take(
                by,
                tenant,
                id,
                "user.disable",
                "Your user was disabled.",
                tx -> {
                    UserStore.setState(tx.handle(), id, false);
                    UserStore.deleteSignIns(tx.handle(), id, null);
                    UserStore.deleteTokens(tx.handle(), id);
                });
    }

    /// Lets the user sign in again.
    public User enable(Actor by, TenantId tenant, UserId id) {
        return database.inTenant(
                tenant,
                tx -> {
                    User user = must(tx, id);
                    UserStore.setState(tx.handle(), id, true);
                    audit.record(tx, AuditEntry.done("user.enable", by, user.who(), id.text()));
                    return must(tx, id);
                });
    }

    /// Removes the user with all sign-ins, API tokens and grants, in other tenants too.
    public void remove(Actor by, TenantId tenant, UserId id) {
        take(
                by,
                tenant,
                id,
                "user.remove",
                "Your user was removed.",
                tx -> UserStore.delete(tx.handle(), id));
    }

    /// Sets a password for somebody; all their sign-ins end. API tokens stay: they are not made of
    /// the password, and [#disable] ends them.
    public void setPassword(Actor by, TenantId tenant, UserId id, String password) {
        String hash = passwords.hash(password);
        take(
                by,
                tenant,
                id,
                "user.set-password",
                "Your password was changed.",
                tx -> {
                    UserStore.setPassword(tx.handle(), id, hash);
                    UserStore.deleteSignIns(tx.handle(), id, null);
                });
    }

    private User take(
            Actor by, TenantId tenant, UserId id, String act, String cause, Consumer<Tx> change) {
        return database.inTenant(
                tenant,
                tx -> {
                    User user = must(tx, id);
                    Grants.keepAnAdministrator(tx, () -> change.accept(tx));
                    audit.recordTaking(tx, AuditEntry.done(act, by, user.who(), id.text()));
                    tx.afterCommit(() -> changed.rightsChanged(tenant, id, cause));
                    return UserStore.find(tx.handle(), id).orElse(user);
                });
    }

    private static User must(Tx tx, UserId id) {
        return UserStore.find(tx.handle(), id).orElseThrow(() -> Rejected.notFound("user"));
    }
}
