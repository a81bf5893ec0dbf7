package dev.fairlead.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Clocks that differ; here it is the hub's that is set, which to a machine is the same as if its
/// own were off.
@Timeout(180)
class WrongClockTest {

    @TempDir Path folder;

    private Lab lab(Duration ahead) throws Exception {
        return new Lab(folder, UnaryOperator.identity(), ahead);
    }

    /// Times are judged by the hub's clock, nodes trust no certificate's dates, and certificates
    /// begin a day early.
    @Test
    void byHoursNobodyCares() throws Exception {
        try (var lab = lab(Duration.ofHours(5))) {
            var node = lab.agent(Lab.TENANT, "node");
            var person = lab.cli("admin");
            assertThat(person.ok("exec", node.name(), "--", "echo", "in time"))
                    .isEqualTo("in time\n");
            assertThat(person.ok("nodes")).contains(node.name()).contains("online");
        }
    }

    @Test
    void byMoreThanCertificatesAllowTheClockIsNamed() throws Exception {
        try (var lab = lab(Duration.ofDays(4))) {
            // A node trusts no certificate's dates, even now.
            LabAgent.join(lab, Lab.TENANT, folder.resolve("node"), "");

            try (var person = new LabCli(folder.resolve("home"))) {
                var ran =
                        person.run(
                                Lab.PASSWORD,
                                "login",
                                lab.hub().url() + "#" + lab.hub().fingerprint(),
                                "--user",
                                "admin",
                                "--password-stdin");
                assertThat(ran.exit()).isEqualTo(7);
                assertThat(ran.err())
                        .contains("(issued by CN=Fairlead CA of localhost")
                        .contains("is not yet valid: it counts from")
                        .contains("this machine's clock says 20")
                        .contains("Check the clock first");
            }
        }
    }
}
