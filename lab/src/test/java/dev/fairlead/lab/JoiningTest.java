package dev.fairlead.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fairlead.hub.fleet.NodeFilter;
import dev.fairlead.hub.rbac.Logins;
import dev.fairlead.hub.rbac.Role;
import dev.fairlead.hub.rbac.Selector;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// How a machine becomes a node and ceases to be one, with the real programs at both ends.
@Timeout(240)
class JoiningTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir static Path folder;
    private static Lab lab;
    private static LabCli admin;
    private static LabCli operator;

    @BeforeAll
    static void start() throws Exception {
        lab = new Lab(folder);
        admin = lab.cli("admin");
        lab.user(Lab.TENANT, "olga", Role.OPERATOR, Selector.ALL, Logins.ANY);
        operator = lab.cli("olga@" + Lab.TENANT);
    }

    @AfterAll
    static void stop() throws Exception {
        lab.close();
    }

    private static LabMachine machine(String name) throws IOException {
        return new LabMachine(folder.resolve(name), Map.of());
    }

    private static String found(Path log, String pattern) {
        var found = Pattern.compile(pattern);
        await().atMost(PATIENCE)
                .until(() -> Files.exists(log) && found.matcher(Files.readString(log)).find());
        try {
            var matcher = found.matcher(Files.readString(log));
            assertThat(matcher.find()).isTrue();
            return matcher.group(1).strip();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String code(Path log) {
        return found(log, "pairing code: +(\\S+)\\s");
    }

    private static String fingerprint(Path log) {
        return found(log, "fingerprint: +([0-9a-f ]+)\\s*\n");
    }

    private static List<String> nodes() {
        return lab
                .hub()
                .services()
                .nodes()
                .list(lab.tenantId(Lab.TENANT), NodeFilter.ALL, labels -> true, null, 500)
                .stream()
                .map(node -> node.name().text())
                .toList();
    }

    @Test
    void aPairingIsApprovedElsewhereAndConfirmedAtTheMachine() throws Exception {
        var screen = folder.resolve("paired.screen");
        try (var machine = machine("paired");
                var person = new AtTerminal(machine, screen)) {
            String code = code(screen);
            String fingerprint = fingerprint(screen);

            // Nobody waits with another code, and nobody is approved for another fingerprint.
            var wrong = operator.fails("agent", "approve", "0000-0000", "--fingerprint", "0");
            assertThat(wrong.exit()).isEqualTo(5);
            assertThat(wrong.err()).contains("No machine waits with this code").contains("whole");
            var other = operator.fails("agent", "approve", code, "--fingerprint", "0".repeat(32));
            assertThat(other.exit()).isEqualTo(4);
            assertThat(other.err()).contains(fingerprint).contains("another fingerprint");
            var silent = operator.fails("agent", "approve", code);
            assertThat(silent.exit()).isEqualTo(2);
            assertThat(silent.err()).contains("--fingerprint");

            var approved =
                    operator.run(
                            "",
                            "agent",
                            "approve",
                            code,
                            "--fingerprint",
                            fingerprint,
                            "--name",
                            "paired");
            approved.ok();
            assertThat(approved.err()).contains(fingerprint).contains("Approved");

            found(screen, "(Join this hub\\?)");
            assertThat(Files.readString(screen))
                    .contains("approved by:   olga@" + Lab.TENANT)
                    .contains("tenant:        " + Lab.TENANT)
                    .contains(lab.hub().fingerprint().toString());
            assertThat(nodes()).doesNotContain("paired");
            person.types("y\n");
            assertThat(machine.ended(person.process)).isZero();
            assertThat(Files.readString(screen)).contains("this machine is the node paired");
            assertThat(nodes()).contains("paired");
        }
    }

    @Test
    void whoNamesTenantAndFingerprintIsNotAsked() throws Exception {
        try (var machine = machine("unasked")) {
            var joining = machine.start(pairing(machine, Lab.TENANT));
            operator.ok(
                    "agent",
                    "approve",
                    code(machine.log()),
                    "--fingerprint",
                    fingerprint(machine.log()),
                    "--name",
                    "unasked");

            assertThat(machine.ended(joining)).isZero();
            assertThat(nodes()).contains("unasked");
        }
    }

    @Test
    void anotherTenantThanTheMachineNamedIsDeclined() throws Exception {
        try (var machine = machine("elsewhere")) {
            var joining = machine.start(pairing(machine, "another"));
            operator.ok(
                    "agent",
                    "approve",
                    code(machine.log()),
                    "--fingerprint",
                    fingerprint(machine.log()),
                    "--name",
                    "elsewhere");

            assertThat(machine.ended(joining)).isEqualTo(1);
            assertThat(Files.readString(machine.log()))
                    .contains("not the tenant another")
                    .contains("not confirmed");
            assertThat(machine.state().resolve("state.json")).doesNotExist();
            assertThat(nodes()).doesNotContain("elsewhere");
        }
    }

    @Test
    void aDeniedMachineIsToldSo() throws Exception {
        try (var machine = machine("denied")) {
            var joining = machine.start(pairing(machine, Lab.TENANT));
            String code = code(machine.log());
            operator.ok("agent", "deny", code);

            assertThat(machine.ended(joining)).isEqualTo(77);
            assertThat(Files.readString(machine.log()))
                    .contains("pairing-denied")
                    .contains("turned this machine away");
            assertThat(operator.fails("agent", "approve", code, "--fingerprint", "0").exit())
                    .isEqualTo(5);
            assertThat(admin.ok("audit", "--json")).contains("pairing.deny");
        }
    }

    private static List<String> pairing(LabMachine machine, String tenant) {
        return machine.command(
                "join",
                "--hub",
                lab.hub().url().toString(),
                "--tenant",
                tenant,
                "--hub-fingerprint",
                lab.hub().fingerprint().toString());
    }

    @Test
    void aReplacementTakesThePlaceAndTheOldKeyIsCutAtOnce() throws Exception {
        var old = lab.agent(Lab.TENANT, "old");
        String line = admin.ok("token", "create", "--replace", old.name(), "--join");
        String token = line.replaceAll("(?s).*(flt_\\S+).*", "$1");
        try (var machine = machine("new")) {
            assertThat(machine.agent(token + "\n", "join", "--token-stdin").ok())
                    .contains("this machine is the node " + old.name() + " of");

            assertThat(old.process().waitFor(30, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
            assertThat(old.process().exitValue()).isEqualTo(77);
            assertThat(Files.readString(old.log())).contains("took the place of this node");
            var again = old.command("", "run");
            assertThat(again.exit()).isEqualTo(77);
            assertThat(again.err()).contains("took the place of this node");

            machine.run();
            old.awaitOnline();
            assertThat(admin.ok("exec", old.name(), "--", "echo", "new")).isEqualTo("new\n");
            assertThat(admin.ok("audit", "--json", "--act", "node.replace")).contains(old.name());
        }
    }

    @Test
    void aRemovedNodeIsCutAtOnceAndStaysDown() throws Exception {
        var node = lab.agent(Lab.TENANT, "removed");
        admin.ok("node", "rm", node.name(), "--yes");

        assertThat(node.process().waitFor(30, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
        assertThat(node.process().exitValue()).isEqualTo(77);
        assertThat(Files.readString(node.log()))
                .contains("removed")
                .contains("fairlead agent leave")
                .contains("fairlead agent join");
        var again = node.command("", "run");
        assertThat(again.exit()).isEqualTo(77);
        assertThat(again.err()).contains("removed");
        assertThat(node.command("", "status").out()).contains("removed");

        // To come back it leaves first; the hub has nothing to be told.
        var joined = node.command(lab.enrolmentToken(Lab.TENANT) + "\n", "join", "-");
        assertThat(joined.exit()).as(joined.toString()).isEqualTo(1);
        assertThat(joined.err()).contains("the hub has removed").contains("fairlead agent leave");
        node.command("", "leave").ok();
        String token = lab.enrolmentToken(Lab.TENANT);
        assertThat(node.command(token + "\n", "join", "-").ok()).contains("Joined");
        assertThat(node.command(token + "\n", "join", "-").ok())
                .contains("already; the token was not used")
                .doesNotContain("Joined");
    }

    @Test
    void aNodeThatLeavesIsGoneAtBothEnds() throws Exception {
        var node = lab.agent(Lab.TENANT, "leaver");
        var left = node.command("", "leave");

        left.ok();
        assertThat(nodes()).doesNotContain(node.name());
        assertThat(node.folder().resolve("state/agent.key")).doesNotExist();
        assertThat(admin.ok("audit", "--json", "--act", "node.remove")).contains(node.name());
        assertThat(node.process().waitFor(30, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
        var run = node.command("", "run");
        assertThat(run.exit()).isEqualTo(78);
        assertThat(run.err()).contains("has not joined a hub");
    }

    /// `fairlead agent join` at a terminal, with a person who reads and types.
    private static final class AtTerminal implements AutoCloseable {

        private final Process process;
        private final ByteArrayOutputStream shown = new ByteArrayOutputStream();

        AtTerminal(LabMachine machine, Path screen) throws IOException {
            var script = Files.createTempFile(folder, "join", ".sh");
            Files.writeString(
                    script,
                    "exec "
                            + String.join(
                                    " ",
                                    machine.command("join", "--hub", lab.hub().url().toString()))
                            + "\n");
            process =
                    Programs.builder(
                                    Map.of("HOME", folder.toString()),
                                    List.of("script", "-qec", "sh " + script, "/dev/null"))
                            .redirectErrorStream(true)
                            .start();
            Thread.startVirtualThread(() -> {
                try (var out = process.getInputStream()) {
                    byte[] some = new byte[4096];
                    for (int n = out.read(some); n >= 0; n = out.read(some)) {
                        shown.write(some, 0, n);
                        Files.write(screen, shown.toByteArray());
                    }
                } catch (IOException e) {
                    // It is over.
                }
            });
        }

        void types(String text) throws IOException {
            process.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        }

        @Override
        public void close() throws Exception {
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroyForcibly().waitFor();
        }
    }
}
