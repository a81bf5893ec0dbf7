package dev.fairlead.cli;

import dev.fairlead.cli.stream.ForwardPorts;
import dev.fairlead.cli.stream.ForwardSpec;
import dev.fairlead.cli.stream.KeptLink;
import dev.fairlead.cli.stream.Opening;
import dev.fairlead.link.StreamEnd;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Ports of this machine that lead to what a node can reach.
@Command(
        name = "forward",
        description = {
            "Listen on ports here, and carry each connection to HOST:PORT as seen from the node.",
            "All ports share one link. They stay open when the link breaks, until Ctrl-C, and the",
            "connections go on over the next one."
        })
final class Forward implements Callable<Integer> {

    private final Fairlead fairlead;

    @Option(names = "-v", description = "Print a line per connection.")
    private boolean verbose;

    @Option(
            names = "--no-resume",
            description = "Let connections break with the link (or FAIRLEAD_RESUME=off).")
    private boolean noResume;

    @Parameters(index = "0", paramLabel = "NODE", description = "Name or id.")
    private String node = "";

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "[BIND:]PORT:HOST:PORT",
            description =
                    "What to forward; BIND is 127.0.0.1 unless given, PORT 0 any that is free.")
    private List<String> specs = List.of();

    Forward(Fairlead fairlead) {
        this.fairlead = fairlead;
    }

    @Override
    public Integer call() throws InterruptedException {
        var forwards = specs.stream().map(ForwardSpec::parse).toList();
        String tenant = fairlead.tenant();
        Names.node(node);
        var terminal = fairlead.terminal();
        // Ctrl-C is how it ends in order: the hub hears that nobody cut it.
        var ending = Signals.interruptThisThread();
        try (var links = fairlead.hubLink();
                var ports =
                        new ForwardPorts(
                                links.loop(),
                                spec -> Opening.tcp(tenant, node, spec.target()),
                                new Lines())) {
            var keeper =
                    new KeptLink(
                            links::connect,
                            links.loop(),
                            KeptLink.resumes(noResume, fairlead.parts().env()),
                            links.hub(),
                            terminal::note);
            keeper.use(ports);
            keeper.first();
            for (var open : ports.listen(forwards)) {
                terminal.line(
                        "Listening on "
                                + show(open.address())
                                + " for "
                                + open.spec().target()
                                + " at "
                                + node
                                + ".");
            }
            terminal.out().flush();
            keeper.keep();
            return Exit.OK.code();
        } catch (InterruptedException e) {
            Integer code = ending.get();
            if (code == null) {
                throw e;
            }
            return code;
        }
    }

    private static String show(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    /// What is said of connections: failures always, the rest on request.
    private final class Lines implements ForwardPorts.Events {

        @Override
        public void opened(ForwardSpec spec, InetSocketAddress from) {
            if (verbose) {
                fairlead.terminal().note(show(from) + " -> " + spec.target() + ": opened");
            }
        }

        @Override
        public void closed(
                ForwardSpec spec, InetSocketAddress from, StreamEnd end, String message) {
            if (end != StreamEnd.DONE && end != StreamEnd.CANCELLED) {
                fairlead.terminal()
                        .note(
                                show(from)
                                        + " -> "
                                        + spec.target()
                                        + ": "
                                        + end.label()
                                        + (message.isEmpty() ? "" : ": " + message));
            } else if (verbose) {
                fairlead.terminal()
                        .note(
                                show(from)
                                        + " -> "
                                        + spec.target()
                                        + ": "
                                        + (end == StreamEnd.DONE ? "closed" : "reset"));
            }
        }
    }
}
