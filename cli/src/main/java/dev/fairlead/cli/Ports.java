package dev.fairlead.cli;

import dev.fairlead.cli.api.HubApi;
import dev.fairlead.cli.api.Query;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Shows what the network must let through.
@Command(
        name = "ports",
        description =
                "Show every port that this hub's configuration needs: listeners and outbound connections.")
final class Ports implements Callable<Integer> {

    private final Fairlead fairlead;

    @Option(
            names = "--as",
            paramLabel = "table|md|csv|json|nft",
            defaultValue = "table",
            description = "The form: nft is firewall text for nftables (${DEFAULT-VALUE}).")
    private String form = "table";

    @Mixin private JsonOption output = new JsonOption();

    Ports(Fairlead fairlead) {
        this.fairlead = fairlead;
    }

    @Override
    public Integer call() {
        if (!List.of("table", "md", "csv", "json", "nft").contains(form)) {
            throw new CliException(
                    Exit.USAGE,
                    "There is no form \"" + form + "\".",
                    "Forms are table, md, csv, json, nft.");
        }
        try (var api = fairlead.api()) {
            var ports = api.get(HubApi.path("ports"), Query.of("as", form));
            if (output.json || form.equals("json")) {
                fairlead.terminal().json(ports.path("items"));
            } else {
                ports.path("text").asString("").lines().forEach(fairlead.terminal()::line);
            }
        }
        return Exit.OK.code();
    }
}
