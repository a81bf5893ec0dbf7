package dev.fairlead.hub.hostca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.db.TestDatabase;
import dev.fairlead.hub.fleet.Ground;
import dev.fairlead.hub.vault.MasterKey;
import dev.fairlead.hub.vault.Vault;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The certificates are judged by the real OpenSSH: `ssh-keygen -L` reads them, a real `sshd` shows
/// one, and a real `ssh` with `StrictHostKeyChecking yes` believes it by the one line in
/// `known_hosts`.
@NullUnmarked
class HostCaTest {

    @RegisterExtension static final TestDatabase DB = new TestDatabase();

    @TempDir private Path dir;

    private Ground ground;
    private HostCa ca;
    private Vault vault;
    private TenantId acme;
    private String acmeName;
    private NodeId node;

    @BeforeEach
    void setUp() throws Exception {
        ground = new Ground(DB.get());
        var random = new SecureRandom();
        vault = new Vault(MasterKey.open(dir.resolve("master.key"), random), random);
        ca = new HostCa(DB.get(), vault, ground.audit, ground.clock, random, Runnable::run);
        acmeName = "acme-" + System.nanoTime();
        acme = ground.tenant(acmeName);
        DB.get().useTenant(acme, vault::ensureKey);
        node = ground.node(acme, "web", Map.of()).node();
    }

    @Test
    void opensshReadsTheCertificate() throws Exception {
        String host = keygen("host");
        Instant now = ground.now.get();
        String line = ca.certify(acme, node, host);
        assertThat(line).endsWith(" web." + acmeName + ".fairlead");
        Path file = Files.writeString(dir.resolve("host-cert.pub"), line + "\n");

        String said = run("ssh-keygen", "-L", "-f", file.toString());

        assertThat(said)
                .contains("Type: ssh-ed25519-cert-v01@openssh.com host certificate")
                .contains("Public key: ED25519-CERT " + fingerprint(dir.resolve("host.pub")))
                .contains("Key ID: \"" + node.text() + "\"")
                .contains("Critical Options: (none)")
                .contains("Extensions: (none)");
        assertThat(said.replaceAll("\\s+", " "))
                .contains("Principals: web." + acmeName + ".fairlead Critical");
        Path caFile = Files.writeString(dir.resolve("ca.pub"), ca.trust(acme).publicKey() + "\n");
        assertThat(said)
                .contains("Signing CA: ED25519 " + fingerprint(caFile) + " (using ssh-ed25519)");
        var valid = Pattern.compile("Valid: from (\\S+) to (\\S+)").matcher(said);
        assertThat(valid.find()).isTrue();
        assertThat(at(valid.group(1)))
                .isEqualTo(now.minus(HostCa.BACK_DATED).truncatedTo(ChronoUnit.SECONDS));
        assertThat(at(valid.group(2)))
                .isEqualTo(now.plus(HostCa.GOOD_FOR).truncatedTo(ChronoUnit.SECONDS));
    }

    @Test
    void aRealClientBelievesARealServerByTheOneLineAndNoOther() throws Exception {
        String host = keygen("host");
        keygen("other");
        Files.writeString(dir.resolve("host-cert.pub"), ca.certify(acme, node, host) + "\n");
        String user = keygen("user");
        Files.writeString(dir.resolve("authorized_keys"), user + "\n");
        Path known =
                Files.writeString(
                        dir.resolve("known_hosts"), ca.trust(acme).knownHostsLine() + "\n");
        String name = "web." + acmeName + ".fairlead";

        assertThat(ssh("host", true, known, name)).contains("HELLO");
        // The same server by another name of the tenant: the certificate is not for it.
        assertThat(ssh("host", true, known, "db." + acmeName + ".fairlead"))
                .contains("Host key verification failed");
        // The name of the node, with a key that nobody certified.
        assertThat(ssh("other", false, known, name)).contains("Host key verification failed");
        // The CA of another tenant.
        TenantId other = ground.tenant("other-" + System.nanoTime());
        DB.get().useTenant(other, vault::ensureKey);
        Path foreign =
                Files.writeString(
                        dir.resolve("known_hosts_foreign"),
                        "@cert-authority *."
                                + acmeName
                                + ".fairlead "
                                + ca.trust(other).publicKey()
                                + "\n");
        assertThat(ssh("host", true, foreign, name)).contains("Host key verification failed");
    }

