package dev.fairlead.hub;

import ch.qos.logback.classic.Level;
import dev.fairlead.hub.observe.Logging;
import dev.fairlead.link.CarrierWatch;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `fairlead hub`: runs a hub until it is told to end. What keeps it from starting is one sentence
/// with what to do, and an exit code ([Failure]); never a stack trace.
@Command(
        name = "fairlead hub",
        description = "Runs the hub until SIGTERM or Ctrl-C.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Versions.class,
        subcommands = {
            CreateAdmin.class,
            ResetPassword.class,
            DrainHub.class,
            RenameHub.class,
            RotateKey.class
        },
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:It ended in order.",
            "2:The command line makes no sense.",
            "69:The database cannot be used.",
            "70:A fault of the hub's own; the log has it.",
            "73:A file cannot be written: the disk is full, or it is not allowed.",
            "75:Another hub works on this data folder.",
            "78:The configuration cannot be used."
        })
public final class Main implements Callable<Integer> {

    private static final long CLOSE_SECONDS = 30;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The configuration, hub.yaml; docs/configuration.md has every key.")
    @Nullable Path config;

    @Option(names = "--verbose", description = "Log what is of use in searching faults only.")
    boolean verbose;

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setExecutionExceptionHandler((e, line, parsed) -> {
                    var failure = Failure.of(e);
                    line.getErr().println(failure.text("fairlead hub"));
                    line.getErr().flush();
                    return failure.exitCode();
                });
    }

    @Override
    public Integer call() throws InterruptedException {
        Logging.start(verbose ? Level.DEBUG : Level.INFO);
        CarrierWatch.start();
        if (config == null) {
            throw new ConfigException(
                    "Give the configuration:  fairlead hub --config hub.yaml  (to try Fairlead out:"
                            + "  fairlead quickstart)");
        }
        var asked = new CountDownLatch(1);
        var closed = new CountDownLatch(1);
        // The process ends when its hooks have: this one asks the hub to close and waits for it,
        // not
        // for the thread below, whose own way to the exit is barred by then.
        Runtime.getRuntime()
                .addShutdownHook(
                        Thread.ofPlatform()
                                .name("shutdown")
                                .unstarted(() -> {
                                    asked.countDown();
                                    await(closed);
                                }));
        try (var hub =
                Hub.start(
                        ReadConfig.read(config),
                        HubParts.standard(Installation.agentPackages())
                                .withConsole(Installation.console())
                                .withProgress(System.err::println))) {
            var drained = hub.drained().thenRun(asked::countDown);
            asked.await();
            drained.cancel(false);
        } finally {
            closed.countDown();
        }
        return 0;
    }

    private static void await(CountDownLatch closed) {
        try {
            if (!closed.await(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                System.err.println(
                        "fairlead hub: it did not close in time; the next start recovers");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// For `--version`.
    static final class Versions implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"fairlead hub " + Version.current()};
        }
    }
}
