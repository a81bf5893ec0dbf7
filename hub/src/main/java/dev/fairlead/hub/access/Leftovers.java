package dev.fairlead.hub.access;

import dev.fairlead.hub.db.ApiTokenId;
import dev.fairlead.hub.db.Database;
import dev.fairlead.hub.db.Id;
import dev.fairlead.hub.db.Name;
import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.db.SessionId;
import dev.fairlead.hub.db.SignInId;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.db.UserId;
import dev.fairlead.hub.identity.Authenticate;
import dev.fairlead.hub.rbac.Principal;
import dev.fairlead.hub.rbac.Principal.CredentialKind;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The sessions that this hub's earlier process left open, whether it stopped in order or was
/// killed: from the start on they are interrupted ones, and whoever comes in time resumes them.
public final class Leftovers {

    private static final Logger log = LoggerFactory.getLogger(Leftovers.class);

    private final Database database;
    private final Authenticate authenticate;
    private final Sessions sessions;
    private final Predicate<LiveSession> allowed;

    public Leftovers(
            Database database, Authenticate authenticate, Sessions sessions, StillAllowed allowed) {
        this.database = database;
        this.authenticate = authenticate;
        this.sessions = sessions;
        this.allowed = allowed;
    }

    /// Takes them up. Before the hub takes any link.
    ///
    /// @param hub its name in the directory
    public void takeUp(String hub) {
        var left =
                database.system(tx ->
                        tx.handle()
                                .createQuery("select * from open_sessions_of_hub(:hub)")
                                .bind("hub", hub)
                                .map((row, context) -> session(row))
                                .list());
        var credentials = new HashMap<Id, Optional<Principal>>();
        for (var session : left) {
            var before = session.principal();
            var now = credentials.computeIfAbsent(before.credential(), id -> recheck(before));
            now.ifPresent(session::resumedBy);
            sessions.takeUp(session);
            if (now.isEmpty()) {
                session.cut("the sign-in or API token ended while the hub was away");
            }
        }
        if (!left.isEmpty()) {
            log.info("Waiting for {} sessions of before the start to be resumed", left.size());
        }
    }

    private Optional<Principal> recheck(Principal before) {
        return authenticate.recheck(before).filter(now -> now.user().equals(before.user()));
    }

    /// By a principal as the row has it, whose expiry nobody knows yet.
    private LiveSession session(ResultSet row) throws SQLException {
        var credential = row.getString("credential");
        var signIn = SignInId.parse(credential);
        Id id =
                signIn.isPresent()
                        ? signIn.get()
                        : ApiTokenId.parse(credential)
                                .orElseThrow(() -> new SQLException("credential " + credential));
        var who = row.getString("user_name").split("@", 2);
        var principal =
                new Principal(
                        new TenantId(row.getObject("user_tenant_id", UUID.class)),
                        new Name(who[1]),
                        new UserId(row.getObject("user_id", UUID.class)),
                        new Name(who[0]),
                        signIn.isPresent() ? CredentialKind.SIGN_IN : CredentialKind.API_TOKEN,
                        id,
                        Instant.MAX);
        return new LiveSession(
                        new SessionId(row.getObject("session_id", UUID.class)),
                        principal,
                        new TenantId(row.getObject("tenant_id", UUID.class)),
                        new NodeId(row.getObject("node_id", UUID.class)),
                        row.getString("node_name"),
                        OpenRequest.Kind.valueOf(row.getString("kind").toUpperCase(Locale.ROOT)),
                        Objects.requireNonNullElse(row.getString("login"), ""),
                        Objects.requireNonNullElse(row.getString("target"), ""),
                        row.getString("address"),
                        true,
                        allowed)
                .leftOver(row.getLong("bytes_in"), row.getLong("bytes_out"));
    }
}
