package dev.fairlead.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.hub.HubConfig;
import dev.fairlead.hub.access.Session;
import dev.fairlead.hub.audit.Actor;
import dev.fairlead.hub.audit.Audit;
import dev.fairlead.hub.audit.AuditFilter;
import dev.fairlead.hub.db.SessionId;
import dev.fairlead.hub.rbac.Grants;
import dev.fairlead.hub.rbac.Logins;
import dev.fairlead.hub.rbac.Role;
import dev.fairlead.hub.rbac.Selector;
import dev.fairlead.link.EventLoops;
import dev.fairlead.link.Headers;
import dev.fairlead.link.Link;
import dev.fairlead.link.LinkEnd;
import dev.fairlead.link.LinkLimits;
import dev.fairlead.link.LinkStream;
import dev.fairlead.link.StreamEnd;
import dev.fairlead.link.StreamListener;
import dev.fairlead.link.dial.DialRequest;
import dev.fairlead.link.dial.Dialer;
import dev.fairlead.link.dial.ProxySettings;
import dev.fairlead.link.dial.TlsTrust;
import dev.fairlead.link.handshake.HubAnchor;
import dev.fairlead.link.handshake.Introduction;
import dev.fairlead.link.handshake.Secret;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What the hub makes of streams whose links broke and that are taken up again: sessions that live
/// on, decided anew, by nobody but whose they are. Both ends of the streams are played here.
@Timeout(120)
@SuppressWarnings("NullAway.Init")
class ResumedSessionsTest {

    private static final String OTHER = "other";
    private static final Duration WITHIN = Duration.ofSeconds(6);
    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final Headers KEEPS = Headers.of("resume-ms", "120000", "resume-at", "7");

    @TempDir static Path folder;
    private static Lab lab;
    private static FakeNode node;
    private static FakeNode another;
    private static FakeNode old;
    private static String vera;
    private static MultiThreadIoEventLoopGroup loops;
    private static final SecureRandom RANDOM = new SecureRandom();

    @BeforeAll
    static void start() throws Exception {
        loops = EventLoops.create(1, "people");
        lab = new Lab(folder, config -> config.withResume(new HubConfig.Resume(WITHIN)));
        lab.tenant(OTHER);
        for (var user : List.of("vera", "viktor")) {
            lab.user(Lab.TENANT, user, Role.OPERATOR, Selector.ALL, Logins.ANY);
        }
        lab.user(OTHER, "mallory", Role.ADMIN, Selector.ALL, Logins.ANY);
        var resumes = Map.of("ssh", "1", "exec", "1", "tcp", "1", "resume", "1");
        node = new FakeNode(lab, Lab.TENANT, "node", resumes);
        another = new FakeNode(lab, Lab.TENANT, "another", resumes);
        old = new FakeNode(lab, Lab.TENANT, "old", Map.of("tcp", "1"));
        node.answer = KEEPS;
        another.answer = KEEPS;
        vera = lab.signIn("vera@default");
    }

