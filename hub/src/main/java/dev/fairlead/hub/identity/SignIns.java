package dev.fairlead.hub.identity;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.audit.Audit;
import dev.fairlead.hub.audit.AuditEntry;
import dev.fairlead.hub.db.Database;
import dev.fairlead.hub.db.Id;
import dev.fairlead.hub.db.Name;
import dev.fairlead.hub.db.SignInId;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.db.Tx;
import dev.fairlead.hub.identity.UserStore.Account;
import dev.fairlead.hub.rbac.Act;
import dev.fairlead.hub.rbac.Decide;
import dev.fairlead.hub.rbac.Principal;
import dev.fairlead.hub.rbac.Principal.CredentialKind;
import dev.fairlead.hub.rbac.RightsChanged;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Sign-ins by name and password: 12 hours from the password, however much they are used.
public final class SignIns {

    public static final Duration LIFE = Duration.ofHours(12);

    private final Database database;
    private final Passwords passwords;
    private final Decide decide;
    private final Audit audit;
    private final RightsChanged changed;
    private final Clock clock;
    private final SecureRandom random;
    private final Delays delays;

    public SignIns(
            Database database,
            Passwords passwords,
            Decide decide,
            Audit audit,
            RightsChanged changed,
            Clock clock,
            SecureRandom random) {
        this(database, passwords, decide, audit, changed, clock, random, Thread::sleep);
    }

    SignIns(
            Database database,
            Passwords passwords,
            Decide decide,
            Audit audit,
            RightsChanged changed,
            Clock clock,
            SecureRandom random,
            Delays.Pause pause) {
        this.database = database;
        this.passwords = passwords;
        this.decide = decide;
        this.audit = audit;
        this.changed = changed;
        this.clock = clock;
        this.random = random;
        this.delays = new Delays(clock, pause);
    }

    /// A sign-in that was made.
    ///
    /// @param token `fls_...`: shown to the person now and never again
    public record SignedIn(String token, Principal principal) {

        @Override
        public String toString() {
            return "SignedIn[" + principal.who() + "]";
        }
    }

    /// Signs in. Blocks as long as the account or the source has to wait, and for argon2.
    ///
    /// Whether there is such a user and whether it is enabled can be told neither from the answer
    /// nor from the time that it takes.
    ///
    /// @param user `NAME` of `system`, or `NAME@TENANT`
    /// @param address where from
    /// @param userAgent what the program says of itself
    /// @throws Rejected as `wrong-credentials`, `too-many-attempts` or `unavailable`
    public SignedIn signIn(
            String user, String password, String address, @Nullable String userAgent) {
        int at = user.indexOf('@');
        String tenant = at < 0 ? "system" : user.substring(at + 1);
        String name = at < 0 ? user : user.substring(0, at);
        boolean wellFormed = Name.parse(name).isPresent() && Name.parse(tenant).isPresent();
        try (Delays.Try attempt =
                delays.begin(wellFormed ? name + "@" + tenant : "malformed", address)) {
            Optional<Account> account =
                    wellFormed
                            ? database.system(tx -> UserStore.account(tx.handle(), tenant, name))
                            : Optional.empty();
            boolean fits = passwords.fits(password, account.map(Account::password).orElse(null));
            if (fits && account.isPresent()) {
                Account found = account.get();
                if (found.tenantEnabled() && found.user().enabled()) {
                    SignedIn made =
                            database.inTenant(
                                    found.user().tenant(),
                                    tx -> insert(tx, found, address, ProgramName.of(userAgent)));
                    attempt.succeeded();
                    return made;
                }
            }
            attempt.failed();
            audit.count(
                    account.map(a -> a.user().tenant()).orElse(TenantId.SYSTEM),
                    "sign-in",
                    address,
                    "wrong-credentials");
            throw Rejected.of(
                    Rejected.Code.WRONG_CREDENTIALS,
                    "User and password do not fit.",
                    "Users of a tenant sign in as NAME@TENANT. An administrator can set a new"
                            + " password: fairlead user passwd NAME.");
        }
    }

    /// Signs in somebody who can read and write the hub's own data, and so could set another
    /// password: no password is asked for.
    ///
    /// @param user one of the hub's staff
    /// @param address what the audit says of where from
    /// @throws Rejected where there is no such user, or it is disabled
    public SignedIn signInOwner(String user, String address) {
        Account found =
                database.system(tx -> UserStore.account(tx.handle(), "system", user))
                        .filter(account -> account.user().enabled())
                        .orElseThrow(() -> Rejected.notFound("user"));
        return database.inTenant(
                found.user().tenant(), tx -> insert(tx, found, address, "fairlead"));
    }

    /// Whether a sign-in still counts for at least this long.
    public boolean lasts(SignInId id, Duration span) {
        return database.system(tx -> UserStore.expires(tx.handle(), id))
                .filter(expires -> expires.isAfter(clock.instant().plus(span)))
                .isPresent();
    }

