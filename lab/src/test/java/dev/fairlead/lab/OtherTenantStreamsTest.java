package dev.fairlead.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.fairlead.cli.api.HubApi;
import dev.fairlead.cli.api.Query;
import dev.fairlead.cli.stream.Opening;
import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.rbac.Logins;
import dev.fairlead.hub.rbac.Role;
import dev.fairlead.hub.rbac.Selector;
import dev.fairlead.link.BlockingStream;
import dev.fairlead.link.BlockingStream.StreamException;
import dev.fairlead.link.Calls;
import dev.fairlead.link.Headers;
import dev.fairlead.link.Link;
import dev.fairlead.link.StreamEnd;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What somebody with every right in one tenant, and with a node of their own there, gets to see of
/// another by streams: what is there answers as what is not, and nothing of it reaches the other's
/// node. (The API's operations are asked the same in the hub's own tests.)
@Timeout(120)
@SuppressWarnings("NullAway.Init")
class OtherTenantStreamsTest {

    private static final String OTHER = "other";

    @TempDir static Path folder;
    private static Lab lab;
    private static FakeNode victim;
    private static FakeNode own;
    private static Person vera;
    private static Person mallory;
    private static Link link;
    private static Watched work;
    private static String session;

    /// @param message word for word
    private record Refusal(StreamEnd cause, String message) {}

    @BeforeAll
    static void start() throws Exception {
        lab = new Lab(folder);
        lab.tenant(OTHER);
        lab.user(Lab.TENANT, "vera", Role.OPERATOR, Selector.ALL, Logins.ANY);
        lab.user(OTHER, "mallory", Role.ADMIN, Selector.ALL, Logins.ANY);
        victim = new FakeNode(lab, Lab.TENANT, "victim");
        own = new FakeNode(lab, OTHER, "own");
        vera = new Person(lab, "vera@default", Lab.TENANT, lab.signIn("vera@default"));
        mallory = new Person(lab, "mallory@other", OTHER, lab.signIn("mallory@other"));
        link = mallory.link();
        work = new Watched();
        var hers = vera.link();
        hers.channel()
                .eventLoop()
                .execute(() ->
                        work.of(
                                hers.open(
                                        Opening.tcp(Lab.TENANT, victim.name(), "127.0.0.1:22"),
                                        work)));
        work.awaitUp();
        session = victim.opened.take().need("session");
    }

    @AfterAll
    static void stop() throws Exception {
        assertThat(work.isOver()).as("Vera's work goes on").isFalse();
        assertThat(victim.opened).as("what reached her node").isEmpty();
        vera.close();
        mallory.close();
        victim.close();
        own.close();
        lab.close();
    }

    private static Refusal refusal(Link asked, Headers headers) {
        try (var stream = BlockingStream.open(asked, headers)) {
            var refused =
                    catchThrowableOfType(StreamException.class, () -> stream.awaitAccepted(30));
            assertThat(refused).as("%s was let in", headers).isNotNull();
            return new Refusal(refused.end(), String.valueOf(refused.getMessage()));
        }
    }

    private static Headers open(String kind, String tenant, String node) {
        return switch (kind) {
            case "ssh" -> Opening.ssh(tenant, node, null);
            case "exec" -> Opening.exec(tenant, node, null, "[\"id\"]");
            case "tcp" -> Opening.tcp(tenant, node, "127.0.0.1:22");
            default -> Headers.of("kind", kind, "tenant", tenant, "node", node);
        };
    }

    /// Each way to name another tenant's node.
    private static List<Headers> foreign(String kind) {
        var all = new ArrayList<Headers>();
        for (var tenant : List.of(Lab.TENANT, lab.tenantId(Lab.TENANT).text(), OTHER)) {
            for (var node : List.of(victim.name(), victim.id())) {
                all.add(open(kind, tenant, node));
            }
        }
        return all;
    }

