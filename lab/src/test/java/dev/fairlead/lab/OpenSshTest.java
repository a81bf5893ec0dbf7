package dev.fairlead.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fairlead.cli.api.HubApi;
import dev.fairlead.lab.Programs.Ran;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The programs of OpenSSH and what stands on them, unchanged, over the settings that the command
/// line writes.
@Timeout(300)
@Tag("long")
class OpenSshTest {

    /// One GiB with `-Dfairlead.long=true`.
    private static final long LARGE = Boolean.getBoolean("fairlead.long") ? 1L << 30 : 64L << 20;

    private static final long SMALL = 4L << 20;

    @TempDir(factory = ShortFolder.class)
    static Path folder;

    private static Lab lab;
    private static LabAgent node;
    private static LabCli admin;

    @BeforeAll
    static void start() throws Exception {
        lab = new Lab(folder);
        node = lab.agent(Lab.TENANT, "node");
        admin = lab.cli("admin");
        admin.ok("ssh-config");
    }

    @AfterAll
    static void stop() throws Exception {
        lab.close();
        await().atMost(30, TimeUnit.SECONDS)
                .untilAsserted(() ->
                        assertThat(ProcessHandle.allProcesses())
                                .as("shared connections and their sockets")
                                .noneMatch(process ->
                                        process.info()
                                                .commandLine()
                                                .orElse("")
                                                .contains(folder.toString())));
    }

    private static String config() {
        return admin.sshConfig().toString();
    }

    private static Path file(String name, long size) throws Exception {
        var random = new Random(name.hashCode());
        byte[] bytes = new byte[1 << 20];
        var file = folder.resolve(name);
        try (var out = Files.newOutputStream(file)) {
            for (long written = 0; written < size; written += bytes.length) {
                random.nextBytes(bytes);
                out.write(bytes);
            }
        }
        return file;
    }

    private static String ssh(String... command) throws Exception {
        return sshRun(command).ok();
    }

    private static Ran sshRun(String... command) throws Exception {
        var argv = new ArrayList<>(List.of("ssh", "-F", config(), node.host()));
        argv.addAll(List.of(command));
        return admin.program("", argv.toArray(String[]::new));
    }

