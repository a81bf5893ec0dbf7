package dev.fairlead.agent;

import dev.fairlead.agent.enroll.EnrollException;
import dev.fairlead.link.dial.DialException;
import dev.fairlead.link.dial.DialFailure;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
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
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setExecutionExceptionHandler((e, command, _) -> {
                    command.getErr().println("fairlead agent: " + sentence(e));
                    command.getErr().flush();
                    return code(e);
                });
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
