package dev.fairlead.cli.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.cli.CliException;
import dev.fairlead.cli.profile.Folder;
import dev.fairlead.cli.profile.Profile;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The configuration, as the real OpenSSH understands it.
class SshFilesTest {

    private static final String KEY =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKDl0nJAdDbGO7DE1l3Vq1yUoN0ldDkpYYrsfYJNqZ0I";
    private static final Launcher LAUNCHER = new Launcher(List.of("/opt/fair lead/100%/fairlead"));

    private final Profile profile =
            new Profile(
                    URI.create("https://hub.example"),
                    null,
                    null,
                    "ann@acme",
                    "acme",
                    "fls_x",
                    null);

    @TempDir Path dir;
    private SshFiles files;

    @BeforeEach
    void write() {
        files = new SshFiles(new Folder(dir), "default", profile);
        files.writeConfig(LAUNCHER);
    }

    @Test
    void openSshReadsWhatWasMeant() throws Exception {
        var settings = ssh("-G", "gpu-1.acme.fairlead");

        assertThat(settings)
                .contains(
                        "user fairlead",
                        "stricthostkeychecking true",
                        "globalknownhostsfile none",
                        "userknownhostsfile " + dir + "/ssh_known_hosts",
                        "controlmaster auto",
                        "controlpersist 600",
                        "pubkeyauthentication false",
                        "passwordauthentication no",
                        "proxycommand '/opt/fair lead/100%%/fairlead' proxy '%n' '%r'");
        assertThat(settings)
                .anyMatch(line ->
                        line.matches("controlpath " + dir + "/ssh/[0-9a-f]{8}-[0-9a-f]{40}"));
        assertThat(settings).anyMatch(line -> line.startsWith("ciphers aes128-gcm@openssh.com,"));
    }

    @Test
    void otherHostsAreLeftAlone() throws Exception {
        assertThat(ssh("-G", "example.org")).noneMatch(line -> line.startsWith("proxycommand"));
    }

    @Test
    void anotherProfileHasFilesAndConnectionsOfItsOwn() {
        var other = new SshFiles(new Folder(dir), "work", profile);

        assertThat(other.config()).isNotEqualTo(files.config());
        assertThat(other.knownHosts()).isNotEqualTo(files.knownHosts());
        assertThat(other.configText(LAUNCHER)).contains("proxy --profile work '%n' '%r'");
        assertThat(controlPath(other)).isNotEqualTo(controlPath(files));
    }

    @Test
    void aNameThatWouldLeaveTheQuotesRunsNothing() throws Exception {
        assertThat(ssh("-G", "a'; touch x; '.acme.fairlead"))
                .noneMatch(line -> line.contains("proxy '"));
        assertThat(ssh("-G", "-l", "a'; touch x; '", "gpu-1.acme.fairlead"))
                .noneMatch(line -> line.contains("proxy '"));
    }

    @Test
    void theShellSeesHostileNamesAsOneWord() throws Exception {
        var touched = dir.resolve("touched");
        var launcher = new Launcher(List.of("/bin/echo"));
        files.writeConfig(launcher);

        for (String host :
                List.of(
                        "$(touch " + touched + ").acme.fairlead",
                        "`touch " + touched + "`.acme.fairlead",
                        ";touch " + touched + ";.acme.fairlead",
                        "';touch " + touched + ";'.acme.fairlead")) {
            ssh(host);
            ssh("-l", host, "gpu-1.acme.fairlead");
        }

        assertThat(touched).doesNotExist();
    }

    @Test
    void aFolderWithALongPathGoesWithoutControlMaster() {
        var deep = new SshFiles(new Folder(dir.resolve("d".repeat(60))), "default", profile);

        assertThat(deep.configText(LAUNCHER))
                .doesNotContain("ControlMaster auto")
                .contains("too long");
    }

    @Test
    void aFolderThatOpenSshWouldMisreadIsRefused() {
        for (String name : List.of("a\"b", "a%b", "a*b", "a${HOME}b")) {
            var odd = new SshFiles(new Folder(dir.resolve(name)), "default", profile);
            assertThatThrownBy(() -> odd.configText(LAUNCHER)).isInstanceOf(CliException.class);
        }
    }

    @Test
    void hostCasAreKeptOnePerTenant() throws Exception {
        files.trust(List.of("@cert-authority *.acme.fairlead " + KEY));
        files.trust(
                List.of(
                        "@cert-authority *.acme.fairlead " + KEY,
                        "@cert-authority *.beta.fairlead " + KEY));

        assertThat(Files.readAllLines(files.knownHosts())).hasSize(2);
        assertThat(files.knows("acme")).isTrue();
        assertThat(files.knows("gamma")).isFalse();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(files.knownHosts())))
                .isEqualTo("rw-------");
    }

    @Test
    void aLineOfTheHubThatIsNoHostCaNeverReachesTheFile() {
        for (String line :
                List.of(
                        "@cert-authority * " + KEY,
                        "* " + KEY,
                        "@cert-authority *.acme.fairlead,* " + KEY,
                        "@cert-authority *.acme.fairlead " + KEY + "\n* " + KEY)) {
            assertThatThrownBy(() -> files.trust(List.of(line))).isInstanceOf(CliException.class);
        }
        assertThat(files.knownHosts()).doesNotExist();
    }

    private String controlPath(SshFiles of) {
        return of.configText(LAUNCHER)
                .lines()
                .filter(l -> l.contains("ControlPath"))
                .findFirst()
                .orElseThrow();
    }

    private List<String> ssh(String... args) throws Exception {
        var argv = new ArrayList<>(List.of("ssh", "-F", files.config().toString()));
        argv.addAll(List.of(args));
        var process =
                new ProcessBuilder(argv)
                        .redirectErrorStream(true)
                        .redirectInput(Path.of("/dev/null").toFile())
                        .start();
        var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return out.lines().toList();
    }
}
