package dev.fairlead.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.hub.audit.Actor;
import dev.fairlead.hub.rbac.Logins;
import dev.fairlead.hub.rbac.Role;
import dev.fairlead.hub.rbac.Selector;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Every end of a right ends what lived by it, and the person sees why.
@Timeout(300)
class RightsTest {

    @TempDir static Path folder;
    private static Lab lab;
    private static LabAgent node;

    @BeforeAll
    static void start() throws Exception {
        lab = new Lab(folder);
        node = lab.agent(Lab.TENANT, "node");
    }

    @AfterAll
    static void stop() throws Exception {
        lab.close();
    }

    private static LabCli operator(String name) throws Exception {
        lab.user(Lab.TENANT, name, Role.OPERATOR, Selector.ALL, Logins.ANY);
        return lab.cli(name + "@" + Lab.TENANT);
    }

    /// Starts something that would last, takes the right away, and gives what the person saw.
    private static String cutBy(LabCli person, Runnable takeAway) throws Exception {
        var process =
                person.fairlead("exec", node.name(), "--", "sh", "-c", "echo started; sleep 60")
                        .start();
        try {
            assertThat(process.inputReader().readLine()).isEqualTo("started");
            takeAway.run();
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isNotZero();
            return new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void aWithdrawnGrant() throws Exception {
        var person = operator("gina");
        var tenant = lab.tenantId(Lab.TENANT);
        String seen =
                cutBy(
                        person,
                        () -> {
                            var grants = lab.hub().services().grants();
                            var user =
                                    lab.hub().services().users().find(tenant, "gina").orElseThrow();
                            for (var grant : grants.ofUser(tenant, tenant, user.id())) {
                                grants.remove(lab.administrator(), "127.0.0.1", tenant, grant.id());
                            }
                        });
        assertThat(seen).contains("grant");
        assertThat(person.fails("exec", node.name(), "--", "true").exit()).isNotZero();
    }

    @Test
    void aDisabledUser() throws Exception {
        var person = operator("dora");
        var tenant = lab.tenantId(Lab.TENANT);
        String seen =
                cutBy(
                        person,
                        () -> {
                            var users = lab.hub().services().users();
                            users.disable(
                                    Actor.HUB,
                                    tenant,
                                    users.find(tenant, "dora").orElseThrow().id());
                        });
        assertThat(seen).contains("disabled");
    }

    @Test
    void aSessionThatAnOperatorEnds() throws Exception {
        var person = operator("sam");
        var admin = lab.cli("admin");
        var process =
                person.fairlead("exec", node.name(), "--", "sh", "-c", "echo started; sleep 60")
                        .start();
        try {
            assertThat(process.inputReader().readLine()).isEqualTo("started");
            String id =
                    admin.ok("sessions", "--user", "sam@" + Lab.TENANT)
                            .lines()
                            .filter(line -> line.startsWith("sess_"))
                            .map(line -> line.split(" ")[0])
                            .findFirst()
                            .orElseThrow();
            admin.ok("session", "end", id);
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
            assertThat(new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
                    .contains("ended by");
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void whatIsNotGrantedIsNotToldApart() throws Exception {
        lab.tenant("other");
        lab.user("other", "olga", Role.ADMIN, Selector.ALL, Logins.ANY);
        var foreign = lab.cli("olga@other");
        var there = foreign.fails("--tenant", Lab.TENANT, "exec", node.name(), "--", "true");
        var nowhere = foreign.fails("--tenant", Lab.TENANT, "exec", "no-such-node", "--", "true");
        var noTenant =
                foreign.fails("--tenant", "no-such-tenant", "exec", node.name(), "--", "true");
        assertThat(there.exit()).isNotZero().isEqualTo(nowhere.exit()).isEqualTo(noTenant.exit());
        assertThat(there.err().replace(node.name(), "X").replace(Lab.TENANT, "T"))
                .isEqualTo(nowhere.err().replace("no-such-node", "X").replace(Lab.TENANT, "T"))
                .isEqualTo(noTenant.err().replace(node.name(), "X").replace("no-such-tenant", "T"));
    }
}
