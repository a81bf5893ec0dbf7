package dev.fairlead.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fairlead.hub.Cidr;
import dev.fairlead.hub.HubConfig;
import dev.fairlead.hub.HubLimits;
import dev.fairlead.hub.fleet.NodeLink;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A hub that serves plain HTTP to a load balancer, which ends TLS for it.
@Timeout(180)
class LoadBalancerTest {

    private static final int FROM_ONE_ADDRESS = 8;

    @TempDir static Path folder;
    private static LabCa ca;
    private static Path next;
    private static Lab lab;
    private static LoadBalancer balancer;
    private static LabAgent node;
    private static LabCli admin;

    @BeforeAll
    static void start() throws Exception {
        ca = new LabCa(folder.resolve("balancer"));
        next = Files.copy(ca.certificate(), folder.resolve("next.pem"));
        int port = Lab.freePort();
        lab = new Lab(folder, local -> behind(local, port));
        balancer = new LoadBalancer(folder, ca, port, lab.hub().bound().listen());
        node = lab.agent(Lab.TENANT, "node");
        admin = lab.cli("admin", ca.trusted());
    }

    private static HubConfig behind(HubConfig local, int port) {
        var limits = local.limits();
        return new HubConfig(
                local.names(),
                local.listen(),
                port,
                null,
                null,
                List.of(Cidr.parse(LoadBalancer.ADDRESS)),
                List.of(ca.certificate(), next),
                local.data(),
                local.database(),
                local.observe(),
                new HubLimits(
                        limits.connections(),
                        limits.requests(),
                        limits.eventStreams(),
                        limits.tlsHandshakes(),
                        limits.unproved(),
                        FROM_ONE_ADDRESS,
                        limits.handshakeSeconds(),
                        limits.terminals(),
                        limits.tenantMemory(),
                        limits.link()),
                local.resume());
    }

    @AfterAll
    static void stop() throws Exception {
        lab.close();
        balancer.close();
    }

    @Test
    void nodesAndPeopleComeThroughIt() throws Exception {
        assertThat(admin.ok("nodes")).contains(node.name()).contains("online");
        assertThat(admin.run("typed", "exec", node.name(), "--", "cat").ok()).isEqualTo("typed");
        // Without its CA its certificate is nobody's.
        try (var stranger = new LabCli(folder.resolve("home-stranger"))) {
            var ran =
                    stranger.run(
                            Lab.PASSWORD,
                            "login",
                            lab.hub().url().toString(),
                            "--user",
                            "admin",
                            "--password-stdin");
            assertThat(ran.exit()).isEqualTo(7);
            assertThat(ran.err()).contains("which this machine does not trust");
        }
    }

    /// Links are pinged, so a silence that the load balancer would end never comes.
    @Test
    void linksOutliveItsTimeoutInSilence() throws Exception {
        var before = node.node().since();
        assertThat(
                        admin.ok(
                                "exec",
                                "--no-stdin",
                                node.name(),
                                "--",
                                "sh",
                                "-c",
                                "sleep " + (LoadBalancer.TUNNEL_SECONDS + 2) + "; echo still here"))
                .isEqualTo("still here\n");
        assertThat(node.node().since()).isEqualTo(before);
    }

