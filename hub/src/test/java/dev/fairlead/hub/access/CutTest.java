package dev.fairlead.hub.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.fairlead.hub.db.Name;
import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.db.SessionId;
import dev.fairlead.hub.db.SignInId;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.db.UserId;
import dev.fairlead.hub.rbac.Principal;
import dev.fairlead.link.BlockingStream;
import dev.fairlead.link.BlockingStream.StreamException;
import dev.fairlead.link.Headers;
import dev.fairlead.link.LinkPair;
import dev.fairlead.link.LinkStream;
import dev.fairlead.link.Relay;
import dev.fairlead.link.StreamEnd;
import dev.fairlead.link.StreamServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// An SSH session whose right has ended, between a person and a node that does as it likes.
@Tag("long")
@Timeout(120)
@SuppressWarnings("NullAway.Init")
class CutTest {

    /// What is promised, with `-Dfairlead.long=true`; else no more than that it is soon, whatever
    /// else this machine does.
    private static final Duration BOUND =
            Duration.ofSeconds(Boolean.getBoolean("fairlead.long") ? 1 : 5);

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final BlockingQueue<LinkStream> asked = new LinkedBlockingQueue<>();
    private final BlockingQueue<BlockingStream> atNode = new LinkedBlockingQueue<>();
    private final BlockingQueue<BlockingStream> calls = new LinkedBlockingQueue<>();
    private volatile StreamServer call = this::take;
    private LinkPair person;
    private LinkPair node;
    private LiveSession session;

    @BeforeEach
    void start() throws Exception {
        person = new LinkPair(stream -> {}, asked::add);
        node =
                new LinkPair(
                        stream -> {
                            if ("call".equals(stream.headers().text("kind"))) {
                                call.serve(stream);
                            } else {
                                atNode.add(BlockingStream.accept(stream, Headers.EMPTY));
                            }
                        },
                        stream -> {});
    }

    @AfterEach
    void stop() throws Exception {
        person.close();
        node.close();
        threads.close();
    }

    private void take(LinkStream stream) {
        calls.add(BlockingStream.accept(stream, Headers.EMPTY));
    }

    /// A person's stream, joined with the node's as `ServeClient` does it.
    private BlockingStream open() throws Exception {
        session =
                new LiveSession(
                        SessionId.fresh(),
                        new Principal(
                                TenantId.fresh(),
                                new Name("acme"),
                                UserId.fresh(),
                                new Name("ann"),
                                Principal.CredentialKind.SIGN_IN,
                                SignInId.fresh(),
                                Instant.now().plusSeconds(60)),
                        TenantId.fresh(),
                        NodeId.fresh(),
                        "n",
                        OpenRequest.Kind.SSH,
                        "",
                        "",
                        "::1",
                        false,
                        it -> true);
        var farewell = new Farewell(threads);
        session.farewell((end, unheard) -> farewell.ask(node.acceptor, session, end, unheard));
        var mine = BlockingStream.open(person.dialer, Headers.of("kind", "ssh"));
        var relay = new Relay(asked.poll(30, TimeUnit.SECONDS));
        var joined = new JoinedStream(relay, null, false);
        assertThat(session.enter(joined, node.acceptor)).isTrue();
        relay.connect(
                node.acceptor,
                Headers.of("kind", "ssh"),
                (end, message) -> threads.execute(() -> session.leave(joined, false)));
        mine.awaitAccepted(30);
        return mine;
    }

    /// Cuts, and gives how the person's stream ended and what came before; within the bound.
    private StreamException cut(BlockingStream mine, StringBuilder before) throws Exception {
        long began = System.nanoTime();
        var over = session.cut(StreamEnd.RIGHT_ENDED, "the grant was withdrawn");
        var end = end(mine, before);
        over.get(30, TimeUnit.SECONDS);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(BOUND);
        return end;
    }

