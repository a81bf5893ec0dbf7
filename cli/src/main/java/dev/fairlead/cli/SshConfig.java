package dev.fairlead.cli;

import dev.fairlead.cli.api.HubApi;
import dev.fairlead.cli.api.Query;
import dev.fairlead.cli.ssh.SshInclude;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/// Lets everything that uses OpenSSH reach nodes by name.
@Command(
        name = "ssh-config",
        description = {
            "Write OpenSSH's settings for the nodes and the keys of the tenants' host CAs, and print the settings.",
            "With --install, ssh, scp, sftp, rsync, git, Ansible and editors reach NODE.TENANT.fairlead."
        })
final class SshConfig implements Callable<Integer> {

    private final Fairlead fairlead;

    @Option(
            names = "--install",
            description =
                    "Include the settings at the top of ~/.ssh/config instead of printing them.")
    private boolean install;

    @Option(names = "--remove", description = "Take them out of ~/.ssh/config again.")
    private boolean remove;

    SshConfig(Fairlead fairlead) {
        this.fairlead = fairlead;
    }

    @Override
    public Integer call() {
        var terminal = fairlead.terminal();
        var include = SshInclude.of(fairlead.parts().home());
        if (remove) {
            terminal.note(
                    include.remove()
                            ? "Took Fairlead's line out of " + include.userConfig() + "."
                            : include.userConfig() + " has no line of Fairlead's.");
            return Exit.OK.code();
        }
        var files = fairlead.sshFiles();
        files.writeConfig(fairlead.parts().launcher());
        try (var api = fairlead.api()) {
            var tenants = api.list(HubApi.path("tenants"), Query.NONE);
            files.trust(tenants.stream().flatMap(t -> caLine(api, t).stream()).toList());
        }
        if (!install) {
            terminal.out().print(files.configText(fairlead.parts().launcher()));
            return Exit.OK.code();
        }
        terminal.note(
                include.install(files.config())
                        ? "Put an Include line at the top of " + include.userConfig() + "."
                        : include.userConfig() + " includes " + files.config() + " already.");
        terminal.note("Now: ssh NODE." + fairlead.tenant() + ".fairlead");
        return Exit.OK.code();
    }

    /// The hub's staff sees tenants that it may not work in: those have no nodes for it.
    private static Optional<String> caLine(HubApi api, JsonNode tenant) {
        try {
            return Optional.of(
                    api.get(HubApi.path("tenants", tenant.path("name").asString(""), "ssh-host-ca"))
                            .path("knownHostsLine")
                            .asString(""));
        } catch (CliException e) {
            if (e.exit() == Exit.DENIED || e.exit() == Exit.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
