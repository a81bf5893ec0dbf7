package dev.fairlead.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.agent.state.StateFolder;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// The commands, as a person types them.
@Timeout(180)
@SuppressWarnings("NullAway.Init")
class MainTest {

    @TempDir Path dir;
    private FakeHub hub;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void start() throws Exception {
        hub = new FakeHub();
    }

    @AfterEach
    void stop() throws Exception {
        hub.close();
    }

    private int run(String... args) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        var all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--state", dir.resolve("state").toString()));
        all.addAll(List.of("--config", dir.resolve("agent.yaml").toString()));
        return Main.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(all.toArray(String[]::new));
    }

    @Test
    void joinStatusLeave() throws Exception {
        assertThat(run("status")).isEqualTo(Exit.NOT_JOINED);
        assertThat(out.toString()).contains("agent join");

        assertThat(run("join", hub.token().text(), "--profile", "gateway")).isEqualTo(Exit.OK);
        assertThat(out.toString())
                .contains("node7", "default", "gateway", "allow    nothing", "agent run");
        assertThat(dir.resolve("agent.yaml")).content().contains("profile: gateway");
        assertThat(run("join", hub.token().text())).as("again").isEqualTo(Exit.OK);

        assertThat(run("status")).isEqualTo(Exit.NOT_RUNNING);
        assertThat(out.toString()).contains("not running", "node7", hub.fingerprint().toString());

        var folder = StateFolder.open(dir.resolve("state"));
        try (var agent =
                Agent.start(
                        ReadConfig.read(dir.resolve("agent.yaml")), folder, TestAgents.parts())) {
            org.awaitility.Awaitility.await().until(() -> run("status") == Exit.OK);
            assertThat(out.toString()).contains("linked since", hub.uri().toString());
            assertThat(run("status", "--json")).isEqualTo(Exit.OK);
            var json = JsonMapper.builder().build().readTree(out.toString());
            assertThat(json.get("state").stringValue()).isEqualTo("linked");
            assertThat(json.get("running").booleanValue()).isTrue();
            assertThat(json.get("tenant").stringValue()).isEqualTo("default");
            assertThat(run("leave", "--offline")).as("while it runs").isEqualTo(Exit.FAILED);
            assertThat(agent.status().error()).isNull();
        }

        assertThat(run("leave")).isEqualTo(Exit.OK);
        assertThat(hub.calls).anyMatch(call -> call.method().equals("leave"));
        assertThat(dir.resolve("state/agent.key")).doesNotExist();
        assertThat(dir.resolve("state/state.json")).doesNotExist();
        assertThat(dir.resolve("agent.yaml")).exists();
        assertThat(run("leave")).as("again").isEqualTo(Exit.OK);
        assertThat(run("status")).isEqualTo(Exit.NOT_JOINED);
    }

    @Test
    void whatIsWrongIsSaidWithACodeOfItsOwn() throws Exception {
        assertThat(run("join")).isEqualTo(Exit.USAGE);
        assertThat(run("join", "flt_x", "--hub", "https://h")).isEqualTo(Exit.USAGE);
        assertThat(run("join", "nonsense")).isEqualTo(Exit.USAGE);
        assertThat(err.toString()).contains("flt_").doesNotContain("nonsense");
        assertThat(run("join", hub.token().text(), "--profile", "x")).isEqualTo(Exit.CONFIG);
        assertThat(run("run")).as("not joined").isEqualTo(Exit.CONFIG);
        Files.writeString(dir.resolve("agent.yaml"), "alow: [ssh]\n");
        assertThat(run("run")).isEqualTo(Exit.CONFIG);
        assertThat(err.toString()).contains("did you mean \"allow\"?");
        Files.writeString(dir.resolve("agent.yaml"), "profile: node\n");
        assertThat(run("join", hub.token().text(), "--profile", "gateway")).isEqualTo(Exit.FAILED);
        assertThat(err.toString()).contains("says profile: node");
        hub.refuse(dev.fairlead.link.handshake.Refusal.EXPIRED_TOKEN);
        assertThat(run("join", hub.token().text())).isEqualTo(Exit.REFUSED);
        var token = hub.token().text();
        hub.close();
        assertThat(run("join", token)).isEqualTo(Exit.UNAVAILABLE);
        assertThat(err.toString()).contains("refused the connection");
    }

    @Test
    void aProfileIsWrittenIntoAFileThatDoesNotSay() throws Exception {
        Files.writeString(dir.resolve("agent.yaml"), "# the installer's\nlogins: []");
        assertThat(run("join", hub.token().text(), "--profile", "collector")).isEqualTo(Exit.OK);
        assertThat(ReadConfig.read(dir.resolve("agent.yaml")).profile())
                .isEqualTo(Profile.COLLECTOR);
    }

    @Test
    void helpAndVersion() {
        for (String command : List.of("join", "run", "status", "leave")) {
            assertThat(Main.commandLine().setOut(new PrintWriter(out)).execute(command, "--help"))
                    .isZero();
        }
        assertThat(out.toString()).contains("--hub-fingerprint", "--offline", "--json");
        assertThat(Main.commandLine().setOut(new PrintWriter(out)).execute("--version")).isZero();
    }
}
