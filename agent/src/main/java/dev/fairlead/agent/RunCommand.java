package dev.fairlead.agent;

import ch.qos.logback.classic.Level;
import dev.fairlead.agent.state.StateFolder;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
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

    @Mixin private final Folders folders = new Folders();

    @Option(names = "--verbose", description = "Log each stream and each dial.")
    private boolean verbose;

    @Override
    public Integer call() throws Exception {
        Logging.to(verbose ? Level.DEBUG : Level.INFO);
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
        }
    }
}
