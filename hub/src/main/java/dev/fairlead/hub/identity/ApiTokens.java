package dev.fairlead.hub.identity;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.audit.Audit;
import dev.fairlead.hub.audit.AuditEntry;
import dev.fairlead.hub.db.ApiTokenId;
import dev.fairlead.hub.db.Database;
import dev.fairlead.hub.db.Name;
import dev.fairlead.hub.rbac.Act;
import dev.fairlead.hub.rbac.Decide;
import dev.fairlead.hub.rbac.Principal;
import dev.fairlead.hub.rbac.RightsChanged;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The API tokens of each user: they hold what the user holds, for a minute to a year, and are made
/// and removed by the user with a sign-in. A user has at most 100.
public final class ApiTokens {

    public static final Duration SHORTEST = Duration.ofMinutes(1);
    public static final Duration LONGEST = Duration.ofDays(366);

    private static final int MOST = 100;

    private final Database database;
    private final Decide decide;
    private final Audit audit;
    private final RightsChanged changed;
    private final Clock clock;
    private final SecureRandom random;

    public ApiTokens(
            Database database,
            Decide decide,
            Audit audit,
            RightsChanged changed,
            Clock clock,
            SecureRandom random) {
        this.database = database;
        this.decide = decide;
        this.audit = audit;
        this.changed = changed;
        this.clock = clock;
        this.random = random;
    }

    /// A token that was made.
    ///
    /// @param secret `fla_...`: shown now and never again
    public record Made(ApiToken token, String secret) {

        @Override
        public String toString() {
            return "Made[" + token + "]";
        }
    }

    /// @throws Rejected as `denied` for an API token, `conflict` for a name in use,
    ///   `limit-reached`, `invalid-request` for a life outside a minute to 366 days
    public Made create(Principal by, String address, Name name, Duration life) {
        decide.decide(by, by.tenant(), Act.OWN_CHANGE).orReject("user");
        if (life.compareTo(SHORTEST) < 0 || life.compareTo(LONGEST) > 0) {
            throw Rejected.invalid("An API token lives from a minute to 366 days.");
        }
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        ApiToken token = new ApiToken(ApiTokenId.fresh(), name, now, now.plus(life), null);
        Token secret = Token.fresh(Token.API, random);
        try {
            database.useTenant(
                    by.tenant(),
                    tx -> {
                        if (UserStore.tokens(tx.handle(), by.user(), null, MOST).size() == MOST) {
                            throw Rejected.of(
                                    Rejected.Code.LIMIT_REACHED,
                                    "You have " + MOST + " API tokens already.",
                                    "Remove some: fairlead api-token ls, fairlead api-token rm.");
                        }
                        UserStore.insertToken(tx, by.user(), token, secret.hash());
                        audit.record(
                                tx,
                                AuditEntry.done(
                                        "api-token.create",
                                        by.actor(address),
                                        name.text(),
                                        token.id().text()));
                    });
        } catch (RuntimeException e) {
            if (Database.breaks(e, "api_token_tenant_id_user_id_name_key")) {
                throw Rejected.of(
                        Rejected.Code.CONFLICT, "You have an API token " + name + " already.");
            }
            throw e;
        }
        return new Made(token, secret.text());
    }

    /// The principal's own, oldest first.
    public List<ApiToken> page(Principal of, @Nullable ApiTokenId after, int limit) {
        return database.inTenant(
                of.tenant(), tx -> UserStore.tokens(tx.handle(), of.user(), after, limit));
    }

    /// Removes one of the principal's own, and what lives by it. An API token may remove itself.
    ///
    /// @throws Rejected as `not-found`
    public void remove(Principal by, String address, ApiTokenId id) {
        if (!by.credential().equals(id)) {
            decide.decide(by, by.tenant(), Act.OWN_CHANGE).orReject("user");
        }
        database.useTenant(
                by.tenant(),
                tx -> {
                    Name name =
                            UserStore.deleteToken(tx.handle(), by.user(), id)
                                    .orElseThrow(() -> Rejected.notFound("API token"));
                    audit.recordTaking(
                            tx,
                            AuditEntry.done(
                                    "api-token.remove", by.actor(address), name.text(), id.text()));
                    tx.afterCommit(() ->
                            changed.rightsChanged(
                                    by.tenant(), by.user(), "The API token was removed."));
                });
    }
}
