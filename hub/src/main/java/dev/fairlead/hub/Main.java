package dev.fairlead.hub;

import ch.qos.logback.classic.Level;
import dev.fairlead.hub.observe.Logging;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
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
        subcommands = ResetPassword.class,
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

    @Option(
            names = "--config",
            paramLabel = "FILE",
            required = true,
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
                    line.getErr().println(failure.text());
                    line.getErr().flush();
                    return failure.exitCode();
                });
    }

    @Override
    public Integer call() throws InterruptedException {
        Logging.start(verbose ? Level.DEBUG : Level.INFO);
        if (config == null) {
            throw new ConfigException("--config is missing");
        }
        var ended = new CountDownLatch(1);
        var main = Thread.currentThread();
        try (var hub =
                Hub.start(
                        ReadConfig.read(config),
                        HubParts.standard(Installation.agentPackages())
                                .withProgress(System.err::println))) {
            Runtime.getRuntime()
                    .addShutdownHook(
                            Thread.ofPlatform()
                                    .name("shutdown")
                                    .unstarted(() -> {
                                        ended.countDown();
                                        await(main);
                                    }));
            ended.await();
        }
        return 0;
    }

    /// The process ends when its shutdown hooks have: this one waits for the hub to close.
    private static void await(Thread main) {
        try {
            main.join();
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
