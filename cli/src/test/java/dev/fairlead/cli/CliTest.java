package dev.fairlead.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What needs no hub: help, usage errors, exit codes.
class CliTest {

    @TempDir Path home;

    private CliRun run(String... args) {
        return new CliRun(home).run(args);
    }

    @Test
    void everyCommandOfTheIssueIsThere() {
        assertThat(Cli.commands(new CliRun(home).parts()).getSubcommands().keySet())
                .contains(
                        "login",
                        "logout",
                        "nodes",
                        "node",
                        "ssh",
                        "ssh-config",
                        "sessions",
                        "session",
                        "token",
                        "agent",
                        "audit",
                        "status",
                        "version",
                        "ports",
                        "tenant",
                        "user",
                        "grant",
                        "api-token",
                        "sign-in",
                        "terminal",
                        "view",
                        "completion");
    }

    @Test
    void helpGoesToStdoutAndIsNoError() {
        var run = run("nodes", "--help");

        assertThat(run.exit()).isZero();
        assertThat(run.out())
                .contains("Usage: fairlead nodes")
                .contains("--profile=NAME")
                .doesNotContain("\u001b");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void withoutACommandTheHelpIsShown() {
        assertThat(run().err() + run().out()).contains("Usage: fairlead");
        assertThat(run().exit()).isEqualTo(2);
        assertThat(run("node").exit()).isEqualTo(2);
    }

    @Test
    void anUnknownCommandNamesTheNearest() {
        var run = run("noeds");

        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("noeds").contains("next: Did you mean").contains("nodes");
    }

    @Test
    void anUnknownOptionPointsAtTheHelp() {
        var run = run("nodes", "--frobnicate");

        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("--frobnicate").contains("fairlead nodes --help");
    }

    @Test
    void withoutAProfileItSaysHowToSignIn() {
        var run = run("nodes");

        assertThat(run.exit()).isEqualTo(3);
        assertThat(run.err())
                .isEqualTo(
                        """
                        fairlead: Nobody is signed in: this user has no profile yet.
                          next: fairlead login https://HUB, or fairlead quickstart for a hub of your own
                        """);
    }

    @Test
    void namesAreCheckedBeforeTheyGoAnywhere() {
        for (String name : new String[] {"../x", "-oProxyCommand=x", "a b", "A", "$(id)"}) {
            assertThat(run("--profile=" + name, "nodes").exit()).as(name).isEqualTo(2);
        }
    }

    @Test
    void everyCommandIsFoundUnderItsOwnName() {
        var commands = Cli.commands(CliParts.ofProcess()).getSubcommands();
        commands.forEach((name, command) -> assertThat(command.getCommandName()).isEqualTo(name));
    }

    @Test
    void completionIsForBashAndZsh() {
        assertThat(run("completion", "bash").out()).contains("complete -F").contains("api-token");
        assertThat(run("completion", "fish").exit()).isEqualTo(2);
    }
}
