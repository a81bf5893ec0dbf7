package dev.fairlead.hub;

import ch.qos.logback.classic.Level;
import dev.fairlead.hub.audit.Actor;
import dev.fairlead.hub.audit.Audit;
import dev.fairlead.hub.db.Database;
import dev.fairlead.hub.db.DatabaseAccess;
import dev.fairlead.hub.db.EmbeddedPostgres;
import dev.fairlead.hub.identity.Passwords;
import dev.fairlead.hub.identity.Users;
import dev.fairlead.hub.observe.Logging;
import dev.fairlead.hub.rbac.RightsChanged;
import dev.fairlead.hub.tenant.Tenants;
import dev.fairlead.hub.vault.MasterKey;
import dev.fairlead.hub.vault.Vault;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `fairlead hub reset-password`: gives a user a new password, for whoever owns the data folder and
/// has nobody left to sign in. All sign-ins of the user end, and a disabled user is enabled.
@Command(
        name = "reset-password",
        description = {
            "Gives a user a new password and prints it.",
            "For the owner of the data folder; the hub must not be running."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class ResetPassword implements Callable<Integer> {

    private static final int PASSWORD_BYTES = 15;

    @Parameters(
            paramLabel = "NAME",
            defaultValue = "admin",
            description =
                    "NAME of the hub's own staff, or NAME@TENANT; ${DEFAULT-VALUE} if none is given.")
    String name = "admin";

    @ArgGroup(multiplicity = "1")
    Where where = new Where();

    @Spec @Nullable CommandSpec spec;

    /// Which hub.
    static final class Where {
        @Option(names = "--config", paramLabel = "FILE", description = "Its configuration.")
        @Nullable Path config;

        @Option(
                names = "--data",
                paramLabel = "DIR",
                description = "The data folder of a hub with a database of its own.")
        @Nullable Path data;
    }

    @Override
    public Integer call() throws IOException {
        Logging.start(Level.WARN);
        var config = config();
        var random = new SecureRandom();
        String password = password(random);
        if (config.database().url() == null) {
            if (!Files.isDirectory(config.data().resolve("postgres"))) {
                throw new ConfigException("There is no hub's database in " + config.data() + ".");
            }
            try (var postgres =
                    EmbeddedPostgres.start(config.data().resolve("postgres"), step -> {})) {
                reset(config, postgres.access(), random, password);
            }
        } else {
            reset(config, config.database().access(), random, password);
        }
        if (spec != null) {
            PrintWriter out = spec.commandLine().getOut();
            out.println(password);
            out.flush();
        }
        return 0;
    }

    private HubConfig config() {
        if (where.config != null) {
            return ReadConfig.read(where.config);
        }
        if (where.data != null) {
            return HubConfig.local(where.data.toAbsolutePath(), 0);
        }
        throw new ConfigException("Give --config FILE or --data DIR.");
    }

    private void reset(
            HubConfig config, DatabaseAccess access, SecureRandom random, String password)
            throws IOException {
        int at = name.indexOf('@');
        String user = at < 0 ? name : name.substring(0, at);
        String tenantName = at < 0 ? Tenants.SYSTEM : name.substring(at + 1);
        try (var database = Database.open(access)) {
            var audit = new Audit(database);
            var vault =
                    new Vault(
                            MasterKey.open(config.data().resolve("keys/master.key"), random),
                            random);
            var tenants = new Tenants(database, vault, audit, RightsChanged.NOBODY);
            var users = new Users(database, new Passwords(random), audit, RightsChanged.NOBODY);
            var tenant = tenants.find(tenantName).orElseThrow(() -> Rejected.notFound("tenant"));
            var found = users.find(tenant.id(), user).orElseThrow(() -> Rejected.notFound("user"));
            users.setPassword(Actor.HUB, tenant.id(), found.id(), password);
            if (!found.enabled()) {
                users.enable(Actor.HUB, tenant.id(), found.id());
            }
            audit.flush();
        }
    }

    private static String password(SecureRandom random) {
        byte[] bits = new byte[PASSWORD_BYTES];
        random.nextBytes(bits);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
    }
}
