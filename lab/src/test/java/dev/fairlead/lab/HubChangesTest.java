package dev.fairlead.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The hub changes all that can change of it but its root key, and no agent is touched:
/// certificate, CA, key and name, while one agent is linked and another one is away for a year.
@Timeout(300)
class HubChangesTest {

    private static final String OLD = "localhost";
    private static final String NEW = "127.0.0.1";

    @TempDir static Path folder;
    private static Lab lab;
    private static Path yaml;

    @BeforeAll
    static void start() throws Exception {
        lab = new Lab(folder, local -> local.withNames(List.of(OLD)));
        yaml = folder.resolve("renamed.yaml");
        Files.writeString(
                yaml,
                """
                # Of this test.
                names: [%s]
                listen: {address: 127.0.0.1, port: %d}
                data: %s
                observe: {address: 127.0.0.1, port: 0}
                """
                        .formatted(OLD, lab.hub().bound().listen(), folder.resolve("hub")));
    }

    @AfterAll
    static void stop() throws Exception {
        lab.close();
    }

    @Test
    void agentsFollowAndWhoWasAwayForAYearFindsHome() throws Exception {
        var stays = lab.agent(Lab.TENANT, "stays");
        var away = lab.agent(Lab.TENANT, "away");
        away.close();
        away.awaitOffline();
        var fingerprint = lab.hub().fingerprint();

        // Beforehand: who is linked has learned the old name only, and so has who is away.
        var dry = hub("rename", NEW, "--dry-run", "--config", yaml.toString());
        assertThat(dry.exit()).isEqualTo(1);
        assertThat(dry.out())
                .contains("then  names: [127.0.0.1, localhost]")
                .contains(stays.name() + " of default: it is linked")
                .contains(away.name() + " of default: offline since")
                .contains("Nothing was changed.");
        assertThat(Files.readString(yaml)).contains("names: [localhost]");
        var early = hub("rename", NEW, "--retire", OLD, "--config", yaml.toString());
        assertThat(early.exit()).isEqualTo(78);
        assertThat(early.err()).contains("not called 127.0.0.1 yet");

        // A new key, a new name with a new CA, and a year later.
        assertThat(hub("rotate-key", "--config", yaml.toString()).ok()).contains("key bundle 2");
        assertThat(hub("rename", NEW, "--config", yaml.toString()).ok())
                .contains("Restart the hub");
        assertThat(Files.readString(yaml))
                .startsWith("# Of this test.\nnames: [127.0.0.1, localhost]\nlisten:");
        String ca = lab.ca();
        lab.clock().setAhead(Duration.ofDays(365));
        long epoch = stays.epoch();
        lab.restartHub(config -> config.withNames(List.of(NEW, OLD)));
        assertThat(lab.ca()).isNotEqualTo(ca);
        assertThat(lab.hub().fingerprint()).isEqualTo(fingerprint);
        stays.awaitLinkAfter(epoch);
        await().untilAsserted(() ->
                assertThat(state(stays)).contains("\"bundle\" : 2").contains("https://127.0.0.1:"));

        // Who has not come since keeps the old name from being retired.
        var blocked = hub("rename", NEW, "--retire", OLD, "--config", yaml.toString());
        assertThat(blocked.exit()).isEqualTo(1);
        assertThat(blocked.out())
                .contains(away.name() + " of default: offline since")
                .doesNotContain(stays.name() + " of")
                .contains("--leave-behind");
        assertThat(Files.readString(yaml)).contains("names: [127.0.0.1, localhost]");

        // It is back, with the state of a year ago.
        assertThat(state(away)).contains("\"bundle\" : 1").contains("https://localhost:");
        away.run();
        await().untilAsserted(() ->
                assertThat(state(away)).contains("\"bundle\" : 2").contains("https://127.0.0.1:"));

        var all = hub("rename", NEW, "--retire", OLD, "--dry-run", "--config", yaml.toString());
        assertThat(all.ok()).contains("Every node dials what will be left.");
        assertThat(hub("rename", NEW, "--retire", OLD, "--config", yaml.toString()).ok())
                .contains("answers to localhost no more");
        epoch = stays.epoch();
        lab.restartHub(config -> config.withNames(List.of(NEW)));
        stays.awaitLinkAfter(epoch);
        await().atMost(Duration.ofSeconds(60)).until(() -> away.node().isOnline());
        assertThat(Files.readString(stays.log())).contains("Linked to https://127.0.0.1:");
    }

    private static String state(LabAgent agent) throws Exception {
        return Files.readString(agent.folder().resolve("state/state.json"));
    }

    /// `fairlead hub ARGS...`, while the hub runs.
    private static Programs.Ran hub(String... args) throws Exception {
        var command = new java.util.ArrayList<>(List.of(Programs.LAUNCHER.toString(), "hub"));
        command.addAll(List.of(args));
        return Programs.run(
                Programs.builder(Map.of("HOME", folder.toString()), command),
                new byte[0],
                Duration.ofSeconds(60));
    }
}
