package dev.fairlead.cli;

import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// All commands, and what becomes of a failure: a message on stderr and an exit code, never a stack
/// trace, unless `FAIRLEAD_DEBUG` asks for one.
public final class Cli {

    private Cli() {}

    /// Runs one command line.
    ///
    /// @return what the process should end with
    public static int run(CliParts parts, String... args) {
        return commands(parts).execute(args);
    }

    static CommandLine commands(CliParts parts) {
        var fairlead = new Fairlead(parts);
        var cli = new CommandLine(fairlead);
        for (Object command :
                List.of(
                        new Login(fairlead),
                        new Logout(fairlead),
                        new Status(fairlead),
                        new Nodes(fairlead),
                        new Node(fairlead),
                        new Ssh(fairlead),
                        new SshConfig(fairlead),
                        new Exec(fairlead),
                        new Forward(fairlead),
                        new Sessions(fairlead),
                        new Session(fairlead),
                        new Token(fairlead),
                        new Agent(fairlead),
                        new Audit(fairlead),
                        new Tenant(fairlead),
                        new User(fairlead),
                        new Grant(fairlead),
                        new ApiToken(fairlead),
                        new Trust(fairlead),
                        new Ports(fairlead),
                        new Completion(),
                        new Version(fairlead))) {
            // What follows NODE of these belongs to the command there.
            cli.addSubcommand(
                    sorted(new CommandLine(command))
                            .setStopAtPositional(
                                    command instanceof Ssh || command instanceof Exec));
        }
        var terminal = parts.terminal();
        var colours =
                terminal.outIsTerminal() && terminal.colours()
                        ? CommandLine.Help.Ansi.ON
                        : CommandLine.Help.Ansi.OFF;
        return cli.setOut(new java.io.PrintWriter(terminal.out(), true))
                .setErr(new java.io.PrintWriter(terminal.err(), true))
                .setColorScheme(CommandLine.Help.defaultColorScheme(colours))
                .setUsageHelpWidth(100)
                .setUsageHelpAutoWidth(false)
                .setParameterExceptionHandler((e, args) -> usage(parts, e))
                .setExecutionExceptionHandler((e, command, result) -> failure(parts, e));
    }

    /// The order of methods in a class is not the source's, and not the same everywhere.
    private static CommandLine sorted(CommandLine command) {
        var subcommands = new TreeMap<>(command.getSubcommands());
        subcommands.keySet().forEach(command.getCommandSpec()::removeSubcommand);
        subcommands.forEach(command::addSubcommand);
        return command;
    }

    private static int usage(CliParts parts, ParameterException e) {
        var at = e.getCommandLine();
        if (e.getClass() == ParameterException.class && !(at.getCommand() instanceof Callable<?>)) {
            at.usage(parts.terminal().err());
            return Exit.USAGE.code();
        }
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        var guesses =
                e instanceof UnmatchedArgumentException unmatched
                        ? unmatched.getSuggestions()
                        : List.<String>of();
        String hint =
                guesses.isEmpty()
                        ? command + " --help"
                        : "Did you mean "
                                + String.join(", ", guesses.subList(0, Math.min(3, guesses.size())))
                                + "?";
        String message = e.getMessage();
        parts.terminal()
                .error(
                        new CliException(
                                Exit.USAGE,
                                message == null ? "That makes no sense." : message,
                                hint));
        return Exit.USAGE.code();
    }

    private static int failure(CliParts parts, Exception e) {
        if (parts.env().containsKey("FAIRLEAD_DEBUG")) {
            e.printStackTrace(parts.terminal().err());
        }
        var shown =
                e instanceof CliException cli
                        ? cli
                        : new CliException(
                                Exit.FAILED,
                                "This is a fault of fairlead itself: " + e + ".",
                                "FAIRLEAD_DEBUG=1 shows where; please report it");
        parts.terminal().error(shown);
        return shown.exit().code();
    }
}
