package dev.fairlead.hub.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.Rejected.Code;
import dev.fairlead.hub.audit.Actor;
import dev.fairlead.hub.audit.Audit;
import dev.fairlead.hub.audit.AuditFilter;
import dev.fairlead.hub.db.Name;
import dev.fairlead.hub.db.SignInId;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.db.TestDatabase;
import dev.fairlead.hub.db.UserId;
import dev.fairlead.hub.identity.SignIns.SignedIn;
import dev.fairlead.hub.rbac.Act;
import dev.fairlead.hub.rbac.Decide;
import dev.fairlead.hub.rbac.Decision;
import dev.fairlead.hub.rbac.Grant;
import dev.fairlead.hub.rbac.Grants;
import dev.fairlead.hub.rbac.Labels;
import dev.fairlead.hub.rbac.Logins;
import dev.fairlead.hub.rbac.Principal;
import dev.fairlead.hub.rbac.RightsChanged;
import dev.fairlead.hub.rbac.Role;
import dev.fairlead.hub.rbac.Selector;
import dev.fairlead.hub.tenant.Tenant;
import dev.fairlead.hub.tenant.Tenants;
import dev.fairlead.hub.vault.MasterKey;
import dev.fairlead.hub.vault.Vault;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Tenants, users, credentials and grants together, as the hub wires them.
class IdentityTest {

    @RegisterExtension static final TestDatabase DB = new TestDatabase();

    private static final String PASSWORD = "correct horse battery";
    private static final String FROM = "192.0.2.1";
    private static final String BROWSER =
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

    @TempDir Path folder;

    private final List<String> told = new ArrayList<>();
    private final RightsChanged changed =
            (tenant, user, cause) -> told.add((user == null ? "all" : user.text()) + " " + cause);
    private final Audit audit = new Audit(DB.get());
    private final Decide decide = new Decide(DB.get());
    private final SecureRandom random = new SecureRandom();
    private final Passwords passwords = new Passwords(random, PasswordsTest.CHEAP);
    private Instant now = Instant.now();
    private final Clock clock =
            new Clock() {
                @Override
                public ZoneId getZone() {
                    return ZoneOffset.UTC;
                }

                @Override
                public Clock withZone(ZoneId zone) {
                    return this;
                }

                @Override
                public Instant instant() {
                    return now;
                }
            };
    private final Users users = new Users(DB.get(), passwords, audit, changed);
    private final SignIns signIns =
            new SignIns(DB.get(), passwords, decide, audit, changed, clock, random, time -> {});
    private final ApiTokens apiTokens =
            new ApiTokens(DB.get(), decide, audit, changed, clock, random);
    private final Authenticate authenticate = new Authenticate(DB.get(), clock);
    private final Grants grants = new Grants(DB.get(), decide, audit, changed, clock);
    private Tenants tenants;
    private Tenant acme;
    private User ann;

    @BeforeEach
    void setUp() throws IOException {
        Vault vault = new Vault(MasterKey.open(folder.resolve("master.key"), random), random);
        tenants = new Tenants(DB.get(), vault, audit, changed);
        acme = tenants.create(Actor.HUB, unique("acme"));
        ann = users.create(Actor.HUB, acme.id(), new Name("ann"), PASSWORD);
        told.clear();
    }

    private Name unique(String prefix) {
        return new Name(prefix + "-" + Math.abs(random.nextLong()));
    }

    private SignedIn signIn(User user) {
        return signIns.signIn(user.who(), PASSWORD, FROM, BROWSER);
    }