    private SignedIn insert(Tx tx, Account account, String address, @Nullable String program) {
        User user = account.user();
        // Checked again: the password may have been changed while argon2 ran.
        if (!UserStore.password(tx.handle(), user.id()).equals(Optional.of(account.password()))
                || !UserStore.find(tx.handle(), user.id()).map(User::enabled).orElse(false)) {
            throw Rejected.of(
                    Rejected.Code.WRONG_CREDENTIALS,
                    "The user was changed in this very moment.",
                    "Sign in again.");
        }
        Token token = Token.fresh(Token.SIGN_IN, random);
        SignInId id = SignInId.fresh();
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        Instant expires = now.plus(LIFE);
        UserStore.insertSignIn(
                tx, user.id(), new SignIn(id, address, program, now, expires, null), token.hash());
        Principal principal =
                new Principal(
                        user.tenant(),
                        user.tenantName(),
                        user.id(),
                        user.name(),
                        CredentialKind.SIGN_IN,
                        id,
                        expires);
        audit.record(
                tx, AuditEntry.done("sign-in", principal.actor(address), user.who(), id.text()));
        return new SignedIn(token.text(), principal);
    }

    /// Ends the sign-in that the principal came with, and what lives by it.
    ///
    /// @throws Rejected as `denied` for an API token, which is removed and not signed out
    public void signOut(Principal principal, String address) {
        if (!(principal.credential() instanceof SignInId id)) {
            throw Rejected.of(
                    Rejected.Code.DENIED,
                    "This is an API token, not a sign-in.",
                    "Remove it: fairlead api-token rm.");
        }
        database.useTenant(
                principal.tenant(),
                tx -> {
                    if (UserStore.deleteSignIn(tx.handle(), principal.user(), id) > 0) {
                        ended(tx, principal, address, id, "You signed out.");
                    }
                });
    }

    /// The principal's own that still count, oldest first.
    public List<SignIn> page(Principal of, @Nullable SignInId after, int limit) {
        Instant now = clock.instant();
        return database.inTenant(
                of.tenant(), tx -> UserStore.signIns(tx.handle(), of.user(), now, after, limit));
    }

    /// Ends one of the principal's own, and what lives by it.
    ///
    /// @throws Rejected as `not-found`, as `denied` for an API token: a stolen one must not sign
    ///   its person out
    public void end(Principal by, String address, SignInId id) {
        decide.decide(by, by.tenant(), Act.OWN_CHANGE).orReject("user");
        database.useTenant(
                by.tenant(),
                tx -> {
                    if (UserStore.deleteSignIn(tx.handle(), by.user(), id) == 0) {
                        throw Rejected.notFound("sign-in");
                    }
                    ended(tx, by, address, id, "The sign-in was ended.");
                });
    }

    /// Ends all of the principal's own but the one that it came with, and what lives by them.
    ///
    /// @throws Rejected as `denied` for an API token
    public void endOthers(Principal by, String address) {
        decide.decide(by, by.tenant(), Act.OWN_CHANGE).orReject("user");
        database.useTenant(
                by.tenant(),
                tx -> {
                    if (UserStore.deleteSignIns(tx.handle(), by.user(), by.credential()) > 0) {
                        ended(tx, by, address, by.user(), "The sign-in was ended.");
                    }
                });
    }

    /// @param id what was ended: one, or of a user all but one
    private void ended(Tx tx, Principal by, String address, Id id, String cause) {
        audit.recordTaking(tx, AuditEntry.done("sign-out", by.actor(address), by.who(), id.text()));
        tx.afterCommit(() -> changed.rightsChanged(by.tenant(), by.user(), cause));
    }

    /// Changes the own password; all other sign-ins of the user end.
    ///
    /// @throws Rejected as `wrong-credentials` when the present one does not fit, as `denied` for
    ///   an API token
    public void changePassword(
            Principal principal, String address, String present, String password) {
        decide.decide(principal, principal.tenant(), Act.OWN_CHANGE).orReject("user");
        Passwords.mustBeGood(password);
        try (Delays.Try attempt = delays.begin(principal.who(), address)) {
            String stored =
                    database.inTenant(
                            principal.tenant(),
                            tx ->
                                    UserStore.password(tx.handle(), principal.user())
                                            .orElseThrow(() -> Rejected.notFound("user")));
            if (!passwords.fits(present, stored)) {
                attempt.failed();
                audit.count(principal.tenant(), "password.change", address, "wrong-credentials");
                throw Rejected.of(
                        Rejected.Code.WRONG_CREDENTIALS, "The present password does not fit.");
            }
            attempt.succeeded();
        }
        String hash = passwords.hash(password);
        database.useTenant(
                principal.tenant(),
                tx -> {
                    UserStore.setPassword(tx.handle(), principal.user(), hash);
                    UserStore.deleteSignIns(tx.handle(), principal.user(), principal.credential());
                    audit.recordTaking(
                            tx,
                            AuditEntry.done(
                                    "password.change",
                                    principal.actor(address),
                                    principal.who(),
                                    principal.user().text()));
                    tx.afterCommit(() ->
                            changed.rightsChanged(
                                    principal.tenant(),
                                    principal.user(),
                                    "Your password was changed."));
                });
    }
}
