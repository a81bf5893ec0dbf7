package dev.fairlead.cli;

import dev.fairlead.cli.trust.BrowserTrust;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Makes this user's browsers trust the hub's local CA.
@Command(
        name = "trust",
        synopsisSubcommandLabel = "COMMAND",
        description = {
            "Make this user's browsers trust the CA of the profile's hub, or undo it.",
            "The CA is the hub's own and limited to the hub's names. Nothing is changed for other users."
        })
final class Trust {

    private final Fairlead fairlead;

    Trust(Fairlead fairlead) {
        this.fairlead = fairlead;
    }

    @Command(
            name = "install",
            description =
                    "Add the CA to the databases of Chromium, Chrome and Firefox, and say which.")
    int install() {
        var profile = fairlead.profile();
        var ca = fairlead.caFile(profile);
        if (ca == null) {
            throw new CliException(
                    Exit.FAILED,
                    "There is nothing to trust: the certificate of "
                            + profile.hub()
                            + " is signed by a CA that this machine trusts already.");
        }
        browsers().install(profile.hub().getAuthority(), ca).forEach(fairlead.terminal()::line);
        fairlead.terminal().note("Restart the browser. fairlead trust remove undoes it.");
        return Exit.OK.code();
    }

    @Command(name = "remove", description = "Take the CA out again, and say where it was.")
    int remove(@Option(names = "--all", description = "The CAs of all hubs.") boolean all) {
        var did =
                all
                        ? browsers().removeAll()
                        : browsers().remove(fairlead.profile().hub().getAuthority());
        did.forEach(fairlead.terminal()::line);
        if (did.isEmpty()) {
            fairlead.terminal().note("No browser of this user has the CA.");
        }
        return Exit.OK.code();
    }

    private BrowserTrust browsers() {
        return new BrowserTrust(fairlead.parts().home());
    }
}
