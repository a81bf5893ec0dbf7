package dev.fairlead.cli;

import dev.fairlead.cli.api.Query;
import dev.fairlead.cli.output.Table;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// Grants: who may do what to which nodes.
@Command(
        name = "grant",
        synopsisSubcommandLabel = "COMMAND",
        description = "Add, list, explain or withdraw grants: who may do what to which nodes.")
final class Grant {

    private final Fairlead fairlead;

    Grant(Fairlead fairlead) {
        this.fairlead = fairlead;
    }

    @Command(
            name = "add",
            description = {
                "Give a user a role on nodes of the tenant.",
                "  viewer    sees nodes and sessions",
                "  operator  that, and shells, commands and forwards as the logins named",
                "  admin     everything; without -l also users, grants, tokens and audit of the tenant"
            })
    int add(
            @Parameters(
                            index = "0",
                            paramLabel = "USER",
                            description =
                                    "NAME of the tenant, NAME@system for the hub's staff, or an id.")
                    String user,
            @Parameters(
                            index = "1",
                            paramLabel = "ROLE",
                            description = "admin, operator or viewer.")
                    String role,
            @Option(
                            names = {"-l", "--label"},
                            paramLabel = "KEY=VALUE",
                            description =
                                    "Only nodes with this label; more than once for all of them.")
                    @Nullable List<String> labels,
            @Option(
                            names = "--login",
                            paramLabel = "LOGIN",
                            split = ",",
                            description =
                                    "An account at the nodes, or * for any that a node allows; the node's default only when left out.")
                    @Nullable List<String> logins,
            @Mixin JsonOption output) {
        try (var api = fairlead.api()) {
            var made =
                    api.post(
                            fairlead.inTenant("grants"),
                            Map.of(
                                    "user",
                                    user,
                                    "role",
                                    role,
                                    "labels",
                                    labels == null ? "" : Labels.selector(labels),
                                    "logins",
                                    logins == null ? List.of() : logins));
            if (output.json) {
                fairlead.terminal().json(made);
            } else {
                fairlead.terminal().line(made.path("id").asString(""));
            }
        }
        return Exit.OK.code();
    }

    @Command(name = "ls", description = "List the grants in the tenant.")
    int list(
            @Option(names = "--user", paramLabel = "USER", description = "Only those of this user.")
                    @Nullable String user,
            @Mixin JsonOption output) {
        try (var api = fairlead.api()) {
            fairlead.terminal()
                    .list(
                            output.json,
                            api.list(fairlead.inTenant("grants"), Query.of("user", user)),
                            "No grants.",
                            this::table);
        }
        return Exit.OK.code();
    }

    @Command(
            name = "explain",
            description = {
                "Show who may use a node, and by which grants; or which nodes a user may use.",
                "Decided by the hub's own rules; the node's policy (node show) has the last word."
            })
    int explain(
            @Option(names = "--node", paramLabel = "NODE", description = "Who may use this node.")
                    @Nullable String node,
            @Option(names = "--user", paramLabel = "USER", description = "What this user may use.")
                    @Nullable String user,
            @Mixin JsonOption output) {
        if (node == null && user == null) {
            throw new CliException(
                    Exit.USAGE,
                    "Neither a node nor a user is named.",
                    "Add --node NODE, --user USER or both");
        }
        try (var api = fairlead.api()) {
            fairlead.terminal()
                    .list(
                            output.json,
                            api.list(
                                    fairlead.inTenant("access"),
                                    Query.of("node", node == null ? null : Names.node(node))
                                            .and("user", user)),
                            "Nobody.",
                            Grant::explained);
        }
        return Exit.OK.code();
    }

    private static Table explained(List<JsonNode> all) {
        var table = new Table("USER", "NODE", "SEES", "USES", "MANAGES", "LOGINS", "BY");
        for (var access : all) {
            boolean uses = allowed(access, "stream.ssh").equals("yes");
            table.row(
                    access.path("user").asString("")
                            + (access.path("userState").asString("").equals("disabled")
                                    ? " (disabled)"
                                    : ""),
                    access.path("node").asString(""),
                    allowed(access, "nodes.see"),
                    allowed(access, "stream.ssh"),
                    allowed(access, "nodes.manage"),
                    uses ? logins(access.path("logins")) : "",
                    access.path("grants").values().stream()
                            .filter(held -> held.path("takesIn").asBoolean(false))
                            .map(held -> held.path("grant").path("id").asString(""))
                            .collect(Collectors.joining(",")));
        }
        return table;
    }

    /// `yes`, or the reason why not.
    private static String allowed(JsonNode access, String act) {
        for (var one : access.path("acts")) {
            if (one.path("act").asString("").equals(act)) {
                return one.path("allowed").asBoolean(false)
                        ? "yes"
                        : "no: " + one.path("reason").asString("");
            }
        }
        return "";
    }

    @Command(
            name = "rm",
            description = "Withdraw a grant; what no other grant allows is cut within a second.")
    int remove(
            @Parameters(paramLabel = "ID", description = "The grant's id: grant_...") String id) {
        try (var api = fairlead.api()) {
            api.delete(fairlead.inTenant("grants", id));
        }
        fairlead.terminal().note(id + " is withdrawn.");
        return Exit.OK.code();
    }

    static String logins(JsonNode logins) {
        return logins.isEmpty()
                ? "default"
                : logins.values().stream()
                        .map(l -> l.asString(""))
                        .collect(Collectors.joining(","));
    }

    private Table table(List<JsonNode> grants) {
        var table = new Table("ID", "USER", "ROLE", "NODES", "LOGINS", "CREATED");
        for (var grant : grants) {
            String labels = grant.path("labels").asString("");
            table.row(
                    grant.path("id").asString(""),
                    grant.path("user").asString(""),
                    grant.path("role").asString(""),
                    labels.isEmpty() ? "all" : labels,
                    logins(grant.path("logins")),
                    fairlead.terminal().time(grant.path("created")));
        }
        return table;
    }
}
