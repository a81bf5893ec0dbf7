package dev.fairlead.hub.rbac;

import dev.fairlead.hub.db.Database;
import dev.fairlead.hub.db.GrantId;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.db.Tx;
import dev.fairlead.hub.db.UserId;
import dev.fairlead.hub.rbac.Grants.FoundUser;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Why somebody may do something on a node or may not, for whoever gives the grants. Nothing is
/// decided here: each answer is one of [Rights], the rules by which [Decide] decides, so that the
/// explanation cannot differ from the decision.
public final class Explain {

    private static final int BATCH = 500;

    private final Database database;
    private final Grants grants;

    public Explain(Database database, Grants grants) {
        this.database = database;
        this.grants = grants;
    }

    /// Somebody with all that they hold in a tenant.
    ///
    /// @param who `NAME@TENANT`
    /// @param enabled whether they can sign in at all
    /// @param own whether it is their own tenant
    public record Holder(
            UserId user,
            String who,
            boolean enabled,
            boolean own,
            boolean tenantEnabled,
            List<Grant> grants) {

        /// What they may do on a node with these labels.
        public Access on(Labels node) {
            var acts = new EnumMap<Act, Decision>(Act.class);
            for (Act act : Act.values()) {
                if (isAboutNodes(act)) {
                    acts.put(act, decide(act, node, null));
                }
            }
            return new Access(
                    acts,
                    logins(node),
                    decide(Act.STREAM_SSH, node, null) instanceof Decision.Allowed allowed
                            ? allowed.login()
                            : null,
                    grants.stream().filter(grant -> grant.selector().matches(node)).toList());
        }

        private Decision decide(Act act, Labels node, @Nullable String login) {
            return Rights.decide(own, tenantEnabled, grants, act, node, login);
        }

        /// Of the accounts that the grants name, those that may be asked for here.
        private List<String> logins(Labels node) {
            var named = new LinkedHashSet<String>();
            for (Grant grant : grants) {
                named.addAll(grant.logins().list());
            }
            Predicate<String> allowed = login -> decide(Act.STREAM_SSH, node, login).allowed();
            // Nobody's account, so that nothing but `*` allows it.
            var unnamed = unnamed(named);
            return allowed.test(unnamed)
                    ? List.of("*")
                    : named.stream().filter(allowed).sorted().toList();
        }

        private static String unnamed(LinkedHashSet<String> named) {
            String login = "x";
            while (named.contains(login)) {
                login += "x";
            }
            return login;
        }
    }

    /// @param acts every act that can be about a node, with what was decided
    /// @param logins accounts that may be asked for; only `*` for any
    /// @param login as whom where none is asked for, empty for the node's default; null for nobody
    /// @param because the grants that take in the node
    public record Access(
            Map<Act, Decision> acts,
            List<String> logins,
            @Nullable String login,
            List<Grant> because) {}

    /// The acts that are asked about a node.
    static boolean isAboutNodes(Act act) {
        return act == Act.NODES_LABEL || (act.scope() == Act.Scope.NODE && act != Act.TENANT_SEE);
    }

    /// Everybody who holds a grant in this tenant, by name.
    public List<Holder> holders(TenantId tenant) {
        return database.inTenant(
                tenant,
                tx -> {
                    var held = new TreeMap<String, List<Grant>>();
                    for (Grant grant : all(tx)) {
                        held.computeIfAbsent(grant.userName(), _ -> new ArrayList<>()).add(grant);
                    }
                    return holders(tx, List.copyOf(held.values()));
                });
    }

    /// One user, also where they hold nothing here.
    ///
    /// @param reference as [Grants.Wanted#user]
    /// @throws dev.fairlead.hub.Rejected as `not-found`
    public Holder holder(TenantId tenant, String reference) {
        return database.inTenant(
                tenant,
                tx -> {
                    FoundUser found = grants.find(tx, reference);
                    var held = GrantStore.ofUser(tx.handle(), found.tenant(), found.id());
                    boolean enabled = !enabled(tx, found.tenant(), List.of(found.id())).isEmpty();
                    return new Holder(
                            found.id(),
                            found.who(),
                            enabled,
                            found.tenant().equals(tenant),
                            GrantStore.isEnabled(tx.handle()),
                            held);
                });
    }

    private static List<Grant> all(Tx tx) {
        var all = new ArrayList<Grant>();
        GrantId last = null;
        List<Grant> batch;
        do {
            batch = GrantStore.page(tx.handle(), Optional.ofNullable(last), BATCH);
            all.addAll(batch);
            last = batch.isEmpty() ? last : batch.getLast().id();
        } while (batch.size() == BATCH);
        return all;
    }

    private List<Holder> holders(Tx tx, List<List<Grant>> held) {
        TenantId tenant = tx.tenant();
        boolean tenantEnabled = GrantStore.isEnabled(tx.handle());
        var users = held.stream().map(List::getFirst).toList();
        var enabled = new HashSet<UserId>();
        for (TenantId home : users.stream().map(Grant::userTenant).distinct().toList()) {
            enabled.addAll(
                    enabled(
                            tx,
                            home,
                            users.stream()
                                    .filter(grant -> grant.userTenant().equals(home))
                                    .map(Grant::user)
                                    .toList()));
        }
        return held.stream()
                .map(of -> {
                    Grant first = of.getFirst();
                    return new Holder(
                            first.user(),
                            first.userName(),
                            enabled.contains(first.user()),
                            first.userTenant().equals(tenant),
                            tenantEnabled,
                            of);
                })
                .sorted(Comparator.comparing(Holder::who))
                .toList();
    }

    private Set<UserId> enabled(Tx tx, TenantId home, List<UserId> users) {
        return Objects.equals(home, tx.tenant())
                ? GrantStore.enabled(tx.handle(), users)
                : database.inTenant(home, other -> GrantStore.enabled(other.handle(), users));
    }
}