    private static void rejects(
            Code code, org.assertj.core.api.ThrowableAssert.ThrowingCallable what) {
        assertThatThrownBy(what)
                .isInstanceOfSatisfying(Rejected.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void signsInAndOut() {
        SignedIn first = signIn(ann);
        SignedIn second = signIn(ann);
        assertThat(first.token()).matches("fls_[A-Za-z0-9_-]{43}");
        assertThat(first.toString()).doesNotContain(first.token());
        Principal principal = authenticate.bearer(first.token()).orElseThrow();
        assertThat(principal).isEqualTo(first.principal());
        assertThat(principal.who()).isEqualTo("ann@" + acme.name());
        signIns.signOut(principal, FROM);
        assertThat(told).containsExactly(ann.id() + " You signed out.");
        assertThat(authenticate.bearer(first.token())).isEmpty();
        assertThat(authenticate.recheck(principal)).isEmpty();
        assertThat(authenticate.bearer(second.token())).isPresent();
        now = now.plus(SignIns.LIFE);
        assertThat(authenticate.bearer(second.token())).isEmpty();
    }

    @Test
    void aPersonSeesAndEndsTheOwnSignIns() {
        Principal here = signIn(ann).principal();
        SignedIn lost = signIn(ann);
        SignedIn old = signIn(ann);
        assertThat(signIns.page(here, null, 2)).hasSize(2);
        assertThat(signIns.page(here, (SignInId) lost.principal().credential(), 2))
                .singleElement()
                .satisfies(one -> {
                    assertThat(one.id()).isEqualTo(old.principal().credential());
                    assertThat(one.address()).isEqualTo(FROM);
                    assertThat(one.program()).isEqualTo("Firefox on Linux");
                    assertThat(one.expires()).isEqualTo(one.created().plus(SignIns.LIFE));
                    assertThat(one.lastUsed()).isNull();
                });
        assertThat(authenticate.bearer(old.token())).isPresent();
        assertThat(signIns.page(here, null, 10).getLast().lastUsed()).isNotNull();

        // Another's is not there, and an API token cannot sign its person out.
        User bob = users.create(Actor.HUB, acme.id(), new Name("bob"), PASSWORD);
        Principal robot =
                authenticate
                        .bearer(
                                apiTokens
                                        .create(here, FROM, new Name("ci"), Duration.ofDays(1))
                                        .secret())
                        .orElseThrow();
        var id = (SignInId) lost.principal().credential();
        rejects(Code.NOT_FOUND, () -> signIns.end(signIn(bob).principal(), FROM, id));
        rejects(Code.DENIED, () -> signIns.end(robot, FROM, id));
        rejects(Code.DENIED, () -> signIns.endOthers(robot, FROM));
        told.clear();

        signIns.end(here, FROM, id);
        assertThat(told).containsExactly(ann.id() + " The sign-in was ended.");
        assertThat(authenticate.bearer(lost.token())).isEmpty();
        rejects(Code.NOT_FOUND, () -> signIns.end(here, FROM, id));
        signIns.endOthers(here, FROM);
        assertThat(authenticate.bearer(old.token())).isEmpty();
        assertThat(signIns.page(here, null, 10)).hasSize(1);
        assertThat(authenticate.recheck(robot)).isPresent();
        now = now.plus(SignIns.LIFE);
        assertThat(signIns.page(here, null, 10)).isEmpty();
    }

    @Test
    void theOwnerOfTheDataSignsInWithoutAPassword() {
        var name = unique("root");
        User staff = users.create(Actor.HUB, TenantId.SYSTEM, name, PASSWORD);

        SignedIn made = signIns.signInOwner(name.text(), "quickstart");

        assertThat(authenticate.bearer(made.token())).contains(made.principal());
        var id = (SignInId) made.principal().credential();
        assertThat(signIns.lasts(id, Duration.ofHours(11))).isTrue();
        assertThat(signIns.lasts(id, SignIns.LIFE)).isFalse();
        signIns.signOut(made.principal(), FROM);
        assertThat(signIns.lasts(id, Duration.ZERO)).isFalse();
        users.disable(Actor.HUB, TenantId.SYSTEM, staff.id());
        rejects(Code.NOT_FOUND, () -> signIns.signInOwner(name.text(), "quickstart"));
        rejects(Code.NOT_FOUND, () -> signIns.signInOwner("nobody", "quickstart"));
    }

    @Test
    void hostileTokensAreNobody() {
        for (String token :
                new String[] {
                    null,
                    "",
                    "fls_",
                    "fla_" + "x".repeat(43),
                    "fls_" + "\0".repeat(43),
                    "Bearer x",
                    "x".repeat(1_000_000),
                    "fls_" + "\u00e4".repeat(43),
                    "' or 1=1 --"
                }) {
            assertThat(authenticate.bearer(token)).isEmpty();
        }
    }

    @Test
    void onlyTheHashOfATokenIsStored() throws Exception {
        SignedIn made = signIn(ann);
        try (var c = DB.superuser();
                var s = c.createStatement();
                var rows = s.executeQuery("select row_to_json(s)::text from sign_in s")) {
            while (rows.next()) {
                assertThat(rows.getString(1)).doesNotContain(made.token().substring(4));
            }
        }
    }

    @Test
    void wrongCredentialsAreOneAnswerAndOneRecordPerSource() {
        User bob = users.create(Actor.HUB, acme.id(), new Name("bob"), PASSWORD);
        users.disable(Actor.HUB, acme.id(), bob.id());
        List<String> answers = new ArrayList<>();
        for (String[] attempt :
                new String[][] {
                    {ann.who(), "wrong password"},
                    {"nobody@" + acme.name(), PASSWORD},
                    {"ann@nowhere", PASSWORD},
                    {"ann", PASSWORD},
                    {"' or 1=1", PASSWORD},
                    {"@", ""},
                    {"", ""},
                    {"ann@" + acme.name() + "\0", PASSWORD},
                    {bob.who(), PASSWORD},
                }) {
            assertThatThrownBy(() -> signIns.signIn(attempt[0], attempt[1], FROM, null))
                    .isInstanceOfSatisfying(
                            Rejected.class, e -> answers.add(e.code() + e.detail() + e.hint()));
        }
        assertThat(answers).hasSize(9).containsOnly(answers.getFirst());
        audit.flush();
        assertThat(
                        audit.after(
                                acme.id(),
                                new AuditFilter("sign-in", null, null, null, null),
                                0,
                                10))
                .extracting(r -> r.entry().count() + " " + r.entry().actor().address())
                .containsExactly("2 " + FROM);
    }

    @Test
    void aNewPasswordEndsAllOtherSignIns() {
        SignedIn here = signIn(ann);
        SignedIn there = signIn(ann);
        rejects(
                Code.WRONG_CREDENTIALS,
                () -> signIns.changePassword(here.principal(), FROM, "guessed it", PASSWORD));
        rejects(
                Code.INVALID_REQUEST,
                () -> signIns.changePassword(here.principal(), FROM, PASSWORD, "short"));
        signIns.changePassword(here.principal(), FROM, PASSWORD, "another password");
        assertThat(told).containsExactly(ann.id() + " Your password was changed.");
        assertThat(authenticate.bearer(here.token())).isPresent();
        assertThat(authenticate.bearer(there.token())).isEmpty();
        rejects(Code.WRONG_CREDENTIALS, () -> signIn(ann));
        users.setPassword(Actor.HUB, acme.id(), ann.id(), PASSWORD);
        assertThat(authenticate.bearer(here.token())).isEmpty();
        assertThat(signIn(ann).token()).isNotEmpty();
    }

    @Test
    void disablingEndsEverythingAndEnablingGivesTheGrantsBack() {
        SignedIn here = signIn(ann);
        grants.give(Actor.HUB, acme.id(), wanted(ann.who(), Role.ADMIN, "", "*"));
        ApiTokens.Made token =
                apiTokens.create(here.principal(), FROM, new Name("ci"), Duration.ofDays(1));
        assertThat(authenticate.bearer(token.secret())).isPresent();
        users.disable(Actor.HUB, acme.id(), ann.id());
        assertThat(told).containsExactly(ann.id() + " Your user was disabled.");
        assertThat(authenticate.bearer(here.token())).isEmpty();
        assertThat(authenticate.bearer(token.secret())).isEmpty();
        assertThat(users.enable(Actor.HUB, acme.id(), ann.id()).enabled()).isTrue();
        assertThat(authenticate.bearer(here.token())).isEmpty();
        assertThat(authenticate.bearer(token.secret())).isEmpty();
        assertThat(grants.page(acme.id(), null, 10)).hasSize(1);
        users.remove(Actor.HUB, acme.id(), ann.id());
        assertThat(grants.page(acme.id(), null, 10)).isEmpty();
        assertThat(users.find(acme.id(), "ann")).isEmpty();
        rejects(Code.NOT_FOUND, () -> users.remove(Actor.HUB, acme.id(), ann.id()));
    }

    @Test
    void apiTokens() {
        Principal here = signIn(ann).principal();
        Name ci = new Name("ci");
        ApiTokens.Made made = apiTokens.create(here, FROM, ci, Duration.ofDays(366));
        assertThat(made.secret()).matches("fla_[A-Za-z0-9_-]{43}");
        assertThat(made.toString()).doesNotContain(made.secret());
        rejects(Code.CONFLICT, () -> apiTokens.create(here, FROM, ci, Duration.ofDays(1)));
        rejects(
                Code.INVALID_REQUEST,
                () -> apiTokens.create(here, FROM, new Name("x"), Duration.ofDays(367)));
        Principal robot = authenticate.bearer(made.secret()).orElseThrow();
        assertThat(apiTokens.page(here, null, 10))
                .singleElement()
                .satisfies(t -> assertThat(t.lastUsed()).isNotNull());
        // A stolen one cannot outlive itself.
        rejects(
                Code.DENIED,
                () -> apiTokens.create(robot, FROM, new Name("y"), Duration.ofDays(1)));
        rejects(
                Code.DENIED,
                () -> signIns.changePassword(robot, FROM, PASSWORD, "another password"));
        // Another's is not there.
        User bob = users.create(Actor.HUB, acme.id(), new Name("bob"), PASSWORD);
        rejects(
                Code.NOT_FOUND,
                () -> apiTokens.remove(signIn(bob).principal(), FROM, made.token().id()));
        told.clear();
        apiTokens.remove(robot, FROM, made.token().id());
        assertThat(told).containsExactly(ann.id() + " The API token was removed.");
        assertThat(authenticate.bearer(made.secret())).isEmpty();
        ApiTokens.Made brief = apiTokens.create(here, FROM, ci, Duration.ofMinutes(1));
        now = now.plusSeconds(61);
        assertThat(authenticate.bearer(brief.secret())).isEmpty();
    }

    @Test
    void anAdministratorGivesWhatIsHeldAndNoMore() {
        User bob = users.create(Actor.HUB, acme.id(), new Name("bob"), PASSWORD);
        Principal admin = signIn(ann).principal();
        rejects(
                Code.DENIED,
                () -> grants.add(admin, FROM, acme.id(), wanted("bob", Role.VIEWER, "", "")));
        Grant mine =
                grants.give(
                        Actor.HUB, acme.id(), wanted(ann.who(), Role.ADMIN, "", "deploy", "web"));
        Grant given =
                grants.add(admin, FROM, acme.id(), wanted("bob", Role.OPERATOR, "env=prod", "web"));
        assertThat(grants.page(acme.id(), null, 10)).containsExactly(mine, given);
        assertThat(grants.page(acme.id(), mine.id(), 10)).containsExactly(given);
        assertThat(
                        decide.decide(
                                signIn(bob).principal(),
                                acme.id(),
                                Act.STREAM_SSH,
                                Labels.of(java.util.Map.of("env", "prod")),
                                null))
                .isEqualTo(new Decision.Allowed("web"));
        rejects(
                Code.DENIED,
                () -> grants.add(admin, FROM, acme.id(), wanted("bob", Role.ADMIN, "", "*")));
        rejects(
                Code.DENIED,
                () -> grants.add(admin, FROM, acme.id(), wanted("bob", Role.OPERATOR, "", "root")));
        rejects(
                Code.CONFLICT,
                () ->
                        grants.add(
                                admin,
                                FROM,
                                acme.id(),
                                wanted(bob.id().text(), Role.OPERATOR, "env=prod", "web")));
        grants.add(admin, FROM, acme.id(), wanted("bob", Role.VIEWER, "", ""));
        told.clear();
        grants.remove(admin, FROM, acme.id(), given.id());
        assertThat(told).containsExactly(bob.id() + " Your grant was withdrawn.");
        rejects(Code.NOT_FOUND, () -> grants.remove(admin, FROM, acme.id(), given.id()));
        rejects(Code.INVALID_REQUEST, () -> wanted("bob", Role.VIEWER, "", "root"));
        assertThat(audit.after(acme.id(), AuditFilter.ALL, 0, 100))
                .extracting(r -> r.entry().act() + " by " + r.entry().actor().who())
                .contains(
                        "grant.create by " + ann.who(),
                        "grant.remove by " + ann.who(),
                        "grant.create by hub");
    }

    @Test
    void usersOfOtherTenantsGetNoGrant() {
        Tenant other = tenants.create(Actor.HUB, unique("other"));
        User eve = users.create(Actor.HUB, other.id(), new Name("eve"), PASSWORD);
        for (String reference :
                List.of(eve.id().text(), eve.who(), "eve", "nobody@nowhere", "a@b@c", "", "\0")) {
            rejects(
                    Code.NOT_FOUND,
                    () ->
                            grants.give(
                                    Actor.HUB, acme.id(), wanted(reference, Role.VIEWER, "", "")));
        }
        assertThat(decide.decide(signIn(eve).principal(), acme.id(), Act.TENANT_SEE))
                .isEqualTo(new Decision.Denied(Decision.Reason.FOREIGN));
        rejects(
                Code.NOT_FOUND,
                () ->
                        decide.decide(signIn(eve).principal(), acme.id(), Act.TENANT_SEE)
                                .orReject("tenant"));
        assertThat(users.find(acme.id(), eve.id().text())).isEmpty();
        assertThat(users.find(acme.id(), UserId.fresh().text())).isEmpty();
    }

    @Test
    void whoAsksAboutWhichTenantIsOneStatement() {
        Tenant other = tenants.create(Actor.HUB, unique("other"));
        Grant mine = grants.give(Actor.HUB, acme.id(), wanted("ann", Role.ADMIN, "", "deploy"));
        SignedIn signedIn = signIn(ann);
        var who = authenticate.bearer(signedIn.token());
        for (String name : List.of(acme.name().text(), acme.id().text())) {
            var asking =
                    DB.get()
                            .inOne(() -> {
                                var found = authenticate.asking(signedIn.token(), name);
                                assertThat(decide.rights(who.orElseThrow(), acme.id()).grants())
                                        .containsExactly(mine);
                                assertThat(users.find(acme.id(), "ann")).contains(ann);
                                assertThat(users.find(other.id(), "ann")).isEmpty();
                                return found;
                            });
            assertThat(asking.who()).isEqualTo(who);
            assertThat(asking.about()).isEqualTo(acme.id());
        }
        // That there is one is no secret yet; what is held there is nothing.
        DB.get()
                .inOne(() -> {
                    var found = authenticate.asking(signedIn.token(), other.name().text());
                    assertThat(found.about()).isEqualTo(other.id());
                    var rights = decide.rights(who.orElseThrow(), other.id());
                    assertThat(rights.grants()).isEmpty();
                    return assertThat(decide.decide(who.orElseThrow(), other.id(), Act.TENANT_SEE))
                            .isEqualTo(new Decision.Denied(Decision.Reason.FOREIGN));
                });
        for (String nowhere : List.of("nowhere", "", "\0", "no name", TenantId.fresh().text())) {
            var asking = authenticate.asking(signedIn.token(), nowhere);
            assertThat(asking.who()).isEqualTo(who);
            assertThat(asking.about()).isNull();
        }
        assertThat(authenticate.asking(signedIn.token(), null).about()).isNull();
        for (String token : List.of("", "fls_", signedIn.token().replace("fls_", "fla_"))) {
            var asking = authenticate.asking(token, acme.name().text());
            assertThat(asking.who()).isEmpty();
            assertThat(asking.about()).isNull();
        }
        grants.remove(who.orElseThrow(), FROM, acme.id(), mine.id());
        DB.get()
                .inOne(() -> {
                    authenticate.asking(signedIn.token(), acme.name().text());
                    return assertThat(decide.rights(who.orElseThrow(), acme.id()).grants())
                            .hasSize(0);
                });
        users.disable(Actor.HUB, acme.id(), ann.id());
        assertThat(authenticate.asking(signedIn.token(), acme.name().text()).who()).isEmpty();
    }

    @Test
    void grantsAreListedByTheTenantsInWhichTheyHold() {
        String name = unique("staff").text();
        User staff = users.create(Actor.HUB, TenantId.SYSTEM, new Name(name), PASSWORD);
        assertThat(grants.ofUser(TenantId.SYSTEM, staff.id()))
                .isEqualTo(java.util.Map.of("system", List.of()));
        Grant here =
                grants.give(Actor.HUB, acme.id(), wanted(name + "@system", Role.VIEWER, "", ""));
        assertThat(grants.ofUser(TenantId.SYSTEM, staff.id()))
                .isEqualTo(
                        java.util.Map.of("system", List.of(), acme.name().text(), List.of(here)));
        assertThat(grants.ofUser(acme.id(), ann.id()))
                .isEqualTo(java.util.Map.of(acme.name().text(), List.of()));
    }

    @Test
    void theHubsAdministratorsHaveNothingInATenantButMayGiveThemselves() {
        String name = unique("ops").text();
        User ops = users.create(Actor.HUB, TenantId.SYSTEM, new Name(name), PASSWORD);
        Principal admin = signIns.signIn(name, PASSWORD, FROM, null).principal();
        assertThat(decide.decide(admin, acme.id(), Act.TENANT_SEE).allowed()).isFalse();
        Grant system =
                grants.give(
                        Actor.HUB, TenantId.SYSTEM, wanted(ops.id().text(), Role.ADMIN, "", ""));
        assertThat(decide.decide(admin, acme.id(), Act.TENANTS_MANAGE).allowed()).isTrue();
        assertThat(decide.decide(admin, acme.id(), Act.TENANT_SEE).allowed()).isTrue();
        for (Act act : Act.values()) {
            if (act.scope() == Act.Scope.TENANT || act.scope() == Act.Scope.NODE) {
                assertThat(decide.decide(admin, acme.id(), act).allowed())
                        .describedAs(act.label())
                        .isEqualTo(act == Act.TENANT_SEE || act == Act.GRANTS_MANAGE);
            }
        }
        assertThat(tenants.of(admin)).extracting(t -> t.name().text()).containsExactly("system");
        // Not for the tenant's own users.
        rejects(
                Code.NOT_FOUND,
                () -> grants.add(admin, FROM, acme.id(), wanted("ann", Role.ADMIN, "", "*")));
        Grant own =
                grants.add(admin, FROM, acme.id(), wanted(name + "@system", Role.ADMIN, "", "*"));
        assertThat(own.userName()).isEqualTo(name + "@system");
        assertThat(decide.decide(admin, acme.id(), Act.AUDIT_SEE).allowed()).isTrue();
        assertThat(tenants.of(admin)).contains(acme);
        assertThat(audit.after(acme.id(), AuditFilter.ALL, 0, 100))
                .anyMatch(r ->
                        r.entry().act().equals("grant.create")
                                && r.entry().actor().who().equals(name + "@system"));
        // The last administrator of the hub stays.
        rejects(Code.CONFLICT, () -> grants.remove(admin, FROM, TenantId.SYSTEM, system.id()));
        rejects(Code.CONFLICT, () -> users.disable(Actor.HUB, TenantId.SYSTEM, ops.id()));
        rejects(Code.CONFLICT, () -> users.remove(Actor.HUB, TenantId.SYSTEM, ops.id()));
        users.setPassword(Actor.HUB, TenantId.SYSTEM, ops.id(), PASSWORD);
        User second = users.create(Actor.HUB, TenantId.SYSTEM, unique("second"), PASSWORD);
        grants.give(Actor.HUB, TenantId.SYSTEM, wanted(second.id().text(), Role.ADMIN, "", ""));
        users.remove(Actor.HUB, TenantId.SYSTEM, ops.id());
        assertThat(grants.page(acme.id(), null, 10)).isEmpty();
    }

    @Test
    void aRemovedTenantIsGone() {
        SignedIn here = signIn(ann);
        rejects(Code.CONFLICT, () -> tenants.create(Actor.HUB, acme.name()));
        assertThat(tenants.find(acme.name().text())).contains(acme);
        assertThat(tenants.find(acme.id().text())).contains(acme);
        tenants.disable(Actor.HUB, acme.id());
        assertThat(told).containsExactly("all The tenant " + acme.name() + " was removed.");
        assertThat(authenticate.bearer(here.token())).isEmpty();
        rejects(Code.WRONG_CREDENTIALS, () -> signIn(ann));
        tenants.remove(Actor.HUB, acme.id());
        assertThat(tenants.find(acme.name().text())).isEmpty();
        assertThat(tenants.find(acme.id().text())).isEmpty();
        rejects(Code.NOT_FOUND, () -> tenants.remove(Actor.HUB, acme.id()));
        rejects(Code.CONFLICT, () -> tenants.remove(Actor.HUB, TenantId.SYSTEM));
        // The name is free again; nothing of the old one comes back.
        Tenant again = tenants.create(Actor.HUB, acme.name());
        assertThat(again.id()).isNotEqualTo(acme.id());
        assertThat(users.page(again.id(), null, 10)).isEmpty();
        assertThat(
                        audit.before(
                                TenantId.SYSTEM,
                                new AuditFilter("tenant.*", null, null, null, null),
                                Long.MAX_VALUE,
                                100))
                .anyMatch(r ->
                        r.entry().act().equals("tenant.remove")
                                && acme.name().text().equals(r.entry().subject()));
    }

    @Test
    void usersByName() {
        users.create(Actor.HUB, acme.id(), new Name("bob"), PASSWORD);
        rejects(Code.CONFLICT, () -> users.create(Actor.HUB, acme.id(), new Name("bob"), PASSWORD));
        rejects(
                Code.INVALID_REQUEST,
                () -> users.create(Actor.HUB, acme.id(), new Name("cy"), "short"));
        assertThat(users.page(acme.id(), null, 1))
                .extracting(User::name)
                .containsExactly(ann.name());
        assertThat(users.page(acme.id(), ann.name(), 5))
                .extracting(u -> u.name().text())
                .containsExactly("bob");
        assertThat(users.find(acme.id(), "ann")).contains(ann);
        assertThat(users.find(acme.id(), ann.id().text())).contains(ann);
        assertThat(users.find(acme.id(), null)).isEqualTo(Optional.empty());
    }

    private static Grants.Wanted wanted(String user, Role role, String selector, String... logins) {
        List<String> list = logins.length == 1 && logins[0].isEmpty() ? List.of() : List.of(logins);
        return new Grants.Wanted(user, role, Selector.parse(selector), new Logins(list));
    }
}