    /// What ssh says and what the server's command prints. The server is `sshd -i` behind a
    /// ProxyCommand, so there is no port.
    private String ssh(String hostKey, boolean certificate, Path known, String name)
            throws Exception {
        Path config =
                Files.writeString(
                        dir.resolve("sshd_config_" + hostKey),
                        """
                        HostKey %1$s/%2$s
                        %3$s
                        AuthorizedKeysFile %1$s/authorized_keys
                        StrictModes no
                        UsePAM no
                        PermitRootLogin yes
                        ForceCommand echo HELLO
                        PidFile none
                        """
                                .formatted(
                                        dir,
                                        hostKey,
                                        certificate
                                                ? "HostCertificate " + dir + "/host-cert.pub"
                                                : ""));
        return run(
                "ssh",
                "-F",
                "none",
                "-o",
                "ProxyCommand=" + server(config),
                "-o",
                "StrictHostKeyChecking=yes",
                "-o",
                "UserKnownHostsFile=" + known,
                "-o",
                "GlobalKnownHostsFile=none",
                "-o",
                "IdentitiesOnly=yes",
                "-o",
                "BatchMode=yes",
                "-i",
                dir.resolve("user").toString(),
                name);
    }

    /// As root sshd wants its folder in `/run`: it gets one that nobody else sees.
    private static String server(Path config) {
        String sshd = "exec /usr/sbin/sshd -i -f " + config;
        return "root".equals(System.getProperty("user.name"))
                ? "unshare -m sh -c 'mount -t tmpfs none /run && mkdir /run/sshd && " + sshd + "'"
                : sshd;
    }