    /// `User fairlead` means the node's default login. The account here is in no other machine's
    /// list of users: it is in a list that only this command sees.
    @Test
    void anAccountThatTheNodeDoesNotKnow() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root: another account");
        var home = Files.createDirectories(folder.resolve("home-stranger"));
        try (var stranger =
                new Person(lab, "admin", Lab.TENANT, lab.signIn("admin"), new LabCli(home))) {
            var users =
                    Files.writeString(
                            folder.resolve("passwd"),
                            Files.readString(Path.of("/etc/passwd"))
                                    + "stranger:x:54321:54321::"
                                    + home
                                    + ":/bin/sh\n");
            run("chown", "-R", "54321:54321", home.toString());
            assumeTrue(
                    as(users, stranger, "test", "-r", Programs.LAUNCHER.toString()).exit() == 0,
                    "this clone lies where other accounts cannot read it");
            assertThat(as(users, stranger, "id", "-un").ok()).isEqualTo("stranger\n");
            assertThat(sshRun("id", "stranger").exit()).as("known at the node").isNotZero();
            var there =
                    as(
                            users,
                            stranger,
                            "ssh",
                            "-F",
                            stranger.cli().sshConfig().toString(),
                            node.host(),
                            "id -un; echo $FAIRLEAD_USER");
            assertThat(there.ok()).isEqualTo("root\nadmin@system\n");
        }
    }

    /// Runs a command as the stranger, with a list of users of its own.
    private static Ran as(Path users, Person stranger, String... command) throws Exception {
        var argv =
                new ArrayList<>(
                        List.of(
                                "unshare",
                                "--mount",
                                "sh",
                                "-c",
                                "mount --bind \"$0\" /etc/passwd && exec setpriv --reuid=54321"
                                        + " --regid=54321 --clear-groups \"$@\"",
                                users.toString()));
        argv.addAll(List.of(command));
        return stranger.cli().program("", argv.toArray(String[]::new));
    }

    private static void run(String... argv) throws Exception {
        admin.program("", argv).ok();
    }

    /// The second command starts no program and makes no connection.
    @Test
    void laterCommandsShareTheFirstOnesConnection() throws Exception {
        String session = ssh("echo", "$FAIRLEAD_SESSION");
        assertThat(session).startsWith("sess_");
        assertThat(ssh("echo", "$FAIRLEAD_SESSION")).isEqualTo(session);
        assertThat(admin.program("", "ssh", "-F", config(), "-O", "check", node.host()).err())
                .contains("Master running");
    }

    @Test
    void exitCodesAndSignals() throws Exception {
        assertThat(sshRun("exit 7").exit()).isEqualTo(7);
        assertThat(sshRun("no-such-command-at-all").exit()).isEqualTo(127);
        assertThat(sshRun("kill -TERM $$").exit()).isEqualTo(143);
        var ran = sshRun("echo out; echo err >&2; exit 3");
        assertThat(ran.out()).isEqualTo("out\n");
        assertThat(ran.err()).isEqualTo("err\n");
        assertThat(ran.exit()).isEqualTo(3);
    }

    @Test
    void aTerminalHasItsSizeAndItsKeys() throws Exception {
        try (var terminal =
                new LabTerminal(admin.environment(), 100, 30, "ssh", "-F", config(), node.host())) {
            terminal.type("stty size; echo rea''dy\n");
            terminal.sees("30 100");
            terminal.sees("ready");
            terminal.resize(81, 24);
            terminal.type(
                    "until test \"$(stty size)\" = '24 81'; do sleep 0.1; done; echo resi''zed\n");
            terminal.sees("resized");
            terminal.type("echo no''w; sleep 600\n");
            terminal.sees("now");
            terminal.type("\u0003");
            terminal.type("echo code-$?\n");
            terminal.sees("code-130");
            terminal.type("exit 5\n");
            assertThat(terminal.code()).isEqualTo(5);
        }
    }

    @Test
    void standardInputArrivesWhole() throws Exception {
        String text = "line\n".repeat(200_000);
        assertThat(admin.program(text, "ssh", "-F", config(), node.host(), "wc", "-c").ok().strip())
                .isEqualTo(Integer.toString(text.length()));
    }

    @Test
    void scpBothWaysKeepsEveryByte() throws Exception {
        var from = file("scp", LARGE);
        var there = node.folder().resolve("scp-there");
        var back = folder.resolve("scp-back");
        admin.program("", "scp", "-F", config(), from.toString(), node.host() + ":" + there).ok();
        assertThat(Files.mismatch(from, there)).isEqualTo(-1);
        admin.program("", "scp", "-F", config(), node.host() + ":" + there, back.toString()).ok();
        assertThat(Files.mismatch(from, back)).isEqualTo(-1);
    }

    @Test
    void sftpAndRsync() throws Exception {
        var from = file("sftp", SMALL);
        var there = node.folder().resolve("sftp-there");
        admin.program(
                        "put " + from + " " + there + "\n",
                        "sftp",
                        "-F",
                        config(),
                        "-b",
                        "-",
                        node.host())
                .ok();
        assertThat(Files.mismatch(from, there)).isEqualTo(-1);
        var synced = node.folder().resolve("rsync-there");
        admin.program(
                        "",
                        "rsync",
                        "-e",
                        "ssh -F " + config(),
                        from.toString(),
                        node.host() + ":" + synced)
                .ok();
        assertThat(Files.mismatch(from, synced)).isEqualTo(-1);
    }

    @Test
    void anAnsiblePlaybook() throws Exception {
        var play = Files.createDirectories(folder.resolve("play"));
        var there = node.folder().resolve("ansible");
        Files.writeString(play.resolve("hosts"), node.host() + "\n");
        Files.writeString(play.resolve("copied"), "byte for byte\n");
        Files.writeString(
                play.resolve("filled.j2"),
                "{{ ansible_facts['system'] }} {{ inventory_hostname }}\n");
        Files.writeString(
                play.resolve("play.yml"),
                """
                - hosts: all
                  gather_facts: true
                  gather_subset: [min]
                  tasks:
                    - file: {path: %1$s, state: directory}
                    - copy: {src: copied, dest: %1$s/copied}
                    - template: {src: filled.j2, dest: %1$s/filled}
                    - command: {cmd: wc -l %1$s/copied}
                      register: counted
                    - assert: {that: counted.stdout.startswith('1 ')}
                """
                        .formatted(there));
        var environment = new HashMap<>(admin.environment());
        environment.put("ANSIBLE_HOME", play.resolve("home").toString());
        environment.put("ANSIBLE_SSH_ARGS", "-F " + config());
        environment.put("ANSIBLE_REMOTE_TEMP", node.folder().resolve("ansible-tmp").toString());
        var ran =
                Programs.run(
                        Programs.builder(
                                environment,
                                List.of(
                                        "ansible-playbook",
                                        "-i",
                                        play.resolve("hosts").toString(),
                                        play.resolve("play.yml").toString())),
                        new byte[0],
                        Duration.ofMinutes(3));
        assertThat(ran.ok()).contains("unreachable=0", "failed=0");
        assertThat(Files.readString(there.resolve("copied"))).isEqualTo("byte for byte\n");
        assertThat(Files.readString(there.resolve("filled")))
                .isEqualTo("Linux " + node.host() + "\n");
    }

    @Test
    void gitClonesAndPushes() throws Exception {
        assumeTrue(Programs.isThere("git"), "git is not installed");
        var there = node.folder().resolve("repository.git");
        var here = folder.resolve("clone");
        var environment = new HashMap<>(admin.environment());
        environment.put("GIT_SSH_COMMAND", "ssh -F " + config());
        environment.put("GIT_CONFIG_NOSYSTEM", "1");
        git(environment, "init", "-q", "--bare", there.toString());
        git(environment, "clone", "-q", node.host() + ":" + there, here.toString());
        Files.write(here.resolve("file"), Files.readAllBytes(file("git", SMALL)));
        String clone = here.toString();
        git(environment, "-C", clone, "add", "file");
        git(
                environment,
                "-C",
                clone,
                "-c",
                "user.name=a",
                "-c",
                "user.email=a@example.com",
                "commit",
                "-q",
                "-m",
                "one");
        git(environment, "-C", clone, "push", "-q", "origin", "HEAD:main");
        assertThat(git(environment, "-C", clone, "rev-parse", "HEAD"))
                .isEqualTo(git(environment, "-C", there.toString(), "rev-parse", "main"));
    }

    private static String git(Map<String, String> environment, String... arguments)
            throws Exception {
        var argv = new ArrayList<>(List.of("git"));
        argv.addAll(List.of(arguments));
        return Programs.run(Programs.builder(environment, argv), new byte[0], Duration.ofMinutes(1))
                .ok();
    }

    /// By its new name at once, though the node had a certificate for the old one.
    @Test
    void aRenamedNodeIsReachedByItsNewName() throws Exception {
        String name = node.name();
        try (var api = lab.api(lab.signIn("admin"))) {
            String path = HubApi.path("tenants", Lab.TENANT, "nodes", node.node().id().text());
            api.patch(path, Map.of("name", "renamed"));
            try {
                assertThat(
                                admin.program(
                                                "",
                                                "ssh",
                                                "-F",
                                                config(),
                                                "renamed." + Lab.TENANT + ".fairlead",
                                                "echo",
                                                "there")
                                        .ok())
                        .isEqualTo("there\n");
            } finally {
                api.patch(path, Map.of("name", name));
            }
        }
    }

    /// Its keys are exchanged anew after each gigabyte, here megabyte, and the node has a
    /// certificate for another name by then.
    @Test
    void aSessionOutlivesARenameOfItsNode() throws Exception {
        String name = node.name();
        String line = "a line of 64 bytes, which are enough to see that nothing is lost\n";
        try (var api = lab.api(lab.signIn("admin"));
                var cat = Programs.start(admin.ssh(node.host(), "cat", "-o", "RekeyLimit=1M"))) {
            cat.type(line);
            cat.awaitOut(line);
            String path = HubApi.path("tenants", Lab.TENANT, "nodes", node.node().id().text());
            api.patch(path, Map.of("name", "called-otherwise"));
            try {
                var there = admin.ssh("called-otherwise." + Lab.TENANT + ".fairlead", "true");
                Programs.run(there, new byte[0], Duration.ofSeconds(60)).ok();
                cat.type(line.repeat(60_000));
                cat.process().outputWriter().close();
                assertThat(cat.exit(Duration.ofSeconds(100))).as(cat.err()).isZero();
                assertThat(cat.out()).isEqualTo(line.repeat(60_001));
            } finally {
                api.patch(path, Map.of("name", name));
            }
        }
    }

    @Test
    void forwardReachesAPortOfTheNode() throws Exception {
        try (var target = new ServerSocket(0, 5, java.net.InetAddress.getLoopbackAddress())) {
            Thread.startVirtualThread(() -> {
                try {
                    while (true) {
                        var socket = target.accept();
                        socket.getOutputStream().write("hello from the target".getBytes());
                        socket.close();
                    }
                } catch (java.io.IOException e) {
                    // The test is over.
                }
            });
            int port = Lab.freePort();
            var forward =
                    admin.fairlead(
                                    "forward",
                                    node.name(),
                                    port + ":127.0.0.1:" + target.getLocalPort())
                            .redirectErrorStream(true)
                            .redirectOutput(folder.resolve("forward.log").toFile())
                            .start();
            try {
                await().atMost(40, TimeUnit.SECONDS)
                        .ignoreExceptions()
                        .untilAsserted(() -> {
                            try (var socket = new Socket("127.0.0.1", port)) {
                                socket.setSoTimeout(30_000);
                                assertThat(new String(socket.getInputStream().readAllBytes()))
                                        .isEqualTo("hello from the target");
                            }
                        });
            } finally {
                forward.destroy();
                forward.waitFor(30, TimeUnit.SECONDS);
            }
        }
    }
}
