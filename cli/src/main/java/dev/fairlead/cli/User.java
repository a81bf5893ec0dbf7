package dev.fairlead.cli;

import dev.fairlead.cli.api.HubApi;
import dev.fairlead.cli.api.Query;
import dev.fairlead.cli.output.Table;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// Users of a tenant.
@Command(
        name = "user",
        synopsisSubcommandLabel = "COMMAND",
        description = {
            "Make, list, disable or remove users of the tenant, and change passwords.",
            "The hub's own staff are the users of the tenant \"system\"."
        })
final class User {

    private static final String STDIN = "Take the password from the first line of standard input.";

    private final Fairlead fairlead;

    User(Fairlead fairlead) {
        this.fairlead = fairlead;
    }

    @Command(
            name = "create",
            description = "Make a user. Until a grant is added, the user can do nothing.")
    int create(
            @Parameters(paramLabel = "NAME", description = "A DNS label, unique in the tenant.")
                    String name,
            @Option(names = "--password-stdin", description = STDIN) boolean stdin,
            @Mixin JsonOption output) {
        Names.label("user", name);
        String tenant = fairlead.tenant();
        String password = Passwords.choose(fairlead.parts(), stdin, name + "@" + tenant);
        try (var api = fairlead.api()) {
            var made =
                    api.post(
                            fairlead.inTenant("users"), Map.of("name", name, "password", password));
            if (output.json) {
                fairlead.terminal().json(made);
            }
        }
        fairlead.terminal()
                .note(
                        "The user "
                                + name
                                + "@"
                                + tenant
                                + " is made; fairlead grant add gives rights.");
        return Exit.OK.code();
    }

    @Command(name = "ls", description = "List the users of the tenant.")
    int list(@Mixin JsonOption output) {
        try (var api = fairlead.api()) {
            fairlead.terminal()
                    .list(
                            output.json,
                            api.list(fairlead.inTenant("users"), Query.NONE),
                            "No users in this tenant.",
                            this::table);
        }
        return Exit.OK.code();
    }

    @Command(
            name = "disable",
            description =
                    "Disable a user: all sign-ins end, and everything that lives by them is cut.")
    int disable(
            @Parameters(paramLabel = "NAME", description = "Name or id.") String name,
            @Option(names = "--undo", description = "Enable the user again.") boolean undo) {
        try (var api = fairlead.api()) {
            api.post(fairlead.inTenant("users", name, undo ? "enable" : "disable"));
        }
        fairlead.terminal().note(name + " is " + (undo ? "enabled." : "disabled."));
        return Exit.OK.code();
    }

    @Command(
            name = "passwd",
            description =
                    "Change your own password, or set that of a user of the tenant. Other sign-ins of the user end.")
    int password(
            @Parameters(
                            arity = "0..1",
                            paramLabel = "NAME",
                            description = "A user of the tenant; you yourself when left out.")
                    @Nullable String name,
            @Option(
                            names = "--password-stdin",
                            description =
                                    "Take the new password from standard input (your own: the current one on the line before).")
                    boolean stdin) {
        var parts = fairlead.parts();
        try (var api = fairlead.api()) {
            if (name == null) {
                String current = Passwords.read(parts, stdin, "Current password: ");
                String chosen = Passwords.choose(parts, stdin, "yourself");
                api.put(
                        HubApi.path("me", "password"),
                        Map.of("current", current, "password", chosen));
                fairlead.terminal()
                        .note("Your password is changed; your other sign-ins have ended.");
            } else {
                String chosen = Passwords.choose(parts, stdin, name + "@" + fairlead.tenant());
                api.put(fairlead.inTenant("users", name, "password"), Map.of("password", chosen));
                fairlead.terminal()
                        .note(
                                "The password of "
                                        + name
                                        + " is set; all sign-ins of "
                                        + name
                                        + " have ended.");
            }
        }
        return Exit.OK.code();
    }

    @Command(
            name = "rm",
            description =
                    "Remove a user with grants, sign-ins and API tokens; what lives by them is cut.")
    int remove(
            @Parameters(paramLabel = "NAME", description = "Name or id.") String name,
            @Option(names = "--yes", description = "Do not ask.") boolean yes) {
        Confirm.orStop(fairlead, yes, "Remove the user " + name + " of " + fairlead.tenant() + "?");
        try (var api = fairlead.api()) {
            api.delete(fairlead.inTenant("users", name));
        }
        fairlead.terminal().note(name + " is removed.");
        return Exit.OK.code();
    }

    private Table table(List<JsonNode> users) {
        var table = new Table("NAME", "STATE", "ID", "CREATED");
        for (var user : users) {
            table.row(
                    user.path("name").asString(""),
                    user.path("state").asString(""),
                    user.path("id").asString(""),
                    fairlead.terminal().time(user.path("created")));
        }
        return table;
    }
}