    @Test
    void theKeyIsMadeOnceAndItsPrivateHalfIsSealed() throws Exception {
        List<Callable<String>> all = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            all.add(() -> ca.trust(acme).publicKey());
        }
        var keys = new HashSet<String>();
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var one : executor.invokeAll(all)) {
                keys.add(one.get());
            }
        }
        assertThat(keys).hasSize(1);
        assertThat(ground.acts(acme)).contains("ssh-host-ca.create 1");
        assertThat(ca.trust(acme).knownHostsLine())
                .isEqualTo(
                        "@cert-authority *."
                                + acmeName
                                + ".fairlead "
                                + ca.trust(acme).publicKey());
        try (var connection = DB.superuser();
                var statement = connection.createStatement();
                var row = statement.executeQuery("select sealed, public_key from ssh_host_ca")) {
            assertThat(row.next()).isTrue();
            // Whatever 32 bytes are taken of it, they are not the private key.
            byte[] sealed = row.getBytes(1);
            byte[] raw = SshHostKey.parse(row.getString(2)).raw();
            for (int i = 0; i + 32 <= sealed.length; i++) {
                byte[] seed = java.util.Arrays.copyOfRange(sealed, i, i + 32);
                byte[] made = new byte[32];
                Ed25519.generatePublicKey(seed, 0, made, 0);
                assertThat(made).isNotEqualTo(raw);
            }
        }
    }

    @Test
    void theNameIsTheOneThatTheNodeHasNow() throws Exception {
        String host = keygen("host");
        ground.nodes.change(Ground.ADMIN, acme, node, Ground.name("renamed"), Map.of());
        assertThat(ca.certify(acme, node, host)).endsWith(" renamed." + acmeName + ".fairlead");
        ground.nodes.remove(Ground.ADMIN, acme, node);
        assertThatThrownBy(() -> ca.certify(acme, node, host)).hasMessage("There is no such node.");
    }

    @Test
    void aNodeOfAnotherTenantIsNoneAtAll() throws Exception {
        String host = keygen("host");
        TenantId other = ground.tenant("other-" + System.nanoTime());
        NodeId foreign = ground.node(other, "web", Map.of()).node();
        for (NodeId id : List.of(foreign, NodeId.fresh())) {
            assertThatThrownBy(() -> ca.certify(acme, id, host))
                    .hasMessage("There is no such node.");
        }
    }

    @Test
    void answersTheCallOfAnAgent() throws Exception {
        String host = keygen("host");
        byte[] answer =
                ca.answer(
                        acme,
                        node,
                        ("{\"publicKey\": \"" + host + "\"}").getBytes(StandardCharsets.UTF_8));
        assertThat(new String(answer, StandardCharsets.UTF_8))
                .startsWith("{\"certificate\":\"ssh-ed25519-cert-v01@openssh.com AAAA");
        for (String bad :
                List.of(
                        "",
                        "{",
                        "[]",
                        "null",
                        "{}",
                        "{\"publicKey\": 7}",
                        "{\"publicKey\": null}")) {
            assertThatThrownBy(() -> ca.answer(acme, node, bad.getBytes(StandardCharsets.UTF_8)))
                    .isInstanceOf(Rejected.class);
        }
        assertThatThrownBy(() -> ca.answer(acme, node, new byte[100_000]))
                .isInstanceOf(Rejected.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ssh-ed25519",
                "ssh-ed25519 ",
                "ssh-ed25519 %%%%",
                "ssh-ed25519 AAAA",
                "ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "ssh-ed25519-cert-v01@openssh.com AAAA",
                // The neutral element: one signature would fit many messages.
                "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            })
    void hostileHostKeysAreRefused(String line) {
        assertThatThrownBy(() -> ca.certify(acme, node, line))
                .isInstanceOfSatisfying(
                        Rejected.class,
                        e -> assertThat(e.code()).isEqualTo(Rejected.Code.INVALID_REQUEST));
    }

    @Test
    void nothingMayHangOnToAHostKey() throws Exception {
        String host = keygen("host").split(" ")[1];
        byte[] blob = Base64.getDecoder().decode(host);
        byte[] more = java.util.Arrays.copyOf(blob, blob.length + 1);
        for (byte[] bad : List.of(more, java.util.Arrays.copyOf(blob, blob.length - 1))) {
            assertThatThrownBy(() ->
                            SshHostKey.parse(
                                    "ssh-ed25519 " + Base64.getEncoder().encodeToString(bad)))
                    .isInstanceOf(Rejected.class);
        }
        assertThatThrownBy(() -> SshHostKey.parse("ssh-ed25519 " + host + " " + "c".repeat(1_024)))
                .isInstanceOf(Rejected.class);
        assertThat(SshHostKey.parse("ssh-ed25519 " + host + " some comment").line())
                .isEqualTo("ssh-ed25519 " + host);
    }

    /// The public key's line.
    private String keygen(String name) throws Exception {
        run(
                "ssh-keygen",
                "-q",
                "-t",
                "ed25519",
                "-N",
                "",
                "-C",
                "c",
                "-f",
                dir.resolve(name).toString());
        return Files.readString(dir.resolve(name + ".pub")).strip();
    }

    private String fingerprint(Path file) throws Exception {
        return run("ssh-keygen", "-l", "-f", file.toString()).split(" ")[1];
    }

    private static Instant at(String text) {
        return LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
    }

    private String run(String... argv) throws Exception {
        Path output = Files.createTempFile(dir, "output", null);
        var builder =
                new ProcessBuilder(argv)
                        .redirectErrorStream(true)
                        .redirectInput(Path.of("/dev/null").toFile())
                        .redirectOutput(output.toFile());
        builder.environment().put("TZ", "UTC");
        var process = builder.start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).as(List.of(argv).toString()).isTrue();
        return Files.readString(output);
    }
}
