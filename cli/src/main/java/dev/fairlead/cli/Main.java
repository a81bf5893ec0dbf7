package dev.fairlead.cli;

/// The program `fairlead` where it is neither hub nor agent.
public final class Main {

    private Main() {}

    public static void main(String[] args) {
        // The JDK sends no Basic password through a CONNECT proxy unless told to; the password is
        // in HTTPS_PROXY because somebody wants that.
        System.setProperty("jdk.http.auth.tunneling.disabledSchemes", "");
        System.exit(Cli.run(CliParts.ofProcess(), args));
    }
}
