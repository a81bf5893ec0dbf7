package dev.fairlead.hub;

import ch.qos.logback.classic.Level;
import dev.fairlead.hub.observe.Logging;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/// `fairlead hub drain`: asks a hub that runs on this machine to stop without breaking anything,
/// and shows how it goes.
@Command(
        name = "drain",
        description = {
            "Takes a running hub out of service without breaking anything, and stops it.",
            "For the owner of the data folder and for root, on the hub's machine. New links are sent"
                    + " away, those that stand are told to dial anew, and streams go on at the next hub"
                    + " or when this one is back. What cannot be resumed may end by itself until the"
                    + " time is over, and is then cut."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:The hub has stopped.",
            "2:The command line makes no sense.",
            "69:No hub runs on this data folder.",
            "75:It did not stop in time.",
            "78:The configuration cannot be used."
        })
final class DrainHub implements Callable<Integer> {

    private static final Duration TO_BEGIN = Duration.ofSeconds(5);
    private static final Duration TO_STOP = Duration.ofSeconds(60);
    private static final long LOOK_MILLIS = 100;

    @ArgGroup(multiplicity = "1")
    private HubPlace where = new HubPlace();

    @Option(
            names = "--within",
            paramLabel = "TIME",
            description = "How long it may take at most, such as 30s or 5m (${DEFAULT-VALUE}).",
            defaultValue = "30s")
    private String within = "30s";

    @Option(names = "--json", description = "Print each state as a JSON object on a line.")
    private boolean json;

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Logging.start(Level.WARN);
        var span = HubConfig.span("--within", within);
        var data = where.config().data();
        if (!Files.isDirectory(data)) {
            throw new ConfigException("There is no hub's data folder " + data + ".");
        }
        var files = new DrainFiles(data);
        var follower = files.ask(span);
        var first = await(follower);
        if (first.isEmpty()) {
            files.takeBack();
            err().println(
                            "fairlead hub drain: No hub runs on "
                                    + data
                                    + ": nobody answered within "
                                    + TO_BEGIN.toSeconds()
                                    + " s.");
            err().flush();
            return Failure.UNAVAILABLE;
        }
        return follow(follower, first, span);
    }

    /// Empty where nobody answers.
    private static List<DrainFiles.State> await(DrainFiles.Follower follower)
            throws IOException, InterruptedException {
        long until = System.nanoTime() + TO_BEGIN.toNanos();
        while (true) {
            boolean late = System.nanoTime() > until;
            var states = follower.next();
            if (late || !states.isEmpty()) {
                return states;
            }
            Thread.sleep(LOOK_MILLIS);
        }
    }

    private int follow(DrainFiles.Follower follower, List<DrainFiles.State> first, Duration span)
            throws IOException, InterruptedException {
        long began = System.nanoTime();
        long until = began + span.plus(TO_STOP).toNanos();
        var states = first;
        var last = first.getLast();
        while (true) {
            for (var state : states) {
                show(state, Duration.ofNanos(System.nanoTime() - began));
                last = state;
            }
            if (last.phase().equals(DrainFiles.State.STOPPED)) {
                return 0;
            }
            if (System.nanoTime() > until) {
                err().println(
                                "fairlead hub drain: The hub has not stopped "
                                        + TO_STOP.toSeconds()
                                        + " s after its time; its log says why.");
                err().flush();
                return Failure.TRY_LATER;
            }
            Thread.sleep(LOOK_MILLIS);
            // In this order: what a process told before its end is told.
            boolean gone = ProcessHandle.of(last.pid()).isEmpty();
            states = follower.next();
            if (gone && states.isEmpty()) {
                states = List.of(last.as(DrainFiles.State.STOPPED));
            }
        }
    }

    private void show(DrainFiles.State now, Duration gone) {
        var out = Objects.requireNonNull(spec).commandLine().getOut();
        if (json) {
            out.println(JsonMapper.shared().writeValueAsString(now));
        } else {
            out.println(
                    switch (now.phase()) {
                        case DrainFiles.State.STOPPED ->
                                "The hub has stopped, after %.1f s."
                                        .formatted(gone.toMillis() / 1000.0);
                        case "stopping" -> "Drained; the hub stops.";
                        default ->
                                "Draining: %d nodes and %d programs are linked, %d streams are open, %d sessions would be cut."
                                        .formatted(
                                                now.nodes(),
                                                now.clients(),
                                                now.streams(),
                                                now.cut());
                    });
        }
        out.flush();
    }

    private PrintWriter err() {
        return Objects.requireNonNull(spec).commandLine().getErr();
    }
}
