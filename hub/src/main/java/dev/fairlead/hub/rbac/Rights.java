package dev.fairlead.hub.rbac;

import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.rbac.Decision.Allowed;
import dev.fairlead.hub.rbac.Decision.Denied;
import dev.fairlead.hub.rbac.Decision.Reason;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A principal's grants in one tenant, as they were when they were read: for a request or one step
/// of it, never to be kept.
///
/// @param tenantEnabled whether the tenant exists and is not disabled
public record Rights(
        Principal principal, TenantId tenant, boolean tenantEnabled, List<Grant> grants) {

    /// The whole of the rules, without any input or output.
    ///
    /// @param node the labels of the node that it is about; null where it is about none, or about
    ///   all those that [#sees] lets through
    /// @param login the login that is asked for; null or empty for whatever is the default
    Decision decide(Act act, @Nullable Labels node, @Nullable String login) {
        if (act.scope() == Act.Scope.OWN) {
            return act == Act.OWN_CHANGE && principal.kind() != Principal.CredentialKind.SIGN_IN
                    ? new Denied(Reason.SIGN_IN_NEEDED)
                    : new Allowed(Logins.NODE_DEFAULT);
        }
        boolean own = principal.tenant().equals(tenant);
        return decide(own, tenantEnabled, grants, act, node, login);
    }

    /// [#decide] for acts that need a grant: all that is known of who asks is what they hold.
    ///
    /// @param own whether the tenant is the asker's own
    static Decision decide(
            boolean own,
            boolean tenantEnabled,
            List<Grant> grants,
            Act act,
            @Nullable Labels node,
            @Nullable String login) {
        if (grants.isEmpty()) {
            return new Denied(own ? Reason.NO_GRANT : Reason.FOREIGN);
        }
        if (!tenantEnabled) {
            return new Denied(Reason.TENANT_DISABLED);
        }
        List<Grant> about =
                grants.stream().filter(g -> node == null || g.selector().matches(node)).toList();
        if (about.isEmpty()) {
            return new Denied(Reason.NO_SUCH_NODE);
        }
        List<Grant> enough = about.stream().filter(g -> g.role().includes(act.role())).toList();
        if (enough.isEmpty()) {
            return new Denied(Reason.ROLE);
        }
        if (act.scope() != Act.Scope.NODE && enough.stream().noneMatch(Grant::isTenantWide)) {
            return new Denied(Reason.WHOLE_TENANT);
        }
        if (!act.asLogin()) {
            return new Allowed(Logins.NODE_DEFAULT);
        }
        // The node's default before a listed one: what is asked for is then the node's to say.
        Optional<String> settled =
                enough.stream()
                        .flatMap(g -> g.logins().settle(login).stream())
                        .sorted((a, b) -> Boolean.compare(b.isEmpty(), a.isEmpty()))
                        .findFirst();
        return settled.<Decision>map(Allowed::new).orElseGet(() -> new Denied(Reason.LOGIN));
    }

    /// Whether a list may show this node, or a session on it.
    public boolean sees(Labels node) {
        return decide(Act.NODES_SEE, node, null).allowed();
    }

    /// Whether these may be given away: an administrator grants no login that the own grants for
    /// the whole tenant do not have.
    boolean mayGive(Logins logins) {
        List<Grant> held =
                grants.stream().filter(g -> g.role() == Role.ADMIN && g.isTenantWide()).toList();
        if (held.stream().anyMatch(g -> g.logins().any())) {
            return true;
        }
        return logins.list().isEmpty()
                // The node's default: only who has it may give it.
                ? held.stream().anyMatch(g -> g.logins().list().isEmpty())
                : logins.list().stream()
                        .allMatch(login ->
                                held.stream().anyMatch(g -> g.logins().list().contains(login)));
    }
}