    /// First another CA's certificate that the hub does not know of yet, then one that it lists.
    @Test
    void itsCertificateChangesWhileAgentsAreLinkedAndItKillsConnections() throws Exception {
        int port = Lab.freePort();
        var url = URI.create("https://localhost:" + port);
        var newCa = new LabCa(folder.resolve("new-ca"));
        try (var moving = new LoadBalancer(folder, ca, port, lab.hub().bound().listen());
                var agent =
                        LabAgent.join(
                                lab,
                                Lab.TENANT,
                                folder.resolve("moved"),
                                "profile: node\nhub: " + url + "\n")) {
            agent.run();
            long epoch = agent.epoch();
            assertThat(link(agent).innerTls()).isFalse();

            moving.showCertificateOf(newCa);
            assertThat(admin.run("typed", "exec", agent.name(), "--", "cat").ok())
                    .isEqualTo("typed");
            assertThat(agent.epoch()).as("the link stands").isEqualTo(epoch);

            moving.killConnections();
            agent.awaitLinkAfter(epoch);
            assertThat(link(agent).innerTls()).isTrue();
            assertThat(link(agent).between()).startsWith("CN=Fairlead CA of localhost");
            // A person whose program knows the fingerprint follows as well.
            try (var follows = new LabCli(folder.resolve("home-follows"), ca.trusted())) {
                signedInAt(follows, url);
                assertThat(follows.run("typed", "exec", agent.name(), "--", "cat").ok())
                        .isEqualTo("typed");
            }

            Files.copy(newCa.certificate(), next, StandardCopyOption.REPLACE_EXISTING);
            var last = new AtomicLong(agent.epoch());
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> {
                        moving.killConnections();
                        agent.awaitLinkAfter(last.get());
                        last.set(agent.epoch());
                        return !link(agent).innerTls();
                    });
            assertThat(link(agent).between()).isNull();
        }
    }

    private static NodeLink link(LabAgent agent) {
        return Objects.requireNonNull(agent.node().link());
    }

    /// With the sign-in of the administrator.
    private static void signedInAt(LabCli person, URI hub) throws Exception {
        var profiles = Path.of("fairlead", "profiles.yaml");
        Files.createDirectories(person.home().resolve("fairlead"));
        Files.writeString(
                person.home().resolve(profiles),
                Files.readString(admin.home().resolve(profiles))
                        .replace(lab.hub().url().toString(), hub.toString()));
    }

    @Test
    void whoTheClientIsIsBelievedOfTheLoadBalancerOnly() throws Exception {
        var client =
                HttpClient.newBuilder()
                        .sslContext(ca.client())
                        .localAddress(InetAddress.ofLiteral("127.0.0.3"))
                        .build();
        try (client) {
            var signIn =
                    HttpRequest.newBuilder(URI.create(lab.hub().url() + "/api/v1/sign-ins"))
                            .header("Content-Type", "application/json")
                            .header("X-Forwarded-For", "203.0.113.9")
                            .POST(
                                    HttpRequest.BodyPublishers.ofString(
                                            "{\"user\":\"admin\",\"password\":\""
                                                    + Lab.PASSWORD
                                                    + "\"}"))
                            .build();
            assertThat(client.send(signIn, BodyHandlers.ofString()).statusCode()).isEqualTo(201);
        }
        assertThat(admin.ok("audit", "--tenant", "system", "--json"))
                .contains("\"127.0.0.3\"")
                .doesNotContain("203.0.113.9")
                .doesNotContain("\"" + LoadBalancer.ADDRESS + "\"");
    }

    /// The load balancer's own address is everybody's, and what a stranger says of its own is worth
    /// nothing.
    @Test
    void theGateCountsByTheAddressThatItNames() throws Exception {
        List<Socket> strangers = new ArrayList<>();
        try {
            for (int i = 0; i < FROM_ONE_ADDRESS; i++) {
                assertThat(upgrade(strangers, "127.0.0.4", i)).startsWith("HTTP/1.1 101");
            }
            assertThat(upgrade(strangers, "127.0.0.4", FROM_ONE_ADDRESS))
                    .startsWith("HTTP/1.1 503")
                    .containsIgnoringCase("retry-after: 1");
            assertThat(upgrade(strangers, "127.0.0.5", 0)).startsWith("HTTP/1.1 101");
        } finally {
            for (var stranger : strangers) {
                stranger.close();
            }
        }
    }

    /// Asks for a link from this address, and then says no more.
    private static String upgrade(List<Socket> open, String from, int number) throws Exception {
        var socket = ca.client().getSocketFactory().createSocket();
        open.add(socket);
        socket.setSoTimeout(30_000);
        socket.bind(new InetSocketAddress(from, 0));
        socket.connect(new InetSocketAddress("127.0.0.1", lab.hub().url().getPort()));
        return GatesTest.upgrade(socket, "X-Forwarded-For: 203.0.113." + number + "\r\n");
    }

    @Test
    void nobodyElseMayConnect() throws Exception {
        var hub = new InetSocketAddress("127.0.0.1", lab.hub().bound().listen());
        assertThat(answer(hub, "127.0.0.1")).isEmpty();
        assertThat(answer(hub, LoadBalancer.ADDRESS)).startsWith("HTTP/1.1 200");
    }

    /// What the hub says to a request from this address; empty where it hangs up.
    private static String answer(InetSocketAddress hub, String from) throws IOException {
        try (var socket = new Socket()) {
            socket.bind(new InetSocketAddress(from, 0));
            socket.connect(hub);
            socket.getOutputStream()
                    .write(
                            "GET /api/v1/hub HTTP/1.1\r\nHost: hub\r\nConnection: close\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        } catch (java.net.SocketException e) {
            return "";
        }
    }
}
