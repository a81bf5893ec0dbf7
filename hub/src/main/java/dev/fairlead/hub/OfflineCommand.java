package dev.fairlead.hub;

import ch.qos.logback.classic.Level;
import dev.fairlead.hub.audit.Audit;
import dev.fairlead.hub.db.Database;
import dev.fairlead.hub.db.DatabaseAccess;
import dev.fairlead.hub.db.EmbeddedPostgres;
import dev.fairlead.hub.identity.Passwords;
import dev.fairlead.hub.identity.Users;
import dev.fairlead.hub.observe.Logging;
import dev.fairlead.hub.rbac.Decide;
import dev.fairlead.hub.rbac.Grants;
import dev.fairlead.hub.rbac.RightsChanged;
import dev.fairlead.hub.tenant.Tenants;
import dev.fairlead.hub.tunnel.HubKeys;
import dev.fairlead.hub.vault.MasterKey;
import dev.fairlead.hub.vault.Vault;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Base64;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// A command on a hub's data for its owner, while the hub is not running. What it makes is printed
/// to standard output, alone.
abstract class OfflineCommand implements Callable<Integer> {

    private static final Logger LOG = LoggerFactory.getLogger(OfflineCommand.class);
    private static final int PASSWORD_BYTES = 15;

    @ArgGroup(multiplicity = "1")
    private HubPlace where = new HubPlace();

    @Spec private @Nullable CommandSpec spec;

    /// What the commands use of a hub.
    record Opened(Tenants tenants, Users users, Grants grants) {}

    /// Does it, and gives what is printed.
    abstract String work(Opened opened, String password);

    /// Whether a hub that has not been started yet will do.
    abstract boolean onFreshData();

    @Override
    public final Integer call() throws IOException {
        Logging.start(Level.WARN);
        var random = new SecureRandom();
        var config = where.config();
        String result;
        if (config.database().url() != null) {
            result = open(config, config.database().access(), random);
        } else {
            Path folder = Ground.folder(config.data()).resolve("postgres");
            if (!onFreshData() && !folder.toFile().isDirectory()) {
                throw new ConfigException("There is no hub's database in " + config.data() + ".");
            }
            try (var postgres = EmbeddedPostgres.start(folder, System.err::println)) {
                result = open(config, postgres.access(), random);
            }
        }
        if (spec != null) {
            var out = spec.commandLine().getOut();
            out.println(result);
            out.flush();
        }
        return 0;
    }

    private String open(HubConfig config, DatabaseAccess access, SecureRandom random)
            throws IOException {
        try (var database = Database.open(access)) {
            var audit = new Audit(database);
            var keys = config.data().resolve("keys");
            // As the hub's start does: it also makes the folder.
            var fingerprint = HubKeys.open(keys, random).fingerprint();
            LOG.debug("The hub {}", fingerprint);
            var key = MasterKey.open(keys.resolve("master.key"), random);
            var nobody = RightsChanged.NOBODY;
            var tenants = new Tenants(database, new Vault(key, random), audit, nobody);
            tenants.ensureSystem();
            var users = new Users(database, new Passwords(random), audit, nobody);
            var grants =
                    new Grants(database, new Decide(database), audit, nobody, Clock.systemUTC());
            String result = work(new Opened(tenants, users, grants), password(random));
            audit.flush();
            return result;
        }
    }

    private static String password(SecureRandom random) {
        byte[] bits = new byte[PASSWORD_BYTES];
        random.nextBytes(bits);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
    }
}
