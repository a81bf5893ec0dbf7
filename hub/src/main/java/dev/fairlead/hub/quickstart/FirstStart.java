package dev.fairlead.hub.quickstart;

import dev.fairlead.hub.Hub;
import dev.fairlead.hub.audit.Actor;
import dev.fairlead.hub.db.Name;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.rbac.Grants;
import dev.fairlead.hub.rbac.Logins;
import dev.fairlead.hub.rbac.Role;
import dev.fairlead.hub.rbac.Selector;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/// Makes what a hub without people cannot make itself: the tenant `default`, and an administrator
/// of the hub with a grant for everything in that tenant.
final class FirstStart {

    static final String ADMINISTRATOR = "admin";
    static final String TENANT = "default";

    private static final String LETTERS = "0123456789abcdefghjkmnpqrstvwxyz";
    private static final int GROUPS = 5;

    private FirstStart() {}

    /// Completes what is missing; a start that was cut short is taken up here.
    ///
    /// @return the administrator's password where it was made now, else null
    static @Nullable String complete(Hub.Services hub, SecureRandom random) {
        if (hub.tenants().find(TENANT).isEmpty()) {
            hub.tenants().create(Actor.HUB, new Name(TENANT));
        }
        if (hub.users().find(TenantId.SYSTEM, ADMINISTRATOR).isPresent()) {
            return null;
        }
        String password = password(random);
        var admin =
                hub.users().create(Actor.HUB, TenantId.SYSTEM, new Name(ADMINISTRATOR), password);
        var everything = new Grants.Wanted(admin.id().text(), Role.ADMIN, Selector.ALL, Logins.ANY);
        hub.grants().give(Actor.HUB, TenantId.SYSTEM, everything);
        hub.grants().give(Actor.HUB, hub.tenants().find(TENANT).orElseThrow().id(), everything);
        return password;
    }

    /// 100 random bits in letters that cannot be taken for one another.
    private static String password(SecureRandom random) {
        var text = new StringBuilder();
        for (int group = 0; group < GROUPS; group++) {
            if (group > 0) {
                text.append('-');
            }
            for (int i = 0; i < 4; i++) {
                text.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
            }
        }
        return text.toString();
    }
}
