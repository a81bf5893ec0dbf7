package dev.fairlead.cli;

import dev.fairlead.link.dial.Dialer;
import dev.fairlead.link.dial.NoUrlLookup;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/// The program `fairlead` where it is neither hub nor agent.
public final class Main {

    /// Commands that dial a link.
    private static final Set<String> LINKING = Set.of("proxy", "exec", "forward");

    private Main() {}

    public static void main(String[] args) {
        // Named here, or SLF4J would look through the class path for one.
        System.setProperty("slf4j.provider", Logging.class.getName());
        // Else it tells the person that it does so.
        System.setProperty("slf4j.internal.verbosity", "WARN");
        String command = args.length > 0 ? args[0] : "";
        if (args.length == 1 && command.equals("version")) {
            // As quick as a process can be: people take it for what the program costs.
            System.out.println(Version.line());
            System.exit(Exit.OK.code());
        }
        NoUrlLookup.install();
        if (LINKING.contains(command)) {
            Dialer.prepare();
        }
        if (command.equals("proxy")) {
            var home = Path.of(System.getProperty("user.home"));
            System.exit(
                    Proxy.run(
                            System.getenv(),
                            home,
                            System.err,
                            Arrays.copyOfRange(args, 1, args.length)));
        }
        // The JDK sends no Basic password through a CONNECT proxy unless told to; the password is
        // in HTTPS_PROXY because somebody wants that.
        System.setProperty("jdk.http.auth.tunneling.disabledSchemes", "");
        if (command.equals("rehearse")) {
            rehearse(Arrays.asList(args).subList(1, args.length));
        }
        System.exit(Cli.run(CliParts.ofProcess(), args));
    }

    /// Runs several commands, with `--` between them, in one process, for the AOT cache of all. For
    /// the build only.
    private static void rehearse(List<String> args) {
        var rest = args;
        while (!rest.isEmpty()) {
            int end = rest.indexOf("--");
            var one = end < 0 ? rest : rest.subList(0, end);
            Cli.run(CliParts.ofProcess(), one.toArray(String[]::new));
            rest = end < 0 ? List.of() : rest.subList(end + 1, rest.size());
        }
        System.exit(0);
    }
}
