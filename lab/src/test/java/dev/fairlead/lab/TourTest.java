package dev.fairlead.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a new user does, with the real programs.
@Timeout(180)
class TourTest {

    @TempDir static Path folder;
    private static Lab lab;
    private static LabAgent node;
    private static LabCli admin;

    @BeforeAll
    @SuppressWarnings("NullAway") // set before every test
    static void start() throws Exception {
        lab = new Lab(folder);
        node = lab.agent(Lab.TENANT, "node");
        admin = lab.cli("admin");
    }

    @AfterAll
    static void stop() throws Exception {
        lab.close();
    }

    @Test
    void nodesAreListed() throws Exception {
        assertThat(admin.ok("nodes")).contains(node.name()).contains("online");
        assertThat(admin.ok("nodes", "--json")).contains("\"name\"");
    }

    @Test
    void sshRunsACommandAndGivesItsExitCode() throws Exception {
        assertThat(admin.ok("ssh", node.name(), "echo", "through", "the", "link"))
                .isEqualTo("through the link\n");
        assertThat(admin.fails("ssh", node.name(), "exit", "7").exit()).isEqualTo(7);
    }

    @Test
    void execKeepsOutputAndErrorsApartAndTakesInput() throws Exception {
        var ran =
                admin.run(
                        "some input",
                        "exec",
                        node.name(),
                        "--",
                        "sh",
                        "-c",
                        "cat; echo problem >&2; exit 3");
        assertThat(ran.exit()).isEqualTo(3);
        assertThat(ran.out()).isEqualTo("some input");
        assertThat(ran.err()).isEqualTo("problem\n");
    }

    @Test
    void aSessionIsRecorded() throws Exception {
        admin.ok("exec", node.name(), "--", "true");
        assertThat(admin.ok("sessions", "--all", "--json"))
                .contains("\"exec\"")
                .contains(node.name());
        assertThat(admin.ok("audit", "--json")).contains("session.start");
    }

    @Test
    void whySshIsTurnedAwayIsSaid() throws Exception {
        var nobody = admin.fails("ssh", "no-such-node", "true");
        assertThat(nobody.exit()).isEqualTo(255);
        assertThat(nobody.err()).contains("no such node");
        var login = admin.fails("ssh", "nobody-here@" + node.name(), "true");
        assertThat(login.exit()).isEqualTo(255);
        assertThat(login.err()).contains("nobody-here");
    }
}
