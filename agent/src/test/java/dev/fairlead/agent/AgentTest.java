package dev.fairlead.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.fairlead.agent.state.AgentStatus;
import dev.fairlead.agent.state.StateFolder;
import dev.fairlead.link.BlockingStream;
import dev.fairlead.link.BlockingStream.StreamException;
import dev.fairlead.link.Calls;
import dev.fairlead.link.Headers;
import dev.fairlead.link.Link;
import dev.fairlead.link.LinkEnd;
import dev.fairlead.link.StreamEnd;
import dev.fairlead.link.handshake.Refusal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// Whole agents against a hub that a test plays.
@Timeout(180)
@SuppressWarnings("NullAway.Init")
class AgentTest {

    @TempDir Path dir;
    private FakeHub hub;
    private TestAgents agents;
    private StateFolder folder;

    @BeforeEach
    void start() throws Exception {
        hub = new FakeHub();
        agents = new TestAgents();
        folder = agents.joined(dir.resolve("agent"), hub);
        hub.peers.clear();
        hub.nextLink();
        hub.ends.take();
    }

    @AfterEach
    void stop() throws Exception {
        agents.close();
        hub.close();
    }

    private Agent agent() throws IOException {
        return Agent.start(AgentConfig.of(Profile.NODE), folder, TestAgents.parts());
    }

    @Test
    void aHubThatOpensMoreThanTheOwnerAllowsIsRefusedOrLosesTheLink() throws Exception {
        var few = new AgentConfig.Limits(1, 1_024, 32_768, 1 << 20, 5, 5);
        try (var agent =
                        Agent.start(
                                AgentConfig.of(Profile.NODE).withLimits(few),
                                folder,
                                TestAgents.parts());
                var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var link = hub.nextLink();
            var target =
                    Headers.of("kind", "tcp", "target", "127.0.0.1:" + listener.getLocalPort());
            try (var first = BlockingStream.open(link, target)) {
                first.awaitAccepted(30);
                assertThat(refusal(link, target)).isEqualTo(StreamEnd.LIMIT);
            }
            for (int i = 0; i < 50; i++) {
                BlockingStream.open(link, target);
            }
            assertThat(hub.ends.poll(30, TimeUnit.SECONDS)).isEqualTo(LinkEnd.LIMIT);
            // The next link has its own account.
            reaches(hub.nextLink());
            await().untilAsserted(() ->
                    assertThat(agent.status().state()).isEqualTo(AgentStatus.State.LINKED));
        }
    }

