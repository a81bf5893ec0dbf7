package dev.fairlead.hub.identity;

import dev.fairlead.hub.db.ApiTokenId;
import dev.fairlead.hub.db.Database;
import dev.fairlead.hub.db.Id;
import dev.fairlead.hub.db.Name;
import dev.fairlead.hub.db.SignInId;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.db.Tx;
import dev.fairlead.hub.db.UserId;
import dev.fairlead.hub.rbac.Decide;
import dev.fairlead.hub.rbac.Grant;
import dev.fairlead.hub.rbac.Principal;
import dev.fairlead.hub.rbac.Principal.CredentialKind;
import dev.fairlead.hub.rbac.Rights;
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

    /// How often the last use is written down: a sign-in lives for hours, an API token for months.
    private static final Duration SIGN_IN_NOTED = Duration.ofMinutes(5);

    private static final Duration TOKEN_NOTED = Duration.ofHours(1);

    private static final UUID NO_TENANT = new UUID(0, 0);

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

    /// Who asks, and about which tenant.
    ///
    /// @param who as [#bearer] says it
    /// @param about the tenant that was named; null where none was, or there is none. That there is
    ///   one says nothing about who may know it: ask `Decide` first
    public record Asking(Optional<Principal> who, @Nullable TenantId about) {

        private static final Asking NOBODY = new Asking(Optional.empty(), null);
    }

    /// [#bearer] and, in the same statement, the tenant that a request names; what the asker holds
    /// there is known to `Decide` for the rest of a question.
    ///
    /// @param token as for [#bearer]
    /// @param tenant name or id, as somebody wrote it; null for none
    public Asking asking(@Nullable String token, @Nullable String tenant) {
        return Token.parse(token)
                .map(t -> database.<Asking>system(tx -> asking(tx, t, tenant)))
                .orElse(Asking.NOBODY);
    }

    private Asking asking(Tx tx, Token token, @Nullable String tenant) {
        var id = TenantId.parse(tenant);
        var name = id.isPresent() ? Optional.<Name>empty() : Name.parse(tenant);
        var rows =
                tx.handle()
                        .createQuery(
                                """
                                select a.*, set_config('fairlead.tenant',
                                    coalesce(a.about_tenant, a.tenant_id)::text, true) as told
                                from asking(:token, :name, :id) a\
                                """)
                        .bind("token", token.hash())
                        // What no tenant has, where none is named.
                        .bind("name", name.map(Name::text).orElse(""))
                        .bind("id", id.map(TenantId::uuid).orElse(NO_TENANT))
                        .map((row, context) -> askingRow(row))
                        .list();
        if (rows.isEmpty()) {
            return Asking.NOBODY;
        }
        var first = rows.getFirst();
        tx.told(first.told);
        if (first.found.isEmpty()) {
            return Asking.NOBODY;
        }
        var who = used(tx, first.found.get());
        if (first.about != null) {
            var grants = rows.stream().flatMap(row -> row.grant.stream()).toList();
            Decide.known(tx, new Rights(who, first.about, first.enabled, grants));
        }
        return new Asking(Optional.of(who), first.about);
    }

    /// A row of `asking()`.
    ///
    /// @param told whose rows are let through from then on
    private record AskingRow(
            Optional<Found> found,
            @Nullable TenantId about,
            boolean enabled,
            Optional<Grant> grant,
            String told) {}

    private AskingRow askingRow(ResultSet row) throws SQLException {
        var about = row.getObject("about_tenant", UUID.class);
        return new AskingRow(
                principal(row),
                about == null ? null : new TenantId(about),
                "enabled".equals(row.getString("about_state")),
                row.getObject("held_grant_id") == null
                        ? Optional.empty()
                        : Optional.of(Grant.of(row, "held_")),
                row.getString("told"));
    }

    /// The same principal as of now: empty once its credential has ended. For what lives longer
    /// than a request, when `RightsChanged` is told and at [Principal#expires].
    public Optional<Principal> recheck(Principal principal) {
        return database.<Optional<Principal>>system(tx ->
                find(tx, "credential_by_id", principal.credential().uuid()).map(Found::principal));
    }

    private record Found(Principal principal, @Nullable Instant lastUsed) {}

    /// Notes from time to time that a credential is in use; afterwards, for what it is used for
    /// must not fail by it.
    private Principal used(Tx tx, Found found) {
        Principal principal = found.principal;
        Instant lastUsed = found.lastUsed;
        var every = principal.kind() == CredentialKind.SIGN_IN ? SIGN_IN_NOTED : TOKEN_NOTED;
        if (lastUsed == null || lastUsed.plus(every).isBefore(clock.instant())) {
            tx.afterCommit(() -> note(principal));
        }
        return principal;
    }

    private void note(Principal principal) {
        try {
            database.useTenant(
                    principal.tenant(),
                    tx -> {
                        switch (principal.credential()) {
                            case SignInId id -> UserStore.signInUsed(tx.handle(), id);
                            case ApiTokenId id -> UserStore.tokenUsed(tx.handle(), id);
                            default -> {
                                // There are no others.
                            }
                        }
                    });
        } catch (RuntimeException e) {
            LOG.warn("The last use of {} could not be noted", principal.credential(), e);
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
