package dev.fairlead.hub;

import ch.qos.logback.classic.Level;
import dev.fairlead.hub.db.Database;
import dev.fairlead.hub.db.DatabaseAccess;
import dev.fairlead.hub.db.DatabaseUnusable;
import dev.fairlead.hub.db.EmbeddedPostgres;
import dev.fairlead.hub.fleet.NodesDial;
import dev.fairlead.hub.fleet.NodesDial.Dials;
import dev.fairlead.hub.observe.Logging;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `fairlead hub rename`: the hub gets another name in two steps, and no agent is touched. First
/// the new name stands before the old one: at its next start the hub serves both, and tells every
/// agent both. When all have learned the new one, the old one is retired.
@Command(
        name = "rename",
        description = {
            "Gives the hub another name, in two steps that strand nobody.",
            "fairlead hub rename NEW puts NEW before the old names in hub.yaml: from its next start"
                    + " on the hub answers to all of them, and tells each agent that links. Both names"
                    + " must lead to the hub then. fairlead hub rename NEW --retire OLD takes the old"
                    + " name away, and refuses while there are nodes that would not find the hub.",
            "Say --dry-run first: it changes nothing and names those nodes. Works while the hub runs,"
                    + " and while it does not."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:It was done; with --dry-run, every node would follow.",
            "1:Some nodes would not follow. Of a --retire nothing was done."
        })
final class RenameHub implements Callable<Integer> {

    @Parameters(paramLabel = "NEW", description = "The new name, or an address.")
    private String name = "";

    @Option(
            names = "--config",
            paramLabel = "FILE",
            required = true,
            description = "The hub's configuration; its names: are changed.")
    private Path file = Path.of("hub.yaml");

    @Option(names = "--retire", paramLabel = "OLD", description = "Take this name away.")
    private List<String> retire = List.of();

    @Option(names = "--dry-run", description = "Change nothing; say who would not follow.")
    private boolean dryRun;

    @Option(
            names = "--leave-behind",
            description = "Retire the name although some nodes will not find the hub.")
    private boolean leaveBehind;

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Logging.start(Level.WARN);
        var config = ReadConfig.read(file);
        var names = names(config.names());
        var wanted = config.withNames(names);
        // A rename strands nobody by itself: what counts is who would follow without the old names.
        var alone = retire.isEmpty() ? config.withNames(List.of(name)) : wanted;
        var stranded = stranded(config, alone.urls());
        var out = spec == null ? new PrintWriter(System.out) : spec.commandLine().getOut();
        out.println("names in " + file + ":");
        out.println("  now   " + ConfigNames.line(config.names()));
        out.println("  then  " + ConfigNames.line(names));
        say(out, stranded);
        boolean blocked = !retire.isEmpty() && !stranded.isEmpty() && !leaveBehind;
        if (dryRun || blocked) {
            out.println(
                    "Nothing was changed."
                            + (dryRun || !blocked
                                    ? ""
                                    : " Wait until they have linked once, or say --leave-behind."));
        } else if (names.equals(config.names())) {
            out.println("It is so already.");
        } else {
            write(names);
            out.println(done());
        }
        out.flush();
        return (dryRun && !stranded.isEmpty()) || blocked ? 1 : 0;
    }

    private List<String> names(List<String> now) {
        for (String old : retire) {
            if (old.equals(name)) {
                throw new ConfigException("--retire " + old + " is the new name itself.");
            }
            if (!now.contains(old)) {
                throw new ConfigException(
                        "The hub is not called " + old + ": its names are " + now + ".");
            }
        }
        if (!retire.isEmpty() && !now.contains(name)) {
            throw new ConfigException(
                    "The hub is not called "
                            + name
                            + " yet, so nobody has learned that name. First:  fairlead hub rename "
                            + name
                            + " --config "
                            + file);
        }
        var names = new ArrayList<>(now);
        names.removeAll(retire);
        names.remove(name);
        names.addFirst(name);
        return names;
    }

    private static List<Dials> stranded(HubConfig config, List<URI> addresses) throws IOException {
        var known = addresses.stream().map(URI::toString).toList();
        return nodes(config).stream()
                .filter(node -> node.addresses().stream().noneMatch(known::contains))
                .toList();
    }

    private static List<Dials> nodes(HubConfig config) throws IOException {
        if (config.database().url() != null) {
            return nodes(config.database().access());
        }
        Path folder = config.data().resolve("postgres");
        if (!Files.isDirectory(folder)) {
            throw new ConfigException("There is no hub's database in " + config.data() + ".");
        }
        try (var postgres = EmbeddedPostgres.start(folder, System.err::println)) {
            return nodes(postgres.access());
        } catch (DatabaseUnusable e) {
            if (e.reason() != DatabaseUnusable.Reason.IN_USE) {
                throw e;
            }
            // The hub is running.
            return nodes(EmbeddedPostgres.ofRunning(folder));
        }
    }

    private static List<Dials> nodes(DatabaseAccess access) {
        try (var database = Database.open(access)) {
            return NodesDial.all(database);
        }
    }

    private void say(PrintWriter out, List<Dials> stranded) {
        if (stranded.isEmpty()) {
            out.println("Every node dials what will be left.");
        } else {
            out.println(
                    "These nodes would not find the hub by "
                            + (retire.isEmpty() ? name + " alone" : "what is left")
                            + " ("
                            + stranded.size()
                            + "):");
            stranded.forEach(node -> out.println("  " + words(node)));
        }
        out.println(
                "Enrolment tokens and install lines that were made before have the old names; people"
                        + " sign in by the new one with fairlead login https://"
                        + name
                        + "#FINGERPRINT. A hub with a CA of its own makes another for its new names,"
                        + " which login fetches.");
    }

    private static String words(Dials node) {
        String name = node.node() + " of " + node.tenant();
        if (!node.follows()) {
            return name
                    + ": its owner configured "
                    + String.join(", ", node.addresses())
                    + "; change hub: in its agent.yaml";
        }
        if (node.connected() == null) {
            return name + ": it has never been linked";
        }
        return name
                + (node.ended() == null
                        ? ": it is linked, and learns the new name at its next link"
                        : ": offline since "
                                + node.ended()
                                + "; it learns the new name when it is linked again");
    }

    private void write(List<String> names) throws IOException {
        String text = Files.readString(file);
        String changed;
        try {
            changed = ConfigNames.replace(text, names);
        } catch (ConfigException e) {
            throw new ConfigException(file + ": " + e.getMessage());
        }
        Files.writeString(file.resolveSibling(file.getFileName() + ".before"), text);
        // In place, so that owner and mode stay.
        Files.writeString(file, changed);
    }

    private String done() {
        return retire.isEmpty()
                ? "Restart the hub. Every agent that links from then on learns "
                        + name
                        + ". When fairlead hub rename "
                        + name
                        + " --dry-run names no node any more, retire the old name with --retire."
                : "Restart the hub. It answers to " + String.join(", ", retire) + " no more.";
    }
}
