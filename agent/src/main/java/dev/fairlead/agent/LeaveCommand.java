package dev.fairlead.agent;

import dev.fairlead.agent.enroll.EnrollException;
import dev.fairlead.agent.enroll.Leave;
import dev.fairlead.agent.state.StateFolder;
import dev.fairlead.link.dial.DialException;
import java.util.concurrent.Callable;
import org.slf4j.event.Level;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `fairlead agent leave`
@Command(
        name = "leave",
        description =
                "Makes this machine no node any more: the hub removes it, then its key and state are"
                        + " removed here. The configuration stays. An agent that runs ends by itself.")
final class LeaveCommand implements Callable<Integer> {

    @Spec private CommandSpec spec;
    @Mixin private final Folders folders = new Folders();

    @Option(
            names = "--offline",
            description =
                    "Do not tell the hub, where it is gone or has removed the node already; else remove"
                            + " the node there by `fairlead node rm`.")
    private boolean offline;

    @SuppressWarnings("NullAway.Init") // picocli sets `spec`
    LeaveCommand() {}

    @Override
    public Integer call() throws Exception {
        Logging.to(Level.WARN);
        var out = spec.commandLine().getOut();
        var folder = StateFolder.open(folders.state());
        var state = folder.read();
        if (state == null) {
            out.println("This machine has not joined a hub; there is nothing to leave.");
            return Exit.OK;
        }
        var parts = AgentParts.standard();
        if (!offline) {
            var config = ReadConfig.read(folders.config());
            try (var dialing = new Dialing(config, parts)) {
                new Leave(folder, dialing.hub(), parts.random()).tellHub(state, config.hub());
            } catch (DialException e) {
                throw new EnrollException(
                        e.getMessage()
                                + ". Nothing was changed. To leave without telling the hub: fairlead"
                                + " agent leave --offline");
            }
        } else if (folder.isInUse()) {
            throw new EnrollException(
                    "The agent is running; stop it first, or leave --offline away.");
        }
        folder.forget();
        out.println(
                "This machine is no node any more"
                        + (offline
                                ? ". The hub was not told: fairlead node rm " + state.name()
                                : "; " + state.name() + " is removed from its hub."));
        return Exit.OK;
    }
}
