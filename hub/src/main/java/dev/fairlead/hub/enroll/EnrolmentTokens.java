package dev.fairlead.hub.enroll;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.audit.Actor;
import dev.fairlead.hub.audit.Audit;
import dev.fairlead.hub.audit.AuditEntry;
import dev.fairlead.hub.db.Database;
import dev.fairlead.hub.db.EnrolmentTokenId;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.fleet.Node;
import dev.fairlead.hub.fleet.Nodes;
import dev.fairlead.hub.rbac.Labels;
import dev.fairlead.link.handshake.EnrolmentToken;
import dev.fairlead.link.handshake.Fingerprint;
import dev.fairlead.link.handshake.Secret;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The enrolment tokens of a tenant. Only the SHA-256 of a token's secret is kept.
public final class EnrolmentTokens {

    /// How many nodes one token may admit.
    public static final int MOST_USES = 10_000;

    static final Duration SHORTEST = Duration.ofMinutes(1);
    static final Duration LONGEST = Duration.ofDays(30);

    private final Database database;
    private final Audit audit;
    private final Nodes nodes;
    private final Anchor anchor;
    private final Installer installer;
    private final InstantSource clock;
    private final SecureRandom random;
    private final EnrolmentTokenStore store = new EnrolmentTokenStore();

    /// What a token tells a machine about the hub.
    ///
    /// @param root the fingerprint of the deployment's root key
    /// @param hubs 1 to 8 addresses `https://HOST[:PORT]`, from the configuration
    public record Anchor(Fingerprint root, List<URI> hubs) {}

    /// What is asked for.
    ///
    /// @param replace name or id of the node whose place the one machine takes, if any
    public record Wanted(int uses, Duration expiresIn, Labels labels, @Nullable String replace) {}

    /// @param text the token, never to be shown again
    /// @param installLine for a Linux machine without Fairlead; null where this hub has no agent
    ///   package to serve
    public record Created(
            IssuedToken token, String text, @Nullable String installLine, String joinLine) {}

    public EnrolmentTokens(
            Database database,
            Audit audit,
            Nodes nodes,
            Anchor anchor,
            Installer installer,
            InstantSource clock,
            SecureRandom random) {
        this.database = database;
        this.audit = audit;
        this.nodes = nodes;
        this.anchor = anchor;
        this.installer = installer;
        this.clock = clock;
        this.random = random;
    }

    /// May hash the agent's package.
    ///
    /// @throws Rejected as `invalid-request`, or `not-found` where there is no node to be replaced
    public Created create(Actor actor, TenantId tenant, Wanted wanted) {
        check(wanted);
        byte[] secret = new byte[EnrolmentToken.SECRET_LENGTH];
        random.nextBytes(secret);
        String text = new EnrolmentToken(anchor.root, Secret.of(secret), anchor.hubs).text();
        String installLine = installer.line(text).orElse(null);
        return database.inTenant(
                tenant,
                tx -> {
                    Node replaced =
                            wanted.replace == null ? null : nodes.need(tenant, wanted.replace);
                    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
                    IssuedToken token =
                            new IssuedToken(
                                    EnrolmentTokenId.fresh(),
                                    wanted.uses,
                                    0,
                                    wanted.labels,
                                    replaced == null ? null : replaced.name().text(),
                                    now,
                                    actor.who(),
                                    now.plus(wanted.expiresIn));
                    store.insert(
                            tx,
                            token,
                            Secret.of(secret).sha256(),
                            replaced == null ? null : replaced.id());
                    audit.record(
                            tx,
                            AuditEntry.done(
                                            "enrolment-token.create",
                                            actor,
                                            token.id().text(),
                                            token.id().text())
                                    .with(details(token)));
                    return new Created(token, text, installLine, joinLine(text));
                });
    }

    /// For a machine where `fairlead` is. The token goes in by standard input, out of every list of
    /// processes: `printf` is the shell's own. It is of `A-Za-z0-9_-` only and needs no quotes.
    private static String joinLine(String token) {
        return "printf '%s\\n' " + token + " | fairlead agent join --token-stdin";
    }

    private static void check(Wanted wanted) {
        if (wanted.uses < 1 || wanted.uses > MOST_USES) {
            throw Rejected.invalid("A token admits 1 to " + MOST_USES + " nodes.");
        }
        if (wanted.replace != null && wanted.uses != 1) {
            throw Rejected.invalid(
                    "A token that puts a machine in a node's place admits one machine.");
        }
        if (wanted.expiresIn.compareTo(SHORTEST) < 0 || wanted.expiresIn.compareTo(LONGEST) > 0) {
            throw Rejected.invalid("A token is good for a minute to 30 days.");
        }
    }

    private static Map<String, Object> details(IssuedToken token) {
        Map<String, Object> details = new TreeMap<>();
        details.put("uses", token.uses());
        details.put("expires", token.expires().toString());
        if (!token.labels().map().isEmpty()) {
            details.put("labels", token.labels().toString());
        }
        if (token.replace() != null) {
            details.put("replace", token.replace());
        }
        return details;
    }

    /// Those that are neither revoked nor past their time, newest first.
    ///
    /// @param before older than this one; null for the newest
    public List<IssuedToken> list(TenantId tenant, @Nullable EnrolmentTokenId before, int limit) {
        return database.inTenant(tenant, tx -> store.page(tx, before, clock.instant(), limit));
    }

    /// Nobody enrols with it from now on; who did stays.
    ///
    /// @throws Rejected as `not-found`
    public void revoke(Actor actor, TenantId tenant, EnrolmentTokenId id) {
        database.useTenant(
                tenant,
                tx -> {
                    if (!store.revoke(tx, id)) {
                        throw Rejected.notFound("enrolment token");
                    }
                    audit.recordTaking(
                            tx,
                            AuditEntry.done("enrolment-token.revoke", actor, id.text(), id.text()));
                });
    }
}
