package dev.fairlead.hub.quickstart;

import dev.fairlead.hub.Failure;
import dev.fairlead.link.CarrierWatch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import sun.misc.Signal;

/// `fairlead quickstart`
@Command(
        name = "fairlead quickstart",
        mixinStandardHelpOptions = true,
        description = {
            "Starts a hub with its own PostgreSQL and an agent on this machine, and stays until Ctrl-C.",
            "Started again on the same data, everything is as it was."
        })
public final class Main implements Callable<Integer> {

    /// Neither 443 nor 8443, which other programs want.
    static final int PORT = 8484;

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "The hub's one port (default: ${DEFAULT-VALUE}); 0 takes any free one.")
    private int port = PORT;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "Where everything is kept (default: /var/lib/fairlead/quickstart for root, else"
                            + " ~/.local/share/fairlead).")
    private Path data = DataFolder.standard();

    @Option(
            names = "--name",
            paramLabel = "HOST",
            description =
                    "The name or address by which other machines reach this one. Without it the hub"
                            + " listens on loopback only.")
    private @Nullable String name;

    @Option(names = "--no-agent", description = "Only the hub.")
    private boolean noAgent;

    private Main() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new Main()).execute(args));
    }

    @Override
    public Integer call() throws InterruptedException {
        var stop = new CountDownLatch(1);
        CarrierWatch.start();
        // Not by a shutdown hook: after one the exit code would say that a signal killed us.
        for (String signal : new String[] {"INT", "TERM", "HUP"}) {
            Signal.handle(new Signal(signal), _ -> stop.countDown());
        }
        var options =
                new Quickstart.Options(port, data.toAbsolutePath().normalize(), name, !noAgent);
        try (var running = Quickstart.start(options, System.out::println)) {
            System.out.print(running.block());
            System.out.flush();
            var drained = running.drained().thenRun(stop::countDown);
            stop.await();
            drained.cancel(false);
            System.out.println("Stopping ...");
        } catch (IOException | RuntimeException e) {
            var failure = Failure.of(e);
            System.err.println(failure.text("fairlead quickstart"));
            return failure.exitCode();
        }
        System.out.println("Stopped; everything is kept in " + options.data() + ".");
        return 0;
    }
}
