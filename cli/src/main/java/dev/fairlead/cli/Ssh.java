package dev.fairlead.cli;

import dev.fairlead.cli.api.HubApi;
import dev.fairlead.cli.ssh.HostName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// A shell on a node, by the system's own OpenSSH.
@Command(
        name = "ssh",
        description = {
            "Open a shell on a node, or run a command line in its shell.",
            "It is the system's ssh, told how to reach the node; it needs no key and no password.",
            "Options go before NODE. For all of ssh's own options: fairlead ssh-config --install, then ssh"
                    + " NODE.TENANT.fairlead."
        })
final class Ssh implements Callable<Integer> {

    private final Fairlead fairlead;

    @Option(names = "-t", description = "A terminal also for a command.")
    private boolean terminal;

    @Option(names = "-A", description = "Let the node use your ssh-agent while you are connected.")
    private boolean agent;

    @Option(names = "-N", description = "No shell, only the ports of -L, -R and -D.")
    private boolean portsOnly;

    @Option(
            names = "-L",
            paramLabel = "[BIND:]PORT:HOST:PORT",
            description = "A port here that leads to HOST:PORT as seen from the node.")
    private List<String> local = List.of();

    @Option(
            names = "-R",
            paramLabel = "[BIND:]PORT:HOST:PORT",
            description = "A port at the node that leads to HOST:PORT as seen from here.")
    private List<String> remote = List.of();

    @Option(
            names = "-D",
            paramLabel = "[BIND:]PORT",
            description = "A SOCKS proxy here that connects from the node.")
    private List<String> dynamic = List.of();

    @Option(
            names = "--no-resume",
            description = "Let the shell end with the link (or FAIRLEAD_RESUME=off).")
    private boolean noResume;

    @Option(names = "-v", description = "Show what ssh does.")
    private boolean verbose;

    @Parameters(
            index = "0",
            paramLabel = "[USER@]NODE",
            description = "The node, and the login there; the node's default login when left out.")
    private String node = "";

    @Parameters(
            index = "1..*",
            paramLabel = "CMD",
            description = "A command line for the login's shell.")
    private List<String> command = List.of();

    Ssh(Fairlead fairlead) {
        this.fairlead = fairlead;
    }

    @Override
    public Integer call() {
        int at = node.lastIndexOf('@');
        String login = at < 0 ? null : Names.login(node.substring(0, at));
        var host = host(node.substring(at + 1));
        var files = fairlead.sshFiles();
        files.writeConfig(fairlead.parts().launcher());
        if (!files.knows(host.tenant())) {
            try (var api = fairlead.api()) {
                files.trust(
                        List.of(
                                api.get(HubApi.path("tenants", host.tenant(), "ssh-host-ca"))
                                        .path("knownHostsLine")
                                        .asString("")));
            }
        }
        return run(argv(files.config().toString(), login, host), noResume);
    }

    /// A name may be whole already; an id has a name that the hub knows.
    private HostName host(String typed) {
        if (typed.endsWith(HostName.SUFFIX)) {
            return HostName.parse(typed);
        }
        String name = Names.node(typed);
        if (!Names.isLabel(name)) {
            try (var api = fairlead.api()) {
                name = api.get(fairlead.inTenant("nodes", name)).path("name").asString("");
            }
        }
        return new HostName(Names.label("node", name), fairlead.tenant());
    }

    List<String> argv(String config, @Nullable String login, HostName host) {
        var argv = new ArrayList<>(List.of("ssh", "-F", config));
        flag(argv, "-t", terminal);
        flag(argv, "-A", agent);
        flag(argv, "-N", portsOnly);
        flag(argv, "-v", verbose);
        local.forEach(port -> argv.addAll(List.of("-L", port)));
        remote.forEach(port -> argv.addAll(List.of("-R", port)));
        dynamic.forEach(port -> argv.addAll(List.of("-D", port)));
        if (login != null) {
            argv.addAll(List.of("-l", login));
        }
        argv.add("--");
        argv.add(host.toString());
        argv.addAll(command);
        return argv;
    }

    private static void flag(List<String> argv, String flag, boolean wanted) {
        if (wanted) {
            argv.add(flag);
        }
    }

    private static int run(List<String> argv, boolean noResume) {
        // Ctrl-C is for ssh, which shares the terminal; this process waits for what it makes of it.
        Signals.leaveInterruptToChild();
        try {
            var ssh = new ProcessBuilder(argv).inheritIO();
            if (noResume) {
                // For `fairlead proxy`, which ssh starts.
                ssh.environment().put("FAIRLEAD_RESUME", "off");
            }
            return ssh.start().waitFor();
        } catch (IOException e) {
            throw new CliException(
                    Exit.FAILED,
                    "ssh could not be started: " + e.getMessage() + ".",
                    "Install OpenSSH's client: apt install openssh-client");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Exit.FAILED.code();
        }
    }
}