    private static void reaches(Link link) throws Exception {
        try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var stream =
                        BlockingStream.open(
                                link,
                                Headers.of(
                                        "kind",
                                        "tcp",
                                        "target",
                                        "127.0.0.1:" + listener.getLocalPort()))) {
            listener.setSoTimeout(30_000);
            stream.out().write(42);
            try (var target = listener.accept()) {
                assertThat(target.getInputStream().read()).isEqualTo(42);
            }
        }
    }

    private static StreamEnd refusal(Link link, Headers headers) {
        try (var stream = BlockingStream.open(link, headers)) {
            stream.awaitAccepted(30);
            throw new AssertionError("was accepted");
        } catch (StreamException e) {
            return e.end();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void itLinksServesAndReports() throws Exception {
        try (var agent = agent()) {
            var link = hub.nextLink();
            assertThat(hub.peers.take().capabilities().keySet())
                    .containsExactlyInAnyOrder("tcp", "exec", "terminal", "ssh", "call", "resume");
            reaches(link);
            var methods = new ArrayList<String>();
            for (int i = 0; i < 3; i++) {
                var call = hub.calls.poll(30, TimeUnit.SECONDS);
                assertThat(call).isNotNull();
                methods.add(call.method());
                if (call.method().equals("policy")) {
                    var policy = JsonMapper.builder().build().readTree(call.document());
                    assertThat(policy.get("profile").stringValue()).isEqualTo("node");
                    assertThat(policy.get("allow").size()).isEqualTo(2);
                    assertThat(policy.get("logins").size()).isEqualTo(1);
                }
            }
            assertThat(methods).containsExactlyInAnyOrder("heartbeat", "policy", "host-cert");
            var asked =
                    new Calls.Question(
                            "1", "statistics", Duration.ofSeconds(10), false, new byte[0]);
            assertThat(new String(Calls.ask(link, asked), StandardCharsets.UTF_8))
                    .contains("memoryTotal");
            await().until(() -> agent.status().state() == AgentStatus.State.LINKED);
            assertThat(folder.readStatus()).isEqualTo(agent.status());
            assertThat(refusal(link, Headers.of("kind", "tcp", "target", "10.0.0.1:80")))
                    .isEqualTo(StreamEnd.DENIED_BY_NODE);
            assertThat(
                            refusal(
                                    link,
                                    Headers.of(
                                            "kind", "ssh", "user", "a", "session", "s", "login",
                                            "nobody")))
                    .isEqualTo(StreamEnd.DENIED_BY_NODE);
            var address = hub.uri();
            assertThat(
                            refusal(
                                    link,
                                    Headers.of(
                                            "kind",
                                            "tcp",
                                            "target",
                                            "127.0.0.1:" + address.getPort())))
                    .as("the hub itself")
                    .isEqualTo(StreamEnd.DENIED_BY_NODE);
        }
        assertThat(hub.ends.poll(30, TimeUnit.SECONDS)).isEqualTo(LinkEnd.CLOSED);
        assertThat(folder.readStatus())
                .isNotNull()
                .satisfies(
                        status -> assertThat(status.state()).isEqualTo(AgentStatus.State.STOPPED));
    }

    /// The hub waits for the answer of a node that it has renamed.
    @Test
    void itAsksForItsHostCertificateAnewWhenTheHubSaysSo() throws Exception {
        try (var _ = agent()) {
            var link = hub.nextLink();
            await().until(() -> hub.calls.stream().anyMatch(c -> c.method().equals("host-cert")));
            hub.calls.clear();
            var renew =
                    new Calls.Question(
                            "1", "renew-host-cert", Duration.ofSeconds(10), false, new byte[0]);
            assertThatThrownBy(() -> Calls.ask(link, renew))
                    .as("this hub signs nothing")
                    .isInstanceOf(StreamException.class);
            assertThat(hub.calls).anyMatch(c -> c.method().equals("host-cert"));
        }
    }

    @Test
    void aLostLinkIsDialledAgain() throws Exception {
        try (var _ = agent()) {
            hub.nextLink().channel().close();
            reaches(hub.nextLink());
        }
    }

    @Test
    void aRefusedDialIsRepeatedAndItsReasonIsShown() throws Exception {
        hub.refuse(Refusal.INTERNAL);
        try (var agent = agent()) {
            await().until(() -> agent.status().error() != null);
            assertThat(agent.status().state()).isEqualTo(AgentStatus.State.DIALING);
            assertThat(agent.status().error()).contains("internal");
            hub.verdict = hub.welcome("renamed");
            hub.nextLink();
            await().until(() -> agent.status().state() == AgentStatus.State.LINKED);
            assertThat(agent.status().error()).isNull();
            assertThat(agent.status().name()).isEqualTo("renamed");
            assertThat(folder.read())
                    .isNotNull()
                    .satisfies(s -> assertThat(s.name()).isEqualTo("renamed"));
        }
    }

    @Test
    void aRemovedNodeDialsNoMore() throws Exception {
        try (var agent = agent()) {
            var link = hub.nextLink();
            // What comes before the agent has taken the link over is lost with the connection; a
            // hub would then refuse the next handshake.
            await().until(() -> agent.status().state() == AgentStatus.State.LINKED);
            link.close(LinkEnd.REVOKED, "the node was removed");
            assertThat(agent.ended().get(30, TimeUnit.SECONDS)).contains("removed", "agent leave");
            assertThat(agent.status().state()).isEqualTo(AgentStatus.State.REVOKED);
        }
        hub.refuse(Refusal.REVOKED);
        try (var agent = agent()) {
            assertThat(agent.ended().get(30, TimeUnit.SECONDS)).contains("removed");
        }
    }

    @Test
    void aDrainingHubIsDialledAnewBeforeTheOldLinkIsLetGo() throws Exception {
        try (var _ = agent()) {
            var old = hub.nextLink();
            try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                    var stream =
                            BlockingStream.open(
                                    old,
                                    Headers.of(
                                            "kind",
                                            "tcp",
                                            "target",
                                            "127.0.0.1:" + listener.getLocalPort()));
                    var target = listener.accept()) {
                stream.awaitAccepted(30);
                old.goAway(LinkEnd.GOING_AWAY, Duration.ofMillis(50), "drained");
                reaches(hub.nextLink());
                target.getOutputStream().write(7);
                assertThat(stream.in().read()).isEqualTo(7);
            }
        }
    }

    @Test
    void twoAgentsInOneProcessButOnePerFolder() throws Exception {
        var second = agents.joined(dir.resolve("second"), hub);
        hub.nextLink();
        try (var _ = agent();
                var _ = Agent.start(AgentConfig.of(Profile.NODE), second, TestAgents.parts())) {
            reaches(hub.nextLink());
            reaches(hub.nextLink());
            assertThatThrownBy(this::agent).hasMessageContaining("Another agent is running");
            assertThat(folder.isInUse()).isTrue();
        }
        assertThat(folder.isInUse()).isFalse();
        agent().close();
    }

    @Test
    void whatCannotBeUsedStopsTheStart() throws Exception {
        var empty = StateFolder.open(dir.resolve("empty"));
        assertThatThrownBy(
                        () -> Agent.start(AgentConfig.of(Profile.NODE), empty, TestAgents.parts()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("agent join");
        Files.writeString(folder.path().resolve("state.json"), "{");
        assertThatThrownBy(this::agent).hasMessageContaining("damaged");
    }

    @Test
    void closingEndsProgramsThatRun() throws Exception {
        var agent = agent();
        var link = hub.nextLink();
        var stream =
                BlockingStream.open(
                        link, Headers.of("kind", "exec", "argv", "[\"sleep\",\"300\"]"));
        stream.awaitAccepted(30);
        agent.close();
        assertThatThrownBy(() -> stream.in().read())
                .isInstanceOfSatisfying(
                        StreamException.class,
                        e -> assertThat(e.end()).isEqualTo(StreamEnd.GOING_AWAY));
        assertThat(
                        ProcessHandle.current()
                                .descendants()
                                .filter(p -> p.info().command().orElse("").endsWith("sleep")))
                .isEmpty();
    }
}
