package dev.fairlead.hub;

import dev.fairlead.hub.audit.Actor;
import dev.fairlead.hub.tenant.Tenants;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `fairlead hub reset-password`: for who owns the data folder and can sign in no more. All
/// sign-ins of the user end, and a disabled user is enabled.
@Command(
        name = "reset-password",
        description = {
            "Gives a user a new password and prints it.",
            "For the owner of the data folder; the hub must not be running."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class ResetPassword extends OfflineCommand {

    @Parameters(
            paramLabel = "NAME",
            defaultValue = "admin",
            description =
                    "NAME of the hub's own staff, or NAME@TENANT; ${DEFAULT-VALUE} if none is given.")
    private String name = "admin";

    @Override
    String work(Opened opened, String password) {
        int at = name.indexOf('@');
        String user = at < 0 ? name : name.substring(0, at);
        var tenant =
                opened.tenants()
                        .find(at < 0 ? Tenants.SYSTEM : name.substring(at + 1))
                        .orElseThrow(() -> Rejected.notFound("tenant"));
        var found =
                opened.users()
                        .find(tenant.id(), user)
                        .orElseThrow(() ->
                                Rejected.of(
                                        Rejected.Code.NOT_FOUND,
                                        "There is no such user.",
                                        "To make an administrator of the hub: "
                                                + " fairlead hub create-admin NAME"));
        opened.users().setPassword(Actor.HUB, tenant.id(), found.id(), password);
        if (!found.enabled()) {
            opened.users().enable(Actor.HUB, tenant.id(), found.id());
        }
        return password;
    }

    @Override
    boolean onFreshData() {
        return false;
    }
}
