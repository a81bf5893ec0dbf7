package dev.fairlead.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// `docs/cli.md` is what the program says of itself, so a changed help text shows in review. After
/// a wanted change: `mvn -pl cli -am test -Dtest=CliDocsTest
/// -Dsurefire.failIfNoSpecifiedTests=false -Dfairlead.docs.write=true`.
class CliDocsTest {

    private static final Path DOCS = Path.of("../docs/cli.md");

    private static final String HEAD =
            """
            # The command line

            Made from the help texts by `CliDocsTest`; change those.

            Options of `ssh` and `exec` stand before NODE; what follows is the command there. Where a command has `--json`, it prints what the API answers, with the API's field names
            (`hub/src/main/resources/openapi/fairlead.yaml`): an array for lists, one object per line with `--watch` and `--follow`. Without it, and on a terminal
            only, there are colours and relative times. Results go to stdout, everything said about them to stderr. Messages say what happened and
            why, and what to do next.

            ## Exit codes

            | code | meaning |
            |---|---|
            """;

    private static final String MIDDLE =
            """

            `exec` and `ssh` return the code of the remote program; 255 then means that the link broke for longer than the node keeps what runs there, and that what was printed may be incomplete.

            ## Environment and files

            | name | meaning |
            |---|---|
            | `FAIRLEAD_HOME` | the folder of profiles and SSH settings, instead of `~/.config/fairlead` |
            | `FAIRLEAD_INNER_TLS` | when `ssh`, `exec`, `forward` and `proxy` put a second TLS inside their link, which nobody in between can read: `auto` (where the certificate that they see is none of the hub's; the default), `always` or `never`. For this the profile needs the hub's fingerprint (`login https://HUB#FINGERPRINT`). What asks the hub's API (`nodes`, `audit` and so on) has the TLS outside only |
            | `FAIRLEAD_PROFILE` | the profile to use, as `--profile` |
            | `HTTPS_PROXY`, `NO_PROXY` | the way out through an HTTP proxy: `http://[USER:PASSWORD@]HOST:PORT`; this machine itself is never reached through it |
            | `FAIRLEAD_RESUME` | `off`: what runs over a link ends when the link breaks, as by `--no-resume`; otherwise shells, programs and connections go on over the next one |
            | `NO_COLOR` | no colours |
            | `FAIRLEAD_DEBUG` | stack traces of the program's own faults |

            `profiles.yaml` (mode 0600) has the hub's address and fingerprint, who is signed in, and the token; `NAME-ca.pem` the CA that a hub proved. `ssh_config` and
            `ssh_known_hosts` are OpenSSH's view of the profile `default`; those of another profile end in its name. What is in them is written anew when needed.

            ## Names in SSH

            After `fairlead ssh-config --install`, everything that uses OpenSSH reaches a node as `NODE.TENANT.fairlead`: ssh, scp, sftp, rsync, git, Ansible, editors. The
            node shows a host certificate of its tenant's CA; a node with another key is refused. No key and no password of yours is used or offered. The user
            name `fairlead`, which is the default there, means the node's default login. The first connection stays open for ten minutes after its last use, so that later ones
            cost nothing; it ends at once when the right that it lives by ends.

            ## Commands
            """;

    @TempDir Path home;

    @Test
    void theDocumentSaysWhatTheProgramSays() throws Exception {
        String text = document();
        if (Boolean.getBoolean("fairlead.docs.write")) {
            Files.writeString(DOCS, text);
        }

        assertThat(DOCS).hasContent(text);
    }

    private String document() {
        var text = new StringBuilder(HEAD);
        for (var exit : Exit.values()) {
            text.append("| ")
                    .append(exit.code())
                    .append(" | ")
                    .append(exit.meaning())
                    .append(" |\n");
        }
        text.append(MIDDLE);
        append(text, Cli.commands(new CliRun(home).parts()));
        return text.toString();
    }

    private static void append(StringBuilder text, CommandLine command) {
        var out = new StringWriter();
        command.usage(new PrintWriter(out), CommandLine.Help.Ansi.OFF);
        text.append("\n### ")
                .append(command.getCommandSpec().qualifiedName())
                .append("\n\n```\n")
                .append(out.toString().stripTrailing().replaceAll("(?m) +$", ""))
                .append("\n```\n");
        command.getSubcommands().values().forEach(sub -> append(text, sub));
    }
}
