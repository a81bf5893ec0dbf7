package dev.fairlead.cli;

import java.nio.file.Path;
import java.util.Arrays;

/// The program `fairlead` where it is neither hub nor agent.
public final class Main {

    private Main() {}

    public static void main(String[] args) {
        // Named here, or SLF4J would look through the class path for one.
        System.setProperty("slf4j.provider", Logging.class.getName());
        // Else it tells the person that it does so.
        System.setProperty("slf4j.internal.verbosity", "WARN");
        if (args.length > 0 && args[0].equals("proxy")) {
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
        System.exit(Cli.run(CliParts.ofProcess(), args));
    }
}