    @AfterAll
    static void stop() throws Exception {
        node.close();
        another.close();
        old.close();
        lab.close();
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).sync();
    }

    @BeforeEach
    void nothingIsLeftOfTheTestBefore() {
        node.opened.clear();
        node.ends.clear();
    }

    // People, and what they open.

    private static Link link(String token) throws Exception {
        return new Dialer(loops, Clock.systemUTC())
                .dial(
                        new DialRequest(
                                lab.hub().url(),
                                new TlsTrust.Any(),
                                ProxySettings.none(),
                                HubAnchor.of(lab.hub().fingerprint()),
                                Introduction.client(Secret.of(token), Map.of(), Map.of())))
                .get(30, TimeUnit.SECONDS)
                .handOver(channel ->
                        Link.start(
                                channel,
                                Link.Side.DIALER,
                                LinkLimits.DEFAULT,
                                stream -> stream.refuse(StreamEnd.UNSUPPORTED, ""),
                                (end, message) -> {}))
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
    }

    /// What somebody hears of a stream.
    private static final class Heard implements StreamListener {

        final CompletableFuture<Headers> accepted = new CompletableFuture<>();
        final CompletableFuture<String> end = new CompletableFuture<>();
        LinkStream stream;

        @Override
        public void accepted(Headers answer) {
            accepted.complete(answer);
        }

        @Override
        public void data(ByteBuf bytes) {
            stream.consumed(bytes.readableBytes());
            bytes.release();
        }

        @Override
        public void ended() {
            stream.end();
        }

        @Override
        public void closed(StreamEnd cause, String message) {
            accepted.completeExceptionally(new IllegalStateException(cause + ": " + message));
            end.complete(cause.label() + ": " + message);
        }

        Headers answer() throws Exception {
            return accepted.get(30, TimeUnit.SECONDS);
        }

        String end() throws Exception {
            return end.get(30, TimeUnit.SECONDS);
        }
    }

    private static Heard open(Link link, Headers headers) {
        var heard = new Heard();
        link.channel().eventLoop().execute(() -> heard.stream = link.open(headers, heard));
        return heard;
    }

    private static Headers ssh(FakeNode to) {
        return Headers.of("kind", "ssh", "tenant", Lab.TENANT, "node", to.name(), "login", "me");
    }

    private static Headers tcp(FakeNode to, int port) {
        return Headers.of(
                "kind", "tcp", "tenant", Lab.TENANT, "node", to.name(), "target", "db:" + port);
    }

    private static String fresh() {
        byte[] id = new byte[16];
        RANDOM.nextBytes(id);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(id);
    }

    /// A stream that a link was lost under.
    private record Lost(Headers first, SessionId session) {

        Headers again() {
            return first.with("session", session.text()).with("resume-at", "5");
        }
    }

    private static Lost lose(Headers headers) throws Exception {
        return lose(headers, link(vera));
    }

    private static Lost lose(Headers headers, Link link) throws Exception {
        var first = headers.with("resume-id", fresh());
        var stream = open(link, first);
        var session = SessionId.parse(stream.answer().text("session")).orElseThrow();
        assertThat(Objects.requireNonNull(node.opened.poll(30, TimeUnit.SECONDS)).text("resume-id"))
                .isEqualTo(first.text("resume-id"));
        breakOff(link);
        await(session, "interrupted");
        assertThat(node.ends.poll(30, TimeUnit.SECONDS)).isEqualTo(StreamEnd.LINK_LOST);
        return new Lost(first, session);
    }

    private static Session show(SessionId id) {
        return lab.hub().services().sessions().find(lab.tenantId(Lab.TENANT), id).orElseThrow();
    }

    private static void await(SessionId id, String state) {
        awaiting().until(() -> show(id).state().equals(state));
    }

    private static ConditionFactory awaiting() {
        return Awaitility.await().atMost(PATIENCE);
    }

    private static long audited(String act, SessionId session) {
        return new Audit(lab.hub().services().database())
                .after(lab.tenantId(Lab.TENANT), AuditFilter.ALL, 0, 5_000).stream()
                        .filter(record -> record.entry().act().equals(act))
                        .filter(record ->
                                session.text().equals(record.entry().details().get("session")))
                        .count();
    }

    /// As a network does, without a word.
    private static void breakOff(Link link) {
        link.channel().eventLoop().execute(() -> link.channel().unsafe().closeForcibly());
    }

    private static void bye(Link link) throws Exception {
        link.channel().close().sync();
    }

    // What is resumed.

    @Test
    void theClientsLinkBreaks() throws Exception {
        var lost = lose(ssh(node));
        assertThat(show(lost.session).isLive()).isTrue();
        var link = link(vera);
        var stream = open(link, lost.again());

        assertThat(stream.answer().text("session")).isEqualTo(lost.session.text());
        assertThat(stream.answer().text("resume-ms")).isEqualTo("120000");
        var opened = Objects.requireNonNull(node.opened.poll(30, TimeUnit.SECONDS));
        assertThat(opened.text("session")).isEqualTo(lost.session.text());
        assertThat(opened.text("resume-id")).isEqualTo(lost.first.text("resume-id"));
        assertThat(opened.text("resume-at")).isEqualTo("5");
        assertThat(opened.text("user")).isEqualTo("vera@default");
        assertThat(opened.text("login")).isEqualTo("me");
        assertThat(show(lost.session).state()).isEqualTo("live");
        assertThat(audited("session.start", lost.session)).isEqualTo(1);
        assertThat(audited("session.resume", lost.session)).isEqualTo(1);

        stream.stream.write(Unpooled.copiedBuffer("0123", StandardCharsets.US_ASCII));
        awaiting().until(() -> show(lost.session).bytesIn() == 4);
        stream.stream.end();
        assertThat(stream.end()).startsWith("done");
        await(lost.session, "ended");
        assertThat(show(lost.session).cause()).isEqualTo("done");
        bye(link);
    }

    @Test
    void theNodesLinkBreaks() throws Exception {
        var link = link(vera);
        var first = ssh(node).with("resume-id", fresh());
        var stream = open(link, first);
        var session = SessionId.parse(stream.answer().text("session")).orElseThrow();
        breakOff(node.link());
        assertThat(stream.end()).startsWith("link-lost");
        await(session, "interrupted");
        var again = first.with("session", session.text()).with("resume-at", "0");
        assertThat(open(link, again).end()).startsWith("node-offline");
        assertThat(show(session).state()).isEqualTo("interrupted");

        node.dialAgain();
        awaiting().ignoreExceptions().until(() -> open(link, again).answer() != null);
        assertThat(show(session).state()).isEqualTo("live");
        bye(link);
        await(session, "interrupted");
        await(session, "ended");
    }

    /// A link breaks again before the node has answered, as networks do that flap.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aResumptionIsLostItself(boolean byClient) throws Exception {
        var lost = lose(ssh(node));
        node.answers = false;
        try {
            var link = link(vera);
            var stream = open(link, lost.again());
            assertThat(node.opened.poll(10, TimeUnit.SECONDS)).isNotNull();
            if (byClient) {
                breakOff(link);
                assertThat(node.ends.poll(10, TimeUnit.SECONDS)).isEqualTo(StreamEnd.LINK_LOST);
            } else {
                breakOff(node.link());
                assertThat(stream.end()).startsWith("link-lost");
                node.dialAgain();
                bye(link);
            }
        } finally {
            node.answers = true;
        }
        await(lost.session, "interrupted");
        var link = link(vera);
        assertThat(open(link, lost.again()).answer().text("session"))
                .isEqualTo(lost.session.text());
        assertThat(show(lost.session).state()).isEqualTo("live");
        bye(link);
        await(lost.session, "ended");
    }

    /// The opener knows of the break before the hub does.
    @Test
    void theHubStillTakesTheStreamForAlive() throws Exception {
        var silent = link(vera);
        var first = ssh(node).with("resume-id", fresh());
        var stream = open(silent, first);
        var session = SessionId.parse(stream.answer().text("session")).orElseThrow();
        var link = link(vera);
        var again = first.with("session", session.text()).with("resume-at", "0");
        assertThat(open(link, again).answer().text("session")).isEqualTo(session.text());
        assertThat(stream.end()).startsWith("link-lost");
        assertThat(node.ends.poll(30, TimeUnit.SECONDS)).isEqualTo(StreamEnd.LINK_LOST);
        assertThat(show(session).state()).isEqualTo("live");
        assertThat(audited("session.resume", session)).as("it never was interrupted").isZero();
        bye(silent);
        assertThat(show(session).state()).isEqualTo("live");
        bye(link);
    }

    @Test
    void theStreamsOfAForwardAreOneSession() throws Exception {
        var link = link(vera);
        var one = tcp(node, 5).with("resume-id", fresh());
        var two = tcp(node, 5).with("resume-id", fresh());
        var session = SessionId.parse(open(link, one).answer().text("session")).orElseThrow();
        assertThat(open(link, two).answer().text("session")).isEqualTo(session.text());
        breakOff(link);
        await(session, "interrupted");

        var next = link(vera);
        for (var stream : List.of(one, two)) {
            var again = stream.with("session", session.text()).with("resume-at", "0");
            assertThat(open(next, again).answer().text("session")).isEqualTo(session.text());
        }
        var further = open(next, tcp(node, 5).with("resume-id", fresh()));
        assertThat(further.answer().text("session")).isEqualTo(session.text());
        assertThat(audited("session.resume", session)).isEqualTo(1);
        next.close(LinkEnd.CLOSED, "done");
        await(session, "ended");
    }

    @Test
    void theHubRestarts() throws Exception {
        var link = link(vera);
        var first = ssh(node).with("resume-id", fresh());
        var stream = open(link, first);
        var session = SessionId.parse(stream.answer().text("session")).orElseThrow();
        stream.stream.write(Unpooled.copiedBuffer("0123", StandardCharsets.US_ASCII));
        awaiting().until(() -> show(session).bytesIn() == 4);

        lab.restartHub();

        assertThat(stream.end()).startsWith("link-lost");
        assertThat(show(session).state()).isEqualTo("interrupted");
        assertThat(show(session).bytesIn()).isEqualTo(4);
        for (var one : List.of(node, another, old)) {
            one.dialAgain();
        }
        var next = link(vera);
        var again = open(next, first.with("session", session.text()).with("resume-at", "0"));
        assertThat(again.answer().text("session")).isEqualTo(session.text());
        assertThat(show(session).state()).isEqualTo("live");
        assertThat(audited("session.resume", session)).isEqualTo(1);
        bye(next);
        await(session, "interrupted");
        await(session, "ended");
        assertThat(show(session).cause()).isEqualTo("link-lost");
    }

    // What is not.

    @Test
    void nobodyComesInTime() throws Exception {
        var lost = lose(ssh(node));
        await(lost.session, "ended");
        assertThat(show(lost.session).cause()).isEqualTo("link-lost");
        forsaken(lost.session);
        var link = link(vera);
        assertThat(open(link, lost.again()).end()).startsWith("not-resumable");
        bye(link);
    }

    /// The node is asked to drop what it keeps.
    private static void forsaken(SessionId session) {
        awaiting()
                .until(() ->
                        node.asked.stream()
                                .anyMatch(document -> document.contains(session.text())));
    }

    @Test
    void aNodeThatKeepsNothing() throws Exception {
        for (var headers : List.of(tcp(old, 1), tcp(old, 1).with("resume-id", fresh()))) {
            var link = link(vera);
            var stream = open(link, headers);
            var session = SessionId.parse(stream.answer().text("session")).orElseThrow();
            breakOff(link);
            await(session, "ended");
            assertThat(show(session).cause()).isEqualTo("link-lost");
        }
    }

    @Test
    void aNodeThatIsOlderThanItWas() throws Exception {
        old.answer = KEEPS;
        var link = link(vera);
        var first = tcp(old, 2).with("resume-id", fresh());
        var stream = open(link, first);
        var session = stream.answer().need("session");
        breakOff(link);
        await(SessionId.parse(session).orElseThrow(), "interrupted");
        old.opened.clear();
        old.answer = Headers.EMPTY;
        var next = link(vera);
        assertThat(open(next, first.with("session", session).with("resume-at", "0")).end())
                .startsWith("not-resumable");
        assertThat(old.opened).isEmpty();
        bye(next);
    }

    @Test
    void whoSaysGoodByeIsGone() throws Exception {
        var link = link(vera);
        var stream = open(link, ssh(node).with("resume-id", fresh()));
        var session = SessionId.parse(stream.answer().text("session")).orElseThrow();
        link.close(LinkEnd.CLOSED, "done");
        await(session, "ended");
        assertThat(show(session).cause()).isEqualTo("cancelled");
        // A stream of the test before may still be ending.
        awaiting().until(() -> node.ends.contains(StreamEnd.CANCELLED));
    }

    @Test
    void theRightEndsMeanwhile() throws Exception {
        var services = lab.hub().services();
        var tenant = lab.tenantId(Lab.TENANT);
        lab.user(Lab.TENANT, "gone", Role.OPERATOR, Selector.ALL, Logins.ANY);
        var token = lab.signIn("gone@default");
        var lost = lose(ssh(node), link(token));
        var grant =
                services.grants().page(tenant, null, 100).stream()
                        .filter(it -> it.userName().equals("gone@default"))
                        .findAny()
                        .orElseThrow();
        services.grants().remove(lab.administrator(), "127.0.0.1", tenant, grant.id());
        await(lost.session, "ended");
        assertThat(show(lost.session).cause()).isEqualTo("right-ended");
        forsaken(lost.session);
        services.grants()
                .give(
                        Actor.HUB,
                        tenant,
                        new Grants.Wanted("gone", Role.OPERATOR, Selector.ALL, Logins.ANY));
        var link = link(token);
        assertThat(open(link, lost.again()).end())
                .isEqualTo("right-ended: the right to this session has ended");
        bye(link);
    }

    @Test
    void anOperatorEndsItMeanwhile() throws Exception {
        var lost = lose(ssh(node));
        lab.hub()
                .services()
                .sessions()
                .endByOperator(Actor.HUB, lab.tenantId(Lab.TENANT), lost.session, "enough");
        await(lost.session, "ended");
        assertThat(show(lost.session).cause()).isEqualTo("ended-by-operator");
        forsaken(lost.session);
        var link = link(vera);
        assertThat(open(link, lost.again()).end())
                .isEqualTo("ended-by-operator: the session was ended by an operator");
        bye(link);
    }

    /// Somebody else's session answers as one that there never was.
    @Test
    void whatDoesNotFitIsRefusedInTheSameWords() throws Exception {
        var lost = lose(tcp(node, 9));
        var link = link(vera);
        var others = List.of(link(lab.signIn("viktor@default")), link(lab.signIn("mallory@other")));
        Set<String> ends = new HashSet<>();
        for (var stranger : others) {
            ends.add(open(stranger, lost.again()).end());
            ends.add(open(stranger, lost.again().with("tenant", OTHER)).end());
            ends.add(open(stranger, lost.again().with("session", SessionId.fresh().text())).end());
        }
        ends.add(open(link, lost.again().with("node", another.name())).end());
        ends.add(open(link, lost.again().with("node", "nowhere")).end());
        ends.add(open(link, lost.again().with("tenant", OTHER)).end());
        ends.add(open(link, lost.again().with("tenant", "nowhere")).end());
        ends.add(open(link, lost.again().with("target", "db:10")).end());
        ends.add(open(link, lost.again().with("kind", "ssh")).end());
        ends.add(open(link, lost.again().with("resume-id", fresh())).end());
        ends.add(open(link, lost.again().with("session", SessionId.fresh().text())).end());
        assertThat(ends)
                .containsExactly(
                        "not-resumable: Nothing is kept of this stream any more, so it cannot be"
                                + " resumed.");
        assertThat(node.opened).as("nothing of it reaches the node").isEmpty();
        assertThat(open(link, lost.again()).answer().text("session"))
                .as("it is still there for whose it is")
                .isEqualTo(lost.session.text());
        for (var one : others) {
            bye(one);
        }
        bye(link);
    }

    @ParameterizedTest
    @CsvSource({
        "resume-id, short, header resume-id is not 22 characters of base64url",
        "resume-id, AAAAAAAAAAAAAAAAAAAAA/, header resume-id is not 22 characters of base64url",
        "resume-at, -1, header resume-at is no number of bytes",
        "resume-at, 99999999999999999999, header resume-at is no number of bytes",
        "session, sess_x, header session is no session's id"
    })
    void headersThatMakeNoSense(String header, String value, String why) throws Exception {
        var link = link(vera);
        var headers =
                ssh(node).with("resume-id", fresh()).with("resume-at", "1").with(header, value);
        assertThat(open(link, headers).end()).isEqualTo("bad-request: " + why);
        bye(link);
    }

    @ParameterizedTest
    @ValueSource(strings = {"session", "resume-at"})
    void whatIsNotAResumptionGetsASessionOfItsOwn(String header) throws Exception {
        var lost = lose(ssh(node));
        var link = link(vera);
        var headers =
                header.equals("session")
                        ? ssh(node).with("session", lost.session.text())
                        : lost.first;
        var session = open(link, headers).answer().text("session");
        assertThat(session).startsWith("sess_").isNotEqualTo(lost.session.text());
        bye(link);
    }
}
