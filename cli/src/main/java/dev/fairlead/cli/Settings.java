package dev.fairlead.cli;

import dev.fairlead.cli.api.HubApi;
import dev.fairlead.cli.output.Table;
import dev.fairlead.cli.output.Times;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/// Shows how the hub is set up.
@Command(
        name = "settings",
        description = {
            "Show how the hub is set up: its certificates and when they end, the keys that agents trust, how long what is kept, and the limits in force (the hub's administrators).",
            "What is said here is changed in hub.yaml."
        })
final class Settings implements Callable<Integer> {

    private final Fairlead fairlead;

    @Mixin private JsonOption output = new JsonOption();

    Settings(Fairlead fairlead) {
        this.fairlead = fairlead;
    }

    @Override
    public Integer call() {
        JsonNode settings;
        try (var api = fairlead.api()) {
            settings = api.get(HubApi.path("hub", "settings"));
        }
        if (output.json) {
            fairlead.terminal().json(settings);
        } else {
            show(settings);
        }
        return Exit.OK.code();
    }

    private void show(JsonNode settings) {
        var terminal = fairlead.terminal();
        terminal.line("version    " + settings.path("version").asString(""));
        terminal.line("address    " + settings.path("url").asString(""));
        terminal.line("started    " + terminal.time(settings.path("started")));
        var identity = settings.path("identity");
        terminal.line("root key   " + identity.path("fingerprint").asString(""));
        terminal.line("key bundle " + identity.path("bundle").asLong(0));
        for (var key : identity.path("keys").values()) {
            terminal.line(
                    "hub key    "
                            + key.path("fingerprint").asString("")
                            + (key.path("own").asBoolean(false) ? " (this hub)" : ""));
        }
        var tls = settings.path("tls");
        terminal.line(
                "TLS        "
                        + tls.path("origin").asString("")
                        + (tls.path("renewed").isNull()
                                ? ""
                                : ", renewed " + terminal.time(tls.path("renewed"))));
        terminal.line("");
        terminal.table(certificates(tls.path("chains")));
        terminal.line("");
        var kept = new Table("KEPT", "FOR");
        for (var one : settings.path("retention").values()) {
            kept.row(
                    one.path("what").asString(""),
                    one.path("seconds").isNull()
                            ? "until its tenant is removed"
                            : Times.span(Duration.ofSeconds(one.path("seconds").asLong(0))));
        }
        terminal.table(kept);
        terminal.line("");
        var limits = new Table("LIMIT", "VALUE", "DEFAULT");
        for (var limit : settings.path("limits").values()) {
            limits.row(
                    limit.path("key").asString(""),
                    Long.toString(limit.path("value").asLong(0)),
                    Long.toString(limit.path("standard").asLong(0)));
        }
        terminal.table(limits);
    }

    private Table certificates(JsonNode chains) {
        var table = new Table("CERTIFICATE", "ENDS", "NAMES", "SHA-256");
        for (var chain : chains.values()) {
            for (var one : chain.values()) {
                table.row(
                        one.path("subject").asString(""),
                        fairlead.terminal().time(one.path("notAfter")),
                        one.path("names").values().stream()
                                .map(name -> name.asString(""))
                                .collect(Collectors.joining(",")),
                        one.path("fingerprint").asString(""));
            }
        }
        return table;
    }
}
