package dev.fairlead.hub.identity;

import dev.fairlead.hub.db.ApiTokenId;
import dev.fairlead.hub.db.Database;
import dev.fairlead.hub.db.Id;
import dev.fairlead.hub.db.Name;
import dev.fairlead.hub.db.SignInId;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.db.Tx;
import dev.fairlead.hub.db.UserId;
import dev.fairlead.hub.rbac.Principal;
import dev.fairlead.hub.rbac.Principal.CredentialKind;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds who a bearer token is. Nothing is cached: each call is one lookup by an index (well below
/// a millisecond on the hub's own database), so a token that was revoked is refused from that
/// commit on.
public final class Authenticate {

    private static final Logger LOG = LoggerFactory.getLogger(Authenticate.class);

    private final Database database;
    private final Clock clock;

    public Authenticate(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /// Who this token is; empty when it is none, unknown, expired or revoked, or its user or tenant
    /// is disabled or gone. Hostile text is just empty.
    ///
    /// @param token `fls_...` or `fla_...`, without `Bearer`
    public Optional<Principal> bearer(@Nullable String token) {
        return Token.parse(token)
                .flatMap(t ->
                        database.<Optional<Principal>>system(tx ->
                                find(tx, "credential_by_hash", t.hash())
                                        .map(found -> used(tx, found))));
    }

    /// The same principal as of now: empty once its credential has ended. For what lives longer
    /// than a request, when `RightsChanged` is told and at [Principal#expires].
    public Optional<Principal> recheck(Principal principal) {
        return database.<Optional<Principal>>system(tx ->
                find(tx, "credential_by_id", principal.credential().uuid()).map(Found::principal));
    }

    private record Found(Principal principal, @Nullable Instant lastUsed) {}

    /// Notes, once an hour, that an API token is in use; afterwards, for what the token is used for
    /// must not fail by it.
    private Principal used(Tx tx, Found found) {
        Principal principal = found.principal;
        Instant lastUsed = found.lastUsed;
        if (principal.credential() instanceof ApiTokenId id
                && (lastUsed == null
                        || lastUsed.plus(Duration.ofHours(1)).isBefore(clock.instant()))) {
            tx.afterCommit(() -> note(principal, id));
        }
        return principal;
    }

    private void note(Principal principal, ApiTokenId id) {
        try {
            database.useTenant(principal.tenant(), tx -> UserStore.tokenUsed(tx.handle(), id));
        } catch (RuntimeException e) {
            LOG.warn("The last use of {} could not be noted", id, e);
        }
    }

    private Optional<Found> find(Tx tx, String function, Object key) {
        return tx.handle()
                .createQuery("select * from " + function + "(:key)")
                .bind("key", key)
                .map((row, context) -> principal(row))
                .findOne()
                .flatMap(p -> p);
    }

    private Optional<Found> principal(ResultSet row) throws SQLException {
        Principal principal = read(row);
        OffsetDateTime lastUsed = row.getObject("last_used_at", OffsetDateTime.class);
        boolean holds =
                principal.expires().isAfter(clock.instant())
                        && row.getString("tenant_state").equals("enabled")
                        && row.getString("user_state").equals("enabled");
        return holds
                ? Optional.of(new Found(principal, lastUsed == null ? null : lastUsed.toInstant()))
                : Optional.empty();
    }

    private static Principal read(ResultSet row) throws SQLException {
        UUID id = row.getObject("credential_id", UUID.class);
        boolean signIn = row.getString("kind").equals("sign-in");
        Id credential = signIn ? new SignInId(id) : new ApiTokenId(id);
        return new Principal(
                new TenantId(row.getObject("tenant_id", UUID.class)),
                new Name(row.getString("tenant_name")),
                new UserId(row.getObject("user_id", UUID.class)),
                new Name(row.getString("user_name")),
                signIn ? CredentialKind.SIGN_IN : CredentialKind.API_TOKEN,
                credential,
                row.getObject("expires_at", OffsetDateTime.class).toInstant());
    }
}
