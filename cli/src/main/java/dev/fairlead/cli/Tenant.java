package dev.fairlead.cli;

import dev.fairlead.cli.api.HubApi;
import dev.fairlead.cli.api.Query;
import dev.fairlead.cli.output.Table;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// Tenants of the hub.
@Command(
        name = "tenant",
        synopsisSubcommandLabel = "COMMAND",
        description = "Make, list or remove tenants.")
final class Tenant {

    private final Fairlead fairlead;

    Tenant(Fairlead fairlead) {
        this.fairlead = fairlead;
    }

    @Command(
            name = "create",
            description = {
                "Make a tenant (system administrators).",
                "Nobody has a right in it yet; fairlead grant add gives one, and is recorded in the tenant's audit."
            })
    int create(
            @Parameters(
                            paramLabel = "NAME",
                            description = "A DNS label, part of the nodes' SSH names.")
                    String name,
            @Mixin JsonOption output) {
        try (var api = fairlead.api()) {
            var made =
                    api.post(HubApi.path("tenants"), Map.of("name", Names.label("tenant", name)));
            if (output.json) {
                fairlead.terminal().json(made);
            }
        }
        fairlead.terminal().note("The tenant " + name + " is made.");
        return Exit.OK.code();
    }

    @Command(name = "ls", description = "List the tenants that you can see.")
    int list(@Mixin JsonOption output) {
        try (var api = fairlead.api()) {
            fairlead.terminal()
                    .list(
                            output.json,
                            api.list(HubApi.path("tenants"), Query.NONE),
                            "No tenants.",
                            this::table);
        }
        return Exit.OK.code();
    }

    @Command(
            name = "rm",
            description =
                    "Remove a tenant with its nodes, users and records; its links are cut and its data key is destroyed.")
    int remove(
            @Parameters(paramLabel = "NAME", description = "The tenant's name or id.") String name,
            @Option(names = "--yes", description = "Do not ask.") boolean yes) {
        Confirm.orStop(fairlead, yes, "Remove the tenant " + name + " with everything in it?");
        try (var api = fairlead.api()) {
            api.delete(HubApi.path("tenants", name));
        }
        fairlead.terminal().note("The tenant " + name + " is removed.");
        return Exit.OK.code();
    }

    private Table table(List<JsonNode> tenants) {
        var table = new Table("NAME", "ID", "CREATED");
        for (var tenant : tenants) {
            table.row(
                    tenant.path("name").asString(""),
                    tenant.path("id").asString(""),
                    fairlead.terminal().time(tenant.path("created")));
        }
        return table;
    }
}
