package dev.fairlead.cli;

import dev.fairlead.cli.stream.ExecRun;
import dev.fairlead.cli.stream.KeptLink;
import dev.fairlead.cli.stream.Opening;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/// One program on a node, without a shell.
@Command(
        name = "exec",
        description = {
            "Run one program on a node: exactly these arguments, no shell and no terminal in between.",
            "stdin goes there, stdout and stderr come back apart, and the exit code is the program's own.",
            "Where the link breaks for longer than the node keeps the program, the exit code is 255,",
            "whatever was printed before."
        })
final class Exec implements Callable<Integer> {

    /// What fits the headers of one frame, with room for the others.
    private static final int LONGEST_ARGV = 15 * 1024;

    private final Fairlead fairlead;

    @Option(
            names = "--login",
            paramLabel = "LOGIN",
            description = "The login at the node; its default when left out.")
    private @Nullable String login;

    @Option(names = "--no-stdin", description = "Give the program an empty stdin.")
    private boolean noStdin;

    @Option(
            names = "--no-resume",
            description = "Let the program end with the link (or FAIRLEAD_RESUME=off).")
    private boolean noResume;

    @Parameters(index = "0", paramLabel = "NODE", description = "Name or id.")
    private String node = "";

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "ARGV",
            description = "The program and its arguments, after --.")
    private List<String> argv = List.of();

    Exec(Fairlead fairlead) {
        this.fairlead = fairlead;
    }

    @Override
    public Integer call() throws InterruptedException {
        var program = argv.getFirst().equals("--") ? argv.subList(1, argv.size()) : argv;
        if (program.isEmpty()) {
            throw new CliException(
                    Exit.USAGE, "No program is named.", "fairlead exec NODE -- PROGRAM ARGUMENTS");
        }
        String json = JsonMapper.shared().writeValueAsString(program);
        if (json.length() > LONGEST_ARGV) {
            throw new CliException(
                    Exit.USAGE,
                    "The arguments have "
                            + json.length()
                            + " characters; "
                            + LONGEST_ARGV
                            + " fit.",
                    "Hand the rest over on standard input.");
        }
        var headers =
                Opening.exec(
                        fairlead.tenant(),
                        Names.node(node),
                        login == null ? null : Names.login(login),
                        json);
        try (var links = fairlead.hubLink()) {
            var link =
                    new KeptLink(
                            links::connect,
                            links.loop(),
                            KeptLink.resumes(noResume, fairlead.parts().env()),
                            links.hub(),
                            fairlead.terminal()::note);
            link.firstInBackground();
            var run = ExecRun.start(link.streams(), headers, node);
            signals(run, link);
            Thread.ofPlatform()
                    .daemon()
                    .name("stdin")
                    .start(() ->
                            run.feed(
                                    noStdin
                                            ? java.io.InputStream.nullInputStream()
                                            : fairlead.parts().in()));
            return run.result(fairlead.terminal().out(), fairlead.terminal().err());
        }
    }

    /// Ctrl-C goes to the program; the third one ends the waiting for it, and so does the first
    /// while nothing can be told to the node.
    private static void signals(ExecRun run, KeptLink link) {
        var interrupts = new AtomicInteger();
        Signals.forward(name -> {
            if (link.isCutOff()) {
                run.cut(
                        "Broken off by the user while the link was lost; the node ends the program"
                                + " when nobody resumes it in time.");
            } else if (interrupts.incrementAndGet() < 3) {
                run.signal(name);
            } else {
                run.cut("Broken off by the user; the node ends the program.");
            }
        });
    }
}
