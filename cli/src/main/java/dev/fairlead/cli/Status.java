package dev.fairlead.cli;

import dev.fairlead.cli.api.HubApi;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Shows who is signed in where, and whether that works now.
@Command(
        name = "status",
        description =
                "Show the profile, the hub, who is signed in until when, and what that person may do where.")
final class Status implements Callable<Integer> {

    private final Fairlead fairlead;

    @Mixin private JsonOption output = new JsonOption();

    Status(Fairlead fairlead) {
        this.fairlead = fairlead;
    }

    @Override
    public Integer call() {
        String name = fairlead.profileName();
        var profile = fairlead.profile();
        var shown = JsonMapper.shared().createObjectNode();
        shown.put("profile", name)
                .put("tenant", profile.tenant())
                .put("profilesFile", fairlead.folder().profilesFile().toString());
        try (var api = fairlead.api(profile.token())) {
            long before = System.nanoTime();
            shown.set("hub", api.get(HubApi.path("hub")));
            shown.put("answeredInMs", Duration.ofNanos(System.nanoTime() - before).toMillis());
            profile.needToken(name);
            shown.set("me", api.get(HubApi.path("me")));
        } catch (CliException e) {
            show(shown, profile.hub().toString());
            throw e;
        }
        show(shown, profile.hub().toString());
        return Exit.OK.code();
    }

    private void show(ObjectNode shown, String address) {
        var terminal = fairlead.terminal();
        if (output.json) {
            terminal.json(shown);
            return;
        }
        terminal.line(
                "profile   "
                        + shown.path("profile").asString("")
                        + " in "
                        + shown.path("profilesFile").asString(""));
        var hub = shown.path("hub");
        terminal.line(
                "hub       "
                        + address
                        + (hub.isMissingNode()
                                ? ""
                                : ", version "
                                        + hub.path("version").asString("")
                                        + ", answered in "
                                        + shown.path("answeredInMs").asLong(0)
                                        + " ms"));
        if (!hub.isMissingNode()) {
            terminal.line("root key  " + hub.path("fingerprint").asString(""));
        }
        var me = shown.path("me");
        if (me.isMissingNode()) {
            return;
        }
        var credential = me.path("credential");
        terminal.line(
                "user      "
                        + me.path("user").path("name").asString("")
                        + "@"
                        + me.path("user").path("tenant").asString("")
                        + ", by "
                        + credential.path("kind").asString("")
                        + " until "
                        + terminal.time(credential.path("expires")));
        terminal.line("tenant    " + shown.path("tenant").asString("none"));
        for (var tenant : me.path("tenants").values()) {
            for (var grant : tenant.path("grants").values()) {
                terminal.line("grant     " + grant(tenant, grant));
            }
        }
    }

    private static String grant(JsonNode tenant, JsonNode grant) {
        String labels = grant.path("labels").asString("");
        return grant.path("role").asString("")
                + " in "
                + tenant.path("tenant").asString("")
                + ", nodes "
                + (labels.isEmpty() ? "all" : labels)
                + ", logins "
                + Grant.logins(grant.path("logins"));
    }
}
