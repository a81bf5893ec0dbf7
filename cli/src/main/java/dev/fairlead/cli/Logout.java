package dev.fairlead.cli;

import dev.fairlead.cli.api.HubApi;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// Signs out at the hub, then forgets the token; the hub's address and CA stay.
@Command(
        name = "logout",
        description = {
            "Sign out. Everything that lives by the sign-in is cut: shells, forwards, watches.",
            "The profile keeps the hub's address, so fairlead login is enough to come back."
        })
final class Logout implements Callable<Integer> {

    private final Fairlead fairlead;

    Logout(Fairlead fairlead) {
        this.fairlead = fairlead;
    }

    @Override
    public Integer call() {
        String name = fairlead.profileName();
        var profile = fairlead.profile();
        String token = profile.token();
        var terminal = fairlead.terminal();
        if (token == null) {
            terminal.note("Nobody was signed in at " + profile.hub() + ".");
            return Exit.OK.code();
        }
        CliException unreachable = null;
        if (token.startsWith("fls_")) {
            try (var api = fairlead.api()) {
                api.delete(HubApi.path("sign-ins", "current"));
            } catch (CliException e) {
                unreachable = e.exit() == Exit.NOT_SIGNED_IN ? null : e;
            }
        }
        fairlead.folder().change(p -> p.with(name, profile.signedOut()));
        if (unreachable != null) {
            throw new CliException(
                    unreachable.exit(),
                    "The token is removed here, but the hub was not told: "
                            + unreachable.getMessage(),
                    "The sign-in ends by itself at " + profile.expires() + ".");
        }
        terminal.note("Signed out at " + profile.hub() + ".");
        return Exit.OK.code();
    }
}
