package dev.fairlead.hub.rbac;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.hub.db.ApiTokenId;
import dev.fairlead.hub.db.GrantId;
import dev.fairlead.hub.db.Name;
import dev.fairlead.hub.db.SignInId;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.db.UserId;
import dev.fairlead.hub.rbac.Decision.Allowed;
import dev.fairlead.hub.rbac.Decision.Denied;
import dev.fairlead.hub.rbac.Decision.Reason;
import dev.fairlead.hub.rbac.Principal.CredentialKind;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// The rules as a table: every act against every kind of grant.
class DecideTest {

    private static final TenantId TENANT = TenantId.fresh();
    private static final TenantId OTHER = TenantId.fresh();
    private static final Principal ANN = principal(TENANT, CredentialKind.SIGN_IN);
    private static final Labels PROD = Labels.of(Map.of("env", "prod", "os", "linux"));
    private static final Labels DEV = Labels.of(Map.of("env", "dev"));

    private static final Set<Act> OWN =
            EnumSet.of(Act.OWN_SEE, Act.OWN_CHANGE, Act.SESSIONS_END_OWN);
    private static final Set<Act> VIEWER =
            with(OWN, Act.TENANT_SEE, Act.NODES_SEE, Act.SESSIONS_SEE);
    private static final Set<Act> OPERATOR_OF_SOME =
            with(VIEWER, Act.STREAM_SSH, Act.STREAM_EXEC, Act.STREAM_TCP);
    private static final Set<Act> OPERATOR = with(OPERATOR_OF_SOME, Act.PAIRINGS_APPROVE);
    private static final Set<Act> ADMIN_OF_SOME =
            with(OPERATOR_OF_SOME, Act.NODES_MANAGE, Act.SESSIONS_END);
    private static final Set<Act> ADMIN =
            with(
                    ADMIN_OF_SOME,
                    Act.NODES_LABEL,
                    Act.PAIRINGS_APPROVE,
                    Act.ENROLMENT_SEE,
                    Act.ENROLMENT_MANAGE,
                    Act.USERS_SEE,
                    Act.USERS_MANAGE,
                    Act.GRANTS_SEE,
                    Act.GRANTS_MANAGE,
                    Act.AUDIT_SEE,
                    // Judged in `system` by Decide; the rules are those of the tenant that is asked
                    // about.
                    Act.TENANTS_MANAGE,
                    Act.PORTS_SEE,
                    Act.PAIRINGS_SEE,
                    Act.HUB_SEE);

    @ParameterizedTest
    @EnumSource(Act.class)
    void theWholeMatrix(Act act) {
        Map<String, Set<Act>> expected =
                Map.of(
                        "viewer|", with(VIEWER, Act.PORTS_SEE),
                        "operator|", with(OPERATOR, Act.PORTS_SEE, Act.PAIRINGS_SEE),
                        "admin|", ADMIN,
                        "viewer|env=prod", VIEWER,
                        "operator|env=prod", OPERATOR_OF_SOME,
                        "admin|env=prod", ADMIN_OF_SOME);
        expected.forEach((grant, allowed) -> {
            String[] parts = grant.split("\\|", -1);
            Rights rights = rights(grant(parts[0], parts[1], "*"));
            assertThat(rights.decide(act, PROD, "root").allowed())
                    .describedAs("%s by %s on a node that it takes in", act, grant)
                    .isEqualTo(allowed.contains(act));
            assertThat(rights.decide(act, DEV, "root").allowed())
                    .describedAs("%s by %s on another node", act, grant)
                    .isEqualTo(OWN.contains(act) || (parts[1].isEmpty() && allowed.contains(act)));
        });
        // Nothing without a grant, in a disabled tenant, or in another one.
        boolean own = OWN.contains(act);
        assertThat(rights().decide(act, PROD, null).allowed()).isEqualTo(own);
        assertThat(
                        new Rights(ANN, TENANT, false, List.of(grant("admin", "", "*")))
                                .decide(act, PROD, null)
                                .allowed())
                .isEqualTo(own);
    }

    @Test
    void everyActOfScopeSystemTenantOrNodeIsInTheTable() {
        assertThat(ADMIN).containsExactlyInAnyOrder(Act.values());
    }

