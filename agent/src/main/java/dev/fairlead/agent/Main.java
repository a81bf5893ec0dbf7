package dev.fairlead.agent;

import dev.fairlead.agent.enroll.EnrollException;
import dev.fairlead.link.dial.DialException;
import dev.fairlead.link.dial.DialFailure;
import dev.fairlead.link.dial.Dialer;
import dev.fairlead.link.dial.NoUrlLookup;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.util.Arrays;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ScopeType;

/// `fairlead agent`: the program at the far side.
@Command(
        name = "fairlead agent",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = Main.ShowVersion.class,
        subcommands = {
            JoinCommand.class,
            RunCommand.class,
            StatusCommand.class,
            LeaveCommand.class
        },
        description = "Links this machine to a hub by one outbound connection.")
public final class Main {

    private Main() {}

    public static void main(String[] args) {
        // Named here, or SLF4J would look through the class path for one.
        System.setProperty("slf4j.provider", Logging.class.getName());
        // Else it tells the person that it does so.
        System.setProperty("slf4j.internal.verbosity", "WARN");
        if (args.length > 0 && args[0].equals("run")) {
            NoUrlLookup.install();
            Dialer.prepare();
            var run = RunCommand.plain(Arrays.asList(args).subList(1, args.length));
            if (run != null) {
                System.exit(run(run));
            }
        }
        System.exit(commandLine().execute(args));
    }

    private static int run(RunCommand command) {
        try {
            return command.call();
        } catch (Exception e) {
            return failed(new PrintWriter(System.err, true), e);
        }
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setExecutionExceptionHandler((e, command, _) -> failed(command.getErr(), e));
    }

    private static int failed(PrintWriter err, Exception e) {
        err.println("fairlead agent: " + sentence(e));
        err.flush();
        return code(e);
    }

    private static String sentence(Exception e) {
        return switch (e) {
            case AccessDeniedException denied ->
                    denied.getFile()
                            + " is not open to this user; run this as the user that the agent runs as,"
                            + " mostly root.";
            case IOException io when isDiskFull(io) ->
                    "The disk is full: "
                            + io.getMessage()
                            + ". Make room there, then run this again; what it had done counts.";
            case IOException io -> io.getMessage() == null ? io.toString() : io.getMessage();
            default -> String.valueOf(e.getMessage());
        };
    }

    private static boolean isDiskFull(IOException e) {
        return String.valueOf(e.getMessage()).contains("No space left on device");
    }

    private static int code(Exception e) {
        return switch (e) {
            case ConfigException _ -> Exit.CONFIG;
            case DialException dial -> {
                if (dial.refused() != null) {
                    yield Exit.REFUSED;
                }
                yield dial.failure() == DialFailure.DECLINED ? Exit.FAILED : Exit.UNAVAILABLE;
            }
            case IllegalArgumentException _ -> Exit.USAGE;
            case EnrollException _ -> Exit.FAILED;
            default -> Exit.FAILED;
        };
    }

    static final class ShowVersion implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"fairlead agent " + Version.text()};
        }
    }
}
