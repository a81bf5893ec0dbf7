package dev.fairlead.hub.rbac;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.audit.Audit;
import dev.fairlead.hub.db.GrantId;
import dev.fairlead.hub.db.Name;
import dev.fairlead.hub.db.SignInId;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.db.TestDatabase;
import dev.fairlead.hub.db.UserId;
import dev.fairlead.hub.rbac.Principal.CredentialKind;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What is explained is what is decided.
class ExplainTest {

    @RegisterExtension static final TestDatabase DB = new TestDatabase();

    private static final List<String> LOGINS = List.of("root", "deploy", "x", "xx");
    private static final List<String> SELECTORS =
            List.of("", "env=prod", "env=prod,site=oslo", "site=oslo", "env=dev");
    private static final List<Labels> NODES =
            List.of(
                    Labels.NONE,
                    Labels.of(Map.of("env", "prod")),
                    Labels.of(Map.of("env", "prod", "site", "oslo")),
                    Labels.of(Map.of("env", "dev", "site", "oslo")));

    private final Decide decide = new Decide(DB.get());
    private final Explain explain =
            new Explain(
                    DB.get(),
                    new Grants(
                            DB.get(),
                            decide,
                            new Audit(DB.get()),
                            RightsChanged.NOBODY,
                            Clock.systemUTC()));
    private TenantId tenant;

    @BeforeEach
    void setUp() {
        tenant = TenantId.fresh();
        execute(
                tenant,
                "insert into tenant (tenant_id, name) values (?, ?)",
                tenant.uuid(),
                "t" + tenant.text().substring(4));
    }

    private static void execute(TenantId tenant, String sql, Object... values) {
        DB.get().useTenant(tenant, tx -> tx.handle().execute(sql, values));
    }

    private Principal user(TenantId home, String name) {
        var id = UserId.fresh();
        execute(
                home,
                "insert into app_user (tenant_id, user_id, name, password) values (?, ?, ?, 'x')",
                home.uuid(),
                id.uuid(),
                name);
        return new Principal(
                home,
                new Name("home"),
                id,
                new Name(name),
                CredentialKind.SIGN_IN,
                SignInId.fresh(),
                Instant.MAX);
    }

    private void give(Principal user, Role role, String selector, List<String> logins) {
        DB.get()
                .useTenant(
                        tenant,
                        tx ->
                                GrantStore.insert(
                                        tx.handle(),
                                        new Grant(
                                                GrantId.fresh(),
                                                tenant,
                                                user.tenant(),
                                                user.user(),
                                                user.who(),
                                                role,
                                                Selector.parse(selector),
                                                new Logins(logins),
                                                Instant.now(),
                                                "hub")));
    }

    @Test
    void itIsWhatIsDecidedWhateverTheGrantsAre() {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        var people = new ArrayList<Principal>();
        for (int i = 0; i < 12; i++) {
            var home = i % 4 == 3 ? TenantId.SYSTEM : tenant;
            var person = user(home, "u" + i + "-" + Long.toHexString(seed));
            people.add(person);
            var given = new ArrayList<String>();
            for (int n = random.nextInt(4); n > 0; n--) {
                var role = Role.values()[random.nextInt(3)];
                var selector = SELECTORS.get(random.nextInt(SELECTORS.size()));
                var logins =
                        switch (random.nextInt(3)) {
                            case 0 -> List.<String>of();
                            case 1 -> List.of("*");
                            default -> List.of(LOGINS.get(random.nextInt(3)), "xx");
                        };
                // None twice.
                if (!given.contains(role + selector + logins)) {
                    given.add(role + selector + logins);
                    give(person, role, selector, logins);
                }
            }
        }
        assertThat(explain.holders(tenant)).isNotEmpty();
        for (var person : people) {
            var holder = explain.holder(tenant, person.user().text());
            assertThat(holder.who()).startsWith(person.name() + "@");
            assertThat(
                            explain.holders(tenant).stream()
                                    .filter(one -> one.user().equals(person.user()))
                                    .map(Explain.Holder::grants))
                    .isEqualTo(holder.grants().isEmpty() ? List.of() : List.of(holder.grants()));
            for (var node : NODES) {
                same(holder.on(node), person, node, "seed " + seed);
            }
        }
    }

    private void same(Explain.Access access, Principal person, Labels node, String seed) {
        for (var act : Act.values()) {
            if (Explain.isAboutNodes(act)) {
                assertThat(access.acts().get(act))
                        .as("%s by %s on %s, %s", act, person.name(), node, seed)
                        .isEqualTo(decide.decide(person, tenant, act, node, null));
            }
        }
        boolean any = access.logins().equals(List.of("*"));
        for (var login : LOGINS) {
            assertThat(any || access.logins().contains(login))
                    .as("%s by %s on %s, %s", login, person.name(), node, seed)
                    .isEqualTo(
                            decide.decide(person, tenant, Act.STREAM_SSH, node, login).allowed());
        }
        var settled = decide.decide(person, tenant, Act.STREAM_SSH, node, null);
        assertThat(access.login())
                .isEqualTo(settled instanceof Decision.Allowed allowed ? allowed.login() : null);
        assertThat(access.because()).allMatch(grant -> grant.selector().matches(node));
    }

    @Test
    void whoIsDisabledIsSaidToBe() {
        var ann = user(tenant, "ann");
        give(ann, Role.OPERATOR, "env=prod", List.of());
        assertThat(explain.holder(tenant, "ann").enabled()).isTrue();
        execute(
                tenant,
                "update app_user set state = 'disabled' where user_id = ?",
                ann.user().uuid());

        assertThat(explain.holder(tenant, "ann").enabled()).isFalse();
        assertThat(explain.holders(tenant))
                .extracting(Explain.Holder::enabled)
                .containsExactly(false);
    }

    @Test
    void anotherTenantsUserIsNobody() {
        var other = TenantId.fresh();
        execute(
                other,
                "insert into tenant (tenant_id, name) values (?, ?)",
                other.uuid(),
                "o" + other.text().substring(4));
        var mole = user(other, "mole");

        for (var reference :
                List.of(mole.user().text(), "mole", "mole@o" + other.text().substring(4))) {
            assertThatThrownBy(() -> explain.holder(tenant, reference))
                    .isInstanceOf(Rejected.class)
                    .hasMessageContaining("no such user");
        }
    }
}
