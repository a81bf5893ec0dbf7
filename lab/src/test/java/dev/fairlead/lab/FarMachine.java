package dev.fairlead.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.lab.Programs.Ran;
import java.io.IOException;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Assumptions;

/// A machine of its own for a test: network, processes, name, and whatever it writes below /etc,
/// /opt, /root, /run and /var are its own; a virtual cable leads to this machine, and a firewall
/// stands in front of it.
///
/// Nothing of it has a name in the system. It ends with its standard input, so that all of it is
/// gone when this process is, however that ended.
final class FarMachine implements AutoCloseable {

    /// Nothing comes in; only what it began is answered.
    static final String NOBODY_GETS_IN =
            """
            table inet fw {
              chain in {
                type filter hook input priority 0; policy drop;
                ct state established accept
                iif lo accept
              }
            }
            """;

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /// Everything below these folders can be changed there without being changed here.
    private static final String SETUP =
            """
            set -e
            stage=$1
            mount -t tmpfs far "$stage"
            for folder in etc opt root var; do
              mkdir -p "$stage/$folder/changed" "$stage/$folder/work"
              mount -t overlay far -o "lowerdir=/$folder,upperdir=$stage/$folder/changed,workdir=$stage/$folder/work" "/$folder"
            done
            mount -t tmpfs far /run
            echo "$2" >/proc/sys/kernel/hostname
            echo '127.0.0.1 localhost' >/etc/hosts
            : >/etc/resolv.conf
            rm -rf /opt/fairlead /etc/fairlead /var/lib/fairlead
            ip link set lo up
            echo ready
            cat >/dev/null
            """;

    private final Process process;
    private final ProcessHandle init;
    private final Path stage;
    private final String name;
    private final String near;
    private final String far;

    private FarMachine(
            Process process, ProcessHandle init, Path stage, String name, String near, String far) {
        this.process = process;
        this.init = init;
        this.stage = stage;
        this.name = name;
        this.near = near;
        this.far = far;
    }

    /// Skips the test where such a machine cannot be made.
    static void assumePossible() throws Exception {
        Assumptions.assumeTrue(
                System.getProperty("user.name").equals("root"),
                "a second machine is a network namespace, which only root can make: run this as root");
        Assumptions.assumeTrue(
                new ProcessBuilder("unshare", "--net", "--mount", "--pid", "--fork", "true")
                                .start()
                                .waitFor()
                        == 0,
                "this root may not make namespaces (a container without CAP_SYS_ADMIN?)");
    }

    /// The first three numbers of a network that nobody here uses.
    private static String unusedNetwork() throws IOException {
        var random = RandomGenerator.getDefault();
        while (true) {
            String network = "10." + random.nextInt(200, 250) + "." + random.nextInt(256) + ".";
            if (NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .noneMatch(a -> a.getHostAddress().startsWith(network))) {
                return network;
            }
        }
    }

    /// @param folder an empty one
    /// @param firewall for nft, in front of the far machine
    static FarMachine start(Path folder, String firewall) throws Exception {
        Files.createDirectories(folder);
        String network = unusedNetwork();
        String name = "far-" + HexFormat.of().toHexDigits(RandomGenerator.getDefault().nextInt());
        var process =
                new ProcessBuilder(
                                "unshare",
                                "--net",
                                "--mount",
                                "--pid",
                                "--uts",
                                "--fork",
                                "--mount-proc",
                                "--propagation",
                                "private",
                                "--kill-child",
                                "sh",
                                "-c",
                                SETUP,
                                "sh",
                                folder.toString(),
                                name)
                        .redirectErrorStream(true)
                        .start();
        try {
            assertThat(process.inputReader().readLine()).isEqualTo("ready");
            var init = process.children().findFirst().orElseThrow();
            var machine = new FarMachine(process, init, folder, name, network + "1", network + "2");
            machine.connect(firewall);
            return machine;
        } catch (Exception | Error e) {
            process.destroyForcibly();
            throw e;
        }
    }

    /// The cable goes when one end goes, and that is the machine's.
    private void connect(String firewall) throws Exception {
        String here = name.replace("far-", "flt");
        here(
                "ip",
                "link",
                "add",
                here,
                "type",
                "veth",
                "peer",
                "name",
                "near",
                "netns",
                Long.toString(init.pid()));
        here("ip", "address", "add", near + "/30", "dev", here);
        here("ip", "link", "set", here, "up");
        run("", "ip", "address", "add", far + "/30", "dev", "near").ok();
        run("", "ip", "link", "set", "near", "up").ok();
        run(firewall, "nft", "-f", "-").ok();
    }

    private static void here(String... command) throws Exception {
        Programs.run(new ProcessBuilder(command), new byte[0], PATIENCE).ok();
    }

    /// What it calls itself.
    String name() {
        return name;
    }

    /// This machine, as seen from there.
    String near() {
        return near;
    }

    /// Its own address.
    String far() {
        return far;
    }

    /// Runs a program there as root; nothing of this process's environment but the path is known to
    /// it.
    Ran run(String stdin, String... command) throws Exception {
        return Programs.run(
                builder(Map.of(), command), stdin.getBytes(StandardCharsets.UTF_8), PATIENCE);
    }

    ProcessBuilder builder(Map<String, String> environment, String... command) {
        var all =
                new ArrayList<>(
                        List.of(
                                "nsenter",
                                "--target",
                                Long.toString(init.pid()),
                                "--net",
                                "--mount",
                                "--pid",
                                "--uts",
                                "--",
                                "sh",
                                "-c",
                                "cd /root && exec \"$@\"",
                                "sh"));
        all.addAll(List.of(command));
        var builder = new ProcessBuilder(all);
        builder.environment()
                .keySet()
                .retainAll(java.util.Set.of("PATH", "JAVA_HOME", "LANG", "LC_ALL"));
        builder.environment()
                .putAll(
                        Map.of(
                                "HOME",
                                "/root",
                                "TMPDIR",
                                "/var/tmp",
                                "FAIRLEAD_NO_BUILD",
                                "1",
                                "NO_COLOR",
                                "1"));
        builder.environment().putAll(environment);
        return builder;
    }

    /// The files below /etc, /opt, /root, /run and /var that are there and not here, or are
    /// otherwise there, but those that this class made.
    List<String> changed() throws Exception {
        String found =
                run(
                                "",
                                "sh",
                                "-c",
                                "cd \"$1\" && find */changed ! -type d ! -type c -printf '/%P\\n' | sed"
                                        + " 's,^/changed,,' && find /run -mindepth 1",
                                "sh",
                                stage.toString())
                        .ok();
        return found.lines()
                .filter(file -> !file.equals("/hosts") && !file.equals("/resolv.conf"))
                .sorted()
                .toList();
    }

    @Override
    public void close() throws Exception {
        process.getOutputStream().close();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            init.destroyForcibly();
            process.destroyForcibly().waitFor();
        }
    }
}
