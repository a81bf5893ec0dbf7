package dev.fairlead.hub;

import dev.fairlead.hub.audit.Actor;
import dev.fairlead.hub.db.Name;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.rbac.Grants;
import dev.fairlead.hub.rbac.Logins;
import dev.fairlead.hub.rbac.Role;
import dev.fairlead.hub.rbac.Selector;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `fairlead hub create-admin`: makes an administrator of the hub, the first one above all. There
/// is no set-up page: who owns the data folder owns the hub.
@Command(
        name = "create-admin",
        description = {
            "Makes an administrator of the hub and prints the password.",
            "For the owner of the data folder; the hub must not be running. An administrator of the"
                    + " hub makes tenants, and has no right inside one without a grant there."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class CreateAdmin extends OfflineCommand {

    @Parameters(
            paramLabel = "NAME",
            defaultValue = "admin",
            description = "The name to sign in with; ${DEFAULT-VALUE} if none is given.")
    private String name = "admin";

    @Override
    String work(Opened opened, String password) {
        opened.users().create(Actor.HUB, TenantId.SYSTEM, Name.of("user", name), password);
        opened.grants()
                .give(
                        Actor.HUB,
                        TenantId.SYSTEM,
                        new Grants.Wanted(name, Role.ADMIN, Selector.ALL, Logins.DEFAULT_ONLY));
        return password;
    }

    @Override
    boolean onFreshData() {
        return true;
    }
}
