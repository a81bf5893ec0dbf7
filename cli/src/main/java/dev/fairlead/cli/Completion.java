package dev.fairlead.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Prints what a shell needs to complete the command line.
@Command(
        name = Completion.NAME,
        description = {
            "Print the completion for a shell.",
            "  bash: source <(fairlead completion bash)",
            "  zsh:  the same, in ~/.zshrc"
        })
final class Completion implements Callable<Integer> {

    static final String NAME = "completion";

    @Parameters(paramLabel = "bash|zsh", description = "The shell; both take the same text.")
    private String shell = "";

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        if (!shell.equals("bash") && !shell.equals("zsh")) {
            throw new CliException(
                    Exit.USAGE,
                    "There is no completion for \"" + shell + "\".",
                    "Shells are bash and zsh.");
        }
        var root = spec.root().commandLine();
        root.getOut().print(AutoComplete.bash("fairlead", root));
        root.getOut().flush();
        return Exit.OK.code();
    }
}