    private static StreamException end(BlockingStream mine, StringBuilder before) {
        return catchThrowableOfType(
                StreamException.class,
                () -> {
                    try (var in = mine.in()) {
                        for (int b = in.read(); b >= 0; b = in.read()) {
                            before.append((char) b);
                        }
                    }
                    // Both sides ended: the node broke nothing off.
                    mine.end();
                });
    }

    private static void isTheHubs(StreamException end) {
        assertThat(end.end()).isEqualTo(StreamEnd.RIGHT_ENDED);
        assertThat(end).hasMessage("the grant was withdrawn");
    }

    @Test
    void aNodeThatNeverAnswers() throws Exception {
        isTheHubs(cut(open(), new StringBuilder()));
        assertThat(calls).as("the node was asked").hasSize(1);
    }

    @Test
    void aNodeThatAnswersAndGoesOn() throws Exception {
        call = stream -> take(stream, new byte[0]);
        var mine = open();
        var there = atNode.poll(30, TimeUnit.SECONDS);
        var chatter = threads.submit(() -> chat(there));
        isTheHubs(cut(mine, new StringBuilder()));
        assertThat(chatter.get(30, TimeUnit.SECONDS)).isEqualTo(StreamEnd.RIGHT_ENDED);
    }

    private void take(LinkStream stream, byte[] answer) {
        var accepted = BlockingStream.accept(stream, Headers.EMPTY);
        threads.execute(() -> {
            try (var out = accepted.out()) {
                accepted.in().readAllBytes();
                out.write(answer);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
    }

    private static StreamEnd chat(BlockingStream there) {
        try {
            while (true) {
                there.out().write("and another thing\n".getBytes(StandardCharsets.US_ASCII));
            }
        } catch (StreamException e) {
            return e.end();
        } catch (IOException e) {
            return StreamEnd.INTERNAL;
        }
    }

    @Test
    void aNodeThatDoesNotKnowTheCall() throws Exception {
        call = stream -> stream.refuse(StreamEnd.UNSUPPORTED, "what?");
        isTheHubs(cut(open(), new StringBuilder()));
    }

    @Test
    void aNodeThatHasGone() throws Exception {
        var mine = open();
        node.dialer.channel().close().sync();
        var end = end(mine, new StringBuilder());
        session.cut(StreamEnd.RIGHT_ENDED, "too late").get(30, TimeUnit.SECONDS);
        assertThat(end.end()).isEqualTo(StreamEnd.LINK_LOST);
    }

    @Test
    void aNodeThatSaysWhyAndEnds() throws Exception {
        var mine = open();
        var there = atNode.poll(30, TimeUnit.SECONDS);
        call =
                stream -> {
                    var question = BlockingStream.accept(stream, Headers.EMPTY);
                    calls.add(question);
                    threads.execute(() -> {
                        try {
                            there.out().write("why\n".getBytes(StandardCharsets.US_ASCII));
                            there.end();
                        } catch (IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    });
                };
        var before = new StringBuilder();
        assertThat(cut(mine, before)).as("it ended in order").isNull();
        assertThat(before).hasToString("why\n");
        assertThat(new String(calls.take().in().readAllBytes(), StandardCharsets.UTF_8))
                .contains(session.id().text(), "right-ended", "the grant was withdrawn");
    }

    /// The person may still be told, but not act.
    @Test
    void whatThePersonSendsAfterwardsDoesNotArrive() throws Exception {
        var mine = open();
        var there = atNode.poll(30, TimeUnit.SECONDS);
        mine.out().write("ls\n".getBytes(StandardCharsets.US_ASCII));
        assertThat(there.in().readNBytes(3)).asString().isEqualTo("ls\n");
        call =
                stream -> {
                    take(stream);
                    threads.execute(() -> {
                        try {
                            mine.out().write("rm\n".getBytes(StandardCharsets.US_ASCII));
                        } catch (IOException e) {
                            // It was cut meanwhile.
                        }
                    });
                };
        isTheHubs(cut(mine, new StringBuilder()));
        var received = new StringBuilder();
        end(there, received);
        assertThat(received).isEmpty();
    }
}