    @Test
    void reasons() {
        assertThat(rights().decide(Act.NODES_SEE, PROD, null))
                .isEqualTo(new Denied(Reason.NO_GRANT));
        assertThat(new Rights(ANN, OTHER, true, List.of()).decide(Act.NODES_SEE, PROD, null))
                .isEqualTo(new Denied(Reason.FOREIGN));
        assertThat(rights(grant("viewer", "env=prod", "")).decide(Act.NODES_SEE, DEV, null))
                .isEqualTo(new Denied(Reason.NO_SUCH_NODE));
        assertThat(rights(grant("viewer", "", "")).decide(Act.STREAM_SSH, DEV, null))
                .isEqualTo(new Denied(Reason.ROLE));
        assertThat(rights(grant("admin", "env=prod", "*")).decide(Act.AUDIT_SEE, null, null))
                .isEqualTo(new Denied(Reason.WHOLE_TENANT));
        assertThat(rights(grant("operator", "", "deploy")).decide(Act.STREAM_SSH, DEV, "root"))
                .isEqualTo(new Denied(Reason.LOGIN));
        assertThat(
                        new Rights(
                                        principal(TENANT, CredentialKind.API_TOKEN),
                                        TENANT,
                                        true,
                                        List.of(grant("admin", "", "*")))
                                .decide(Act.OWN_CHANGE, null, null))
                .isEqualTo(new Denied(Reason.SIGN_IN_NEEDED));
        for (Reason reason : Reason.values()) {
            assertThat(reason.hidden())
                    .isEqualTo(reason == Reason.FOREIGN || reason == Reason.NO_SUCH_NODE);
        }
    }

    @ParameterizedTest
    @CsvSource({
        // granted, asked, settled (- is denied, . is the node's default)
        "'',          , .",
        "'',      root, -",
        "*,           , .",
        "*,       root, root",
        "*,     'a b;', -",
        "*,          *, -",
        "deploy,      , deploy",
        "deploy, deploy, deploy",
        "deploy,  root, -",
        "'web,db',    , web",
        "'web,db',  db, db",
    })
    void settlesTheLogin(String granted, String asked, String settled) {
        Decision decision =
                rights(grant("operator", "", granted)).decide(Act.STREAM_SSH, PROD, asked);
        if (settled.equals("-")) {
            assertThat(decision).isEqualTo(new Denied(Reason.LOGIN));
        } else {
            assertThat(decision).isEqualTo(new Allowed(settled.equals(".") ? "" : settled));
        }
    }

    @Test
    void grantsAddUpPerNode() {
        Rights rights =
                rights(
                        grant("viewer", "", ""),
                        grant("operator", "env=dev", "root"),
                        grant("operator", "", ""));
        assertThat(rights.decide(Act.STREAM_SSH, DEV, "root")).isEqualTo(new Allowed("root"));
        assertThat(rights.decide(Act.STREAM_SSH, PROD, "root")).isEqualTo(new Denied(Reason.LOGIN));
        // The node's default comes before a listed login.
        assertThat(rights.decide(Act.STREAM_SSH, DEV, null)).isEqualTo(new Allowed(""));
        assertThat(rights.decide(Act.STREAM_TCP, PROD, null)).isEqualTo(new Allowed(""));
    }

    @ParameterizedTest
    @CsvSource({
        "*,       *,            true",
        "*,       '',           true",
        "*,       'root,web',   true",
        "'web,db', web,         true",
        "'web,db', 'web,db',    true",
        "'web,db', root,        false",
        "'web,db', *,           false",
        "'web,db', '',          false",
        "'',      '',           true",
        "'',      root,         false",
        "'',      *,            false",
    })
    void nobodyGivesMoreThanTheyHold(String held, String given, boolean allowed) {
        assertThat(rights(grant("admin", "", held)).mayGive(logins(given))).isEqualTo(allowed);
        // Only what is held as administrator of the whole tenant can be given.
        assertThat(rights(grant("admin", "env=prod", held)).mayGive(logins(given))).isFalse();
        assertThat(rights(grant("operator", "", held)).mayGive(logins(given))).isFalse();
    }

    private static Set<Act> with(Set<Act> acts, Act... more) {
        EnumSet<Act> all = EnumSet.copyOf(acts);
        all.addAll(List.of(more));
        return all;
    }

    private static Rights rights(Grant... grants) {
        return new Rights(ANN, TENANT, true, List.of(grants));
    }

    private static Logins logins(String text) {
        return new Logins(text.isEmpty() ? List.of() : List.of(text.split(",")));
    }

    private static Grant grant(String role, String selector, String logins) {
        return new Grant(
                GrantId.fresh(),
                TENANT,
                TENANT,
                ANN.user(),
                ANN.who(),
                Role.parse(role).orElseThrow(),
                Selector.parse(selector),
                logins(logins),
                Instant.EPOCH,
                "hub");
    }

    private static Principal principal(TenantId tenant, CredentialKind kind) {
        return new Principal(
                tenant,
                new Name("acme"),
                UserId.fresh(),
                new Name("ann"),
                kind,
                kind == CredentialKind.SIGN_IN ? SignInId.fresh() : ApiTokenId.fresh(),
                Instant.MAX);
    }
}
