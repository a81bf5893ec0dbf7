package dev.fairlead.agent;

import dev.fairlead.agent.state.StateFolder;
import dev.fairlead.link.CarrierWatch;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import sun.misc.Signal;

/// `fairlead agent run`
@Command(
        name = "run",
        description =
                "Keeps this node linked to its hub, in the foreground, until it is stopped. Ends with 77"
                        + " when the hub has removed the node.")
final class RunCommand implements Callable<Integer> {

    @Mixin private final Folders folders;

    @Option(names = "--verbose", description = "Log each stream and each dial.")
    private boolean verbose;

    RunCommand() {
        this(new Folders(), false);
    }

    private RunCommand(Folders folders, boolean verbose) {
        this.folders = folders;
        this.verbose = verbose;
    }

    /// The command lines of services, read without picocli: what that takes to look at its
    /// annotations is a third of the time until the link.
    ///
    /// @param args behind `run`
    /// @return null for any other command line
    static @Nullable RunCommand plain(List<String> args) {
        Path config = null;
        Path state = null;
        boolean verbose = false;
        for (var rest = args.iterator(); rest.hasNext(); ) {
            String option = rest.next();
            if (option.equals("--verbose")) {
                verbose = true;
                continue;
            }
            String value = rest.hasNext() ? rest.next() : "";
            if (value.isEmpty() || value.startsWith("-")) {
                return null;
            } else if (option.equals("--config") && config == null) {
                config = Path.of(value);
            } else if (option.equals("--state") && state == null) {
                state = Path.of(value);
            } else {
                return null;
            }
        }
        return new RunCommand(new Folders(config, state), verbose);
    }

    @Override
    public Integer call() throws Exception {
        Logging.to(verbose ? Level.DEBUG : Level.INFO);
        CarrierWatch.start();
        var config = ReadConfig.read(folders.config());
        var stopped = new CompletableFuture<String>();
        // Not by a shutdown hook: after one the exit code would say that a signal killed us.
        for (String signal : new String[] {"TERM", "INT"}) {
            Signal.handle(new Signal(signal), _ -> stopped.complete(""));
        }
        try (var agent =
                Agent.start(config, StateFolder.open(folders.state()), AgentParts.standard())) {
            var why = (String) CompletableFuture.anyOf(agent.ended(), stopped).get();
            return why.isEmpty() ? Exit.OK : Exit.REFUSED;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }
}