    private static List<Headers> missing(String kind) {
        return List.of(
                open(kind, "no-such-tenant", "no-such-node"),
                open(kind, TenantId.fresh().text(), NodeId.fresh().text()),
                open(kind, OTHER, "no-such-node"),
                open(kind, OTHER, NodeId.fresh().text()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ssh", "exec", "tcp", "call", "no-such-kind"})
    void aPersonsStreamToAnothersNode(String kind) {
        var there = foreign(kind).stream().map(headers -> refusal(link, headers)).toList();
        var nowhere = missing(kind).stream().map(headers -> refusal(link, headers)).toList();
        assertThat(there).containsOnly(nowhere.getFirst());
        assertThat(nowhere).containsOnly(nowhere.getFirst());
        assertThat(nowhere.getFirst().cause())
                .isEqualTo(
                        List.of("ssh", "exec", "tcp").contains(kind)
                                ? StreamEnd.DENIED
                                : StreamEnd.BAD_REQUEST);
    }

    /// Who somebody is and which session it is says the hub, whatever the OPEN says.
    @Test
    void forgedHeadersAreNotPassedOn() throws Exception {
        var forged =
                Opening.tcp(OTHER, own.name(), "127.0.0.1:22")
                        .with("session", session)
                        .with("user", "admin@system")
                        .with("tenant-id", lab.tenantId(Lab.TENANT).text());
        try (var stream = BlockingStream.open(link, forged)) {
            stream.awaitAccepted(30);
            var arrived = own.opened.poll(30, TimeUnit.SECONDS);
            assertThat(arrived).isNotNull();
            assertThat(arrived.need("user")).isEqualTo("mallory@other");
            assertThat(arrived.need("session")).startsWith("sess_").isNotEqualTo(session);
            assertThat(arrived.text("tenant-id")).isNull();
            assertThat(arrived.text("tenant")).isNull();
        }
        try (var api = lab.api(lab.signIn("admin"))) {
            assertThat(api.list(HubApi.path("tenants", Lab.TENANT, "sessions"), Query.NONE))
                    .as("of Vera's tenant")
                    .hasSize(1);
        }
    }

    /// The hub opens streams to nodes; a node may ask for calls only.
    @ParameterizedTest
    @ValueSource(strings = {"ssh", "exec", "tcp", "no-such-kind"})
    void aNodesStreamToAnothersNode(String kind) {
        var there = foreign(kind).stream().map(headers -> refusal(own.link(), headers)).toList();
        var nowhere = missing(kind).stream().map(headers -> refusal(own.link(), headers)).toList();
        assertThat(there).containsOnly(nowhere.getFirst());
        assertThat(nowhere.getFirst().cause()).isEqualTo(StreamEnd.UNSUPPORTED);
    }

    private static byte[] call(FakeNode node, String method, String json) throws Exception {
        return Calls.ask(
                node.link(),
                new Calls.Question(
                        "1",
                        method,
                        Duration.ofSeconds(10),
                        false,
                        json.getBytes(StandardCharsets.UTF_8)));
    }

    private static String hostKey() throws Exception {
        byte[] spki =
                KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPublic().getEncoded();
        var blob = ByteBuffer.allocate(51);
        blob.putInt(11).put("ssh-ed25519".getBytes(StandardCharsets.US_ASCII));
        blob.putInt(32).put(spki, spki.length - 32, 32);
        return Base64.getEncoder().encodeToString(blob.array());
    }

    @Test
    void aNodesCallsAreAboutItselfOnly() throws Exception {
        String theirs =
                "\"tenant\": \"%s\", \"node\": \"%s\", \"name\": \"%s\""
                        .formatted(lab.tenantId(Lab.TENANT).text(), victim.id(), victim.name());
        String key = "ssh-ed25519 " + hostKey();
        String answer =
                new String(
                        call(own, "host-cert", "{\"publicKey\": \"" + key + "\", " + theirs + "}"),
                        StandardCharsets.UTF_8);
        String certificate = answer.split("AAAA", 2)[1].split("[ \"]", 2)[0];
        assertThat(
                        new String(
                                Base64.getDecoder().decode("AAAA" + certificate),
                                StandardCharsets.ISO_8859_1))
                .contains(own.name() + ".other.fairlead", own.id())
                .doesNotContain(victim.name() + ".", victim.id(), "default.fairlead");

        var before = lab.hub().services().nodes().need(lab.tenantId(Lab.TENANT), victim.name());
        for (var method : List.of("heartbeat", "policy")) {
            try {
                call(own, method, "{" + theirs + "}");
            } catch (StreamException e) {
                assertThat(e.end()).isEqualTo(StreamEnd.BAD_REQUEST);
            }
        }
        var after = lab.hub().services().nodes().need(lab.tenantId(Lab.TENANT), victim.name());
        assertThat(after.policy()).isEqualTo(before.policy());

        // What the hub asks of nodes, nobody may ask of the hub.
        for (var method : List.of("end-session", "renew-host-cert", "statistics")) {
            assertThatThrownBy(() ->
                            call(own, method, "{\"session\": \"" + session + "\"," + theirs + "}"))
                    .isInstanceOfSatisfying(
                            StreamException.class,
                            e -> assertThat(e.end()).isEqualTo(StreamEnd.UNSUPPORTED));
        }
    }

    /// `leave` too: who says it is who goes.
    @Test
    void aNodeThatLeavesTakesNobodyWithIt() throws Exception {
        var nodes = lab.hub().services().nodes();
        try (var leaver = new FakeNode(lab, OTHER, "leaver")) {
            try {
                call(leaver, "leave", "{\"node\": \"" + victim.id() + "\"}");
            } catch (StreamException e) {
                assertThat(e.end()).as("its link is cut at once").isEqualTo(StreamEnd.RIGHT_ENDED);
            }
            await().until(() -> nodes.find(lab.tenantId(OTHER), leaver.name()).isEmpty());
            assertThat(nodes.find(lab.tenantId(Lab.TENANT), victim.id())).isPresent();
        }
    }
}
