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

    /// In the order of the help.
    private static final List<String> NAMES =
            List.of(
                    "login",
                    "logout",
                    "status",
                    "nodes",
                    "node",
                    "view",
                    "ssh",
                    "ssh-config",
                    "exec",
                    "forward",
                    "sessions",
                    "session",
                    "terminal",
                    "token",
                    "agent",
                    "audit",
                    "tenant",
                    "user",
                    "grant",
                    "api-token",
                    "sign-in",
                    "trust",
                    "ports",
                    "settings",
                    "health",
                    "completion",
                    "version");

    /// Runs one command line.
    ///
    /// @return what the process should end with
    public static int run(CliParts parts, String... args) {
        return commands(parts, needed(args)).execute(args);
    }

    /// Reading the annotations of all commands takes longer than most commands do.
    private static List<String> needed(String[] args) {
        boolean one =
                args.length > 0 && NAMES.contains(args[0]) && !args[0].equals(Completion.NAME);
        return one ? List.of(args[0]) : NAMES;
    }

    static CommandLine commands(CliParts parts) {
        return commands(parts, NAMES);
    }

    private static Object command(String name, Fairlead fairlead) {
        return switch (name) {
            case "login" -> new Login(fairlead);
            case "logout" -> new Logout(fairlead);
            case "status" -> new Status(fairlead);
            case "nodes" -> new Nodes(fairlead);
            case "node" -> new Node(fairlead);
            case "view" -> new View(fairlead);
            case "ssh" -> new Ssh(fairlead);
            case "ssh-config" -> new SshConfig(fairlead);
            case "exec" -> new Exec(fairlead);
            case "forward" -> new Forward(fairlead);
            case "sessions" -> new Sessions(fairlead);
            case "session" -> new Session(fairlead);
            case "terminal" -> new BrowserTerminal(fairlead);
            case "token" -> new Token(fairlead);
            case "agent" -> new Agent(fairlead);
            case "audit" -> new Audit(fairlead);
            case "tenant" -> new Tenant(fairlead);
            case "user" -> new User(fairlead);
            case "grant" -> new Grant(fairlead);
            case "api-token" -> new ApiToken(fairlead);
            case "sign-in" -> new SignIn(fairlead);
            case "trust" -> new Trust(fairlead);
            case "ports" -> new Ports(fairlead);
            case "settings" -> new Settings(fairlead);
            case "health" -> new Health(fairlead);
            case "completion" -> new Completion();
            case "version" -> new Version(fairlead);
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static CommandLine commands(CliParts parts, List<String> names) {
        var fairlead = new Fairlead(parts);
        var cli = new CommandLine(fairlead);
        for (String name : names) {
            Object command = command(name, fairlead);
            // What follows NODE of these belongs to the command there.
            cli.addSubcommand(
                    name,
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
