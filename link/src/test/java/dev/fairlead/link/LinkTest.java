package dev.fairlead.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.nettyplus.leakdetector.junit.NettyLeakDetectorExtension;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NettyLeakDetectorExtension.class)
@Timeout(180)
class LinkTest {

    private static final StreamServer REFUSES =
            stream -> stream.refuse(StreamEnd.UNSUPPORTED, "nothing is served here");

    /// Serves every stream on a virtual thread by giving back what comes, to the end.
    private static final StreamServer ECHO =
            stream ->
                    Thread.ofVirtual()
                            .start(() -> {
                                var blocking = BlockingStream.accept(stream, Headers.EMPTY);
                                try (OutputStream out = blocking.out()) {
                                    blocking.in().transferTo(out);
                                } catch (IOException e) {
                                    blocking.close();
                                }
                            });

    @Test
    void bytesComeBackInOrderToTheEnd() throws Exception {
        byte[] sent = random(20_000_000, 1);
        try (var pair = new LinkPair(REFUSES, ECHO)) {
            assertThat(digest(echo(pair.dialer, sent))).isEqualTo(digest(sent));
        }
    }

    @Test
    void bothSidesOpenStreams() throws Exception {
        byte[] sent = random(3_000_000, 2);
        try (var pair = new LinkPair(ECHO, ECHO);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<byte[]>> echoes = new ArrayList<>();
            for (int i = 0; i < 32; i++) {
                Link link = i % 2 == 0 ? pair.dialer : pair.acceptor;
                echoes.add(threads.submit(() -> echo(link, sent)));
            }
            for (var echo : echoes) {
                assertThat(digest(echo.get())).isEqualTo(digest(sent));
            }
        }
    }

    @Test
    void manyShortStreamsLeaveNothingBehind() throws Exception {
        try (var pair = new LinkPair(REFUSES, ECHO);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<byte[]>> echoes = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                byte[] sent = random(i % 700, i);
                echoes.add(threads.submit(() -> echo(pair.dialer, sent)));
            }
            for (int i = 0; i < echoes.size(); i++) {
                assertThat(echoes.get(i).get()).isEqualTo(random(i % 700, i));
            }
            await().untilAsserted(() -> assertThat(budgets(pair)).containsOnly(0L));
        }
    }

    @Test
    void aBusyEventLoopHoldsWritersOnOtherThreadsBack() throws Exception {
        byte[] sent = random(4_000_000, 3);
        try (var pair = new LinkPair(REFUSES, ECHO)) {
            var stream = BlockingStream.open(pair.dialer, Headers.of("kind", "tcp"));
            stream.awaitAccepted(30);
            var go = new CountDownLatch(1);
            var written = new AtomicInteger();
            pair.dialer.channel().eventLoop().execute(() -> hold(go));
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                var writer =
                        threads.submit(() -> {
                            for (int at = 0; at < sent.length; at += 10_000) {
                                stream.out().write(sent, at, 10_000);
                                written.addAndGet(10_000);
                            }
                            stream.end();
                            return null;
                        });
                await().during(Duration.ofMillis(200))
                        .until(() -> written.get() > 0 && written.get() < 200_000);
                go.countDown();
                assertThat(digest(stream.in().readAllBytes())).isEqualTo(digest(sent));
                writer.get();
            }
        }
    }

    private static void hold(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aCallThatIsNotDoneByItsDeadlineIsReset() throws Exception {
        var stuck = new CountDownLatch(1);
        StreamServer serves =
                stream ->
                        Calls.serve(
                                stream,
                                work -> Thread.ofVirtual().start(work),
                                question -> {
                                    hold(stuck);
                                    return new byte[0];
                                });
        var headers =
                Headers.of("kind", "call", "method", "wait", "call-id", "1", "deadline-ms", "100");
        try (var pair = new LinkPair(REFUSES, serves);
                var stream = BlockingStream.open(pair.dialer, headers)) {
            stream.end();
            assertThatThrownBy(() -> stream.in().read())
                    .isInstanceOfSatisfying(
                            BlockingStream.StreamException.class,
                            e -> assertThat(e.end()).isEqualTo(StreamEnd.TARGET_TIMEOUT));
            stuck.countDown();
        }
    }

    @Test
    void aRefusalIsToldWithItsReason() throws Exception {
        try (var pair = new LinkPair(REFUSES, REFUSES)) {
            var stream = BlockingStream.open(pair.dialer, Headers.of("kind", "tcp"));
            assertThatThrownBy(() -> stream.awaitAccepted(30))
                    .isInstanceOf(BlockingStream.StreamException.class)
                    .hasMessage("nothing is served here")
                    .extracting(e -> ((BlockingStream.StreamException) e).end())
                    .isEqualTo(StreamEnd.UNSUPPORTED);
        }
    }

    @Test
    void aResetIsNeverACleanEnd() throws Exception {
        StreamServer resets =
                stream -> {
                    stream.accept(Headers.EMPTY);
                    stream.write(Unpooled.copiedBuffer(new byte[1000]));
                    stream.eventLoop()
                            .schedule(
                                    () ->
                                            stream.reset(
                                                    StreamEnd.TARGET_RESET, "the target broke off"),
                                    50,
                                    TimeUnit.MILLISECONDS);
                };
        try (var pair = new LinkPair(REFUSES, resets)) {
            var stream = BlockingStream.open(pair.dialer, Headers.EMPTY);
            assertThatThrownBy(() -> stream.in().readAllBytes()).hasMessage("the target broke off");
        }
    }

    @Test
    void eachDirectionEndsOnItsOwn() throws Exception {
        StreamServer answersAfterEnd =
                stream ->
                        Thread.ofVirtual()
                                .start(() -> {
                                    var blocking = BlockingStream.accept(stream, Headers.EMPTY);
                                    try (var out = blocking.out()) {
                                        byte[] all = blocking.in().readAllBytes();
                                        out.write(("got " + all.length).getBytes());
                                    } catch (IOException e) {
                                        blocking.close();
                                    }
                                });
        try (var pair = new LinkPair(REFUSES, answersAfterEnd)) {
            var stream = BlockingStream.open(pair.dialer, Headers.EMPTY);
            stream.out().write(new byte[200_000]);
            stream.end();
            assertThat(new String(stream.in().readAllBytes())).isEqualTo("got 200000");
        }
    }

    @Test
    void aReaderThatStallsHoldsBackOnlyItsOwnStream() throws Exception {
        byte[] sent = random(2_000_000, 3);
        try (var pair = new LinkPair(REFUSES, ECHO)) {
            List<BlockingStream> stalled = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                var stream = BlockingStream.open(pair.dialer, Headers.EMPTY);
                stalled.add(stream);
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                stream.out().write(random(1_000_000, 5));
                            } catch (IOException e) {
                                // The test closes it while it waits.
                            }
                        });
            }
            assertThat(echo(pair.dialer, sent)).isEqualTo(sent);
            assertThat(budgets(pair)).allMatch(taken -> taken <= LinkLimits.DEFAULT.linkMemory());
            stalled.forEach(BlockingStream::close);
            await().untilAsserted(() -> assertThat(budgets(pair)).containsOnly(0L));
        }
    }

    @Test
    void theLinksMemoryIsACap() throws Exception {
        var small = LinkLimits.DEFAULT.withLinkMemory(1 << 20);
        try (var pair = new LinkPair(LinkLimits.DEFAULT, REFUSES, small, stream -> {})) {
            var refused = new CountDownLatch(4);
            for (int i = 0; i < 40; i++) {
                pair.dialer.open(
                        Headers.EMPTY,
                        new Closing(end -> {
                            if (end == StreamEnd.LIMIT) {
                                refused.countDown();
                            }
                        }));
            }
            assertThat(refused.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void moreStreamsThanAllowedAreRefused() throws Exception {
        var few = LinkLimits.DEFAULT.withMaxStreams(10);
        try (var pair = new LinkPair(LinkLimits.DEFAULT, REFUSES, few, stream -> {})) {
            var ends = new CopyOnWriteArrayList<StreamEnd>();
            for (int i = 0; i < 12; i++) {
                pair.dialer.open(Headers.EMPTY, new Closing(ends::add));
            }
            await().untilAsserted(() ->
                    assertThat(ends).containsExactly(StreamEnd.LIMIT, StreamEnd.LIMIT));
        }
    }

    @Test
    void aKeystrokePassesAFileTransfer() throws Exception {
        try (var pair = new LinkPair(REFUSES, ECHO)) {
            var bulk = BlockingStream.open(pair.dialer, Headers.EMPTY);
            Thread.ofVirtual()
                    .start(() -> {
                        try {
                            bulk.in().transferTo(OutputStream.nullOutputStream());
                        } catch (IOException e) {
                            // Closed by the test.
                        }
                    });
            var stop = new CompletableFuture<Void>();
            Thread.ofVirtual()
                    .start(() -> {
                        try {
                            byte[] chunk = new byte[32_768];
                            while (!stop.isDone()) {
                                bulk.out().write(chunk);
                            }
                        } catch (IOException e) {
                            // Closed by the test.
                        }
                    });
            var keys = BlockingStream.open(pair.dialer, Headers.EMPTY);
            for (int i = 0; i < 200; i++) {
                keys.out().write(i);
                assertThat(keys.in().read()).isEqualTo(i & 0xFF);
            }
            stop.complete(null);
            bulk.close();
            keys.close();
        }
    }

    @Test
    void whenTheLinkDiesEveryStreamIsToldWhy() throws Exception {
        try (var pair = new LinkPair(REFUSES, ECHO)) {
            var ends = new CopyOnWriteArrayList<StreamEnd>();
            var accepted = new CountDownLatch(5);
            for (int i = 0; i < 5; i++) {
                pair.dialer.open(Headers.EMPTY, new Closing(accepted::countDown, ends::add));
            }
            // An open that comes after the other side's leave is told so, and not why.
            assertThat(accepted.await(30, TimeUnit.SECONDS)).isTrue();
            pair.acceptor.close(LinkEnd.REVOKED, "the node was removed");
            assertThat(pair.dialerEnding.end.get(30, TimeUnit.SECONDS)).isEqualTo(LinkEnd.REVOKED);
            assertThat(pair.dialerEnding.message.get()).isEqualTo("the node was removed");
            assertThat(ends).hasSize(5).containsOnly(StreamEnd.RIGHT_ENDED);
            pair.dialer.open(Headers.EMPTY, new Closing(ends::add));
            await().untilAsserted(() -> assertThat(ends).hasSize(6));
        }
    }

    /// TCP answers bytes that nobody reads by RST, and RST takes from the other side what it has
    /// not read yet: here, why its link ends.
    @Test
    void whyALinkEndsArrivesAlthoughTheOtherSideKeepsSending() throws Exception {
        for (int i = 0; i < 20; i++) {
            try (var pair = new LinkPair(REFUSES, ECHO)) {
                var stream = BlockingStream.open(pair.dialer, Headers.of("kind", "tcp"));
                stream.awaitAccepted(30);
                Thread.startVirtualThread(() -> {
                    try {
                        while (true) {
                            stream.out().write(new byte[10_000]);
                        }
                    } catch (IOException e) {
                        // The link is down.
                    }
                });
                assertThat(stream.in().read()).isZero();
                pair.acceptor.close(LinkEnd.REVOKED, "the node was removed");
                assertThat(pair.dialerEnding.end.get(30, TimeUnit.SECONDS))
                        .isEqualTo(LinkEnd.REVOKED);
                assertThat(pair.dialerEnding.message.get()).isEqualTo("the node was removed");
                stream.close();
            }
        }
    }

    @Test
    void aDrainLetsStreamsFinish() throws Exception {
        try (var pair = new LinkPair(REFUSES, ECHO)) {
            var stream = BlockingStream.open(pair.dialer, Headers.EMPTY);
            stream.awaitAccepted(30);
            pair.acceptor.goAway(LinkEnd.GOING_AWAY, Duration.ofSeconds(1), "restart");
            assertThat(pair.dialerEnding.goingAway.get(30, TimeUnit.SECONDS))
                    .isEqualTo(LinkEnd.GOING_AWAY);
            stream.out().write("still here".getBytes());
            stream.end();
            assertThat(new String(stream.in().readAllBytes())).isEqualTo("still here");
            var refused = new CompletableFuture<StreamEnd>();
            pair.dialer.open(Headers.EMPTY, new Closing(refused::complete));
            assertThat(refused.get(30, TimeUnit.SECONDS)).isEqualTo(StreamEnd.GOING_AWAY);
        }
    }

    @Test
    void aSilentPeerIsFoundDead() throws Exception {
        var eager = LinkLimits.DEFAULT.withLiveness(Duration.ofMillis(200), Duration.ofMillis(600));
        var asleep =
                LinkLimits.DEFAULT.withLiveness(Duration.ofSeconds(60), Duration.ofSeconds(90));
        try (var pair = new LinkPair(asleep, REFUSES, eager, REFUSES)) {
            assertThat(pair.acceptorEnding.end.get(30, TimeUnit.SECONDS))
                    .isEqualTo(LinkEnd.DEAD_PEER);
        }
    }

    @Test
    void pingsKeepALinkAliveAndMeasureIt() throws Exception {
        var eager = LinkLimits.DEFAULT.withLiveness(Duration.ofMillis(100), Duration.ofMillis(600));
        try (var pair = new LinkPair(eager, REFUSES, eager, REFUSES)) {
            await().until(() -> !pair.dialer.roundTrip().isNegative());
            await().during(Duration.ofSeconds(2))
                    .atMost(Duration.ofSeconds(30))
                    .until(() ->
                            !pair.acceptorEnding.end.isDone() && !pair.dialerEnding.end.isDone());
        }
    }

    @Test
    void aCallIsAnsweredOrFailsWithItsCause() throws Exception {
        StreamServer serves =
                stream ->
                        Calls.serve(
                                stream,
                                Thread::startVirtualThread,
                                question -> {
                                    if (question.method().equals("fail")) {
                                        throw new BlockingStream.StreamException(
                                                StreamEnd.DENIED_BY_NODE, "not here");
                                    }
                                    return question.document();
                                });
        try (var pair = new LinkPair(REFUSES, serves)) {
            byte[] document = random(500_000, 4);
            assertThat(Calls.ask(pair.dialer, question("echo", document))).isEqualTo(document);
            assertThatThrownBy(() -> Calls.ask(pair.dialer, question("fail", document)))
                    .hasMessage("not here");
            assertThatThrownBy(() ->
                            Calls.ask(
                                    pair.dialer,
                                    question("echo", new byte[Calls.MAX_DOCUMENT + 1])))
                    .hasMessageContaining("larger than");
        }
    }

    private static Calls.Question question(String method, byte[] document) {
        return new Calls.Question("1", method, Duration.ofSeconds(10), false, document);
    }

    @Test
    void aRelayJoinsTwoLinks() throws Exception {
        byte[] sent = random(10_000_000, 9);
        var toEcho = new AtomicReference<Link>();
        var over = new CompletableFuture<StreamEnd>();
        StreamServer relays =
                stream ->
                        new Relay(stream)
                                .connect(
                                        toEcho.get(),
                                        stream.headers(),
                                        (end, message) -> over.complete(end));
        try (var far = new LinkPair(ECHO, REFUSES);
                var near = new LinkPair(REFUSES, relays)) {
            toEcho.set(far.acceptor);
            assertThat(digest(echo(near.dialer, sent))).isEqualTo(digest(sent));
            assertThat(over.get(30, TimeUnit.SECONDS)).isEqualTo(StreamEnd.DONE);
            await().untilAsserted(() -> assertThat(budgets(far)).containsOnly(0L));
            await().untilAsserted(() -> assertThat(budgets(near)).containsOnly(0L));
        }
    }

    @Test
    void aRelayPassesRefusalsAndResets() throws Exception {
        var next = new AtomicReference<Link>();
        StreamServer relays =
                stream ->
                        new Relay(stream)
                                .connect(next.get(), stream.headers(), (end, message) -> {});
        StreamServer server =
                stream -> {
                    if ("refuse".equals(stream.headers().text("do"))) {
                        stream.refuse(StreamEnd.TARGET_REFUSED, "nobody listens on port 1");
                    } else {
                        stream.accept(Headers.EMPTY);
                        stream.reset(StreamEnd.TARGET_RESET, "broken off");
                    }
                };
        try (var far = new LinkPair(server, REFUSES);
                var near = new LinkPair(REFUSES, relays)) {
            next.set(far.acceptor);
            var refused = BlockingStream.open(near.dialer, Headers.of("do", "refuse"));
            assertThatThrownBy(() -> refused.awaitAccepted(30))
                    .hasMessage("nobody listens on port 1");
            var reset = BlockingStream.open(near.dialer, Headers.of("do", "reset"));
            assertThatThrownBy(() -> reset.in().read()).hasMessage("broken off");
        }
    }

    @Test
    void whatAStrangerSaysCannotPaintATerminalOrPoisonADatabase() throws Exception {
        StreamServer server =
                stream ->
                        stream.refuse(
                                StreamEnd.DENIED_BY_NODE,
                                "no\u001b[2J\u0000\r\n\u202edeined\u2028 é漢 " + "x".repeat(3000));
        try (var pair = new LinkPair(REFUSES, server)) {
            var stream = BlockingStream.open(pair.dialer, Headers.EMPTY);
            assertThatThrownBy(() -> stream.awaitAccepted(30))
                    .hasMessageStartingWith("no?[2J????deined? é漢 xxx")
                    .message()
                    .hasSizeLessThanOrEqualTo(1024);
        }
        try (var pair = new LinkPair(REFUSES, REFUSES)) {
            pair.acceptor.close(LinkEnd.REVOKED, "gone\u001b]0;title\u0007");
            assertThat(pair.dialerEnding.message.get(30, TimeUnit.SECONDS))
                    .isEqualTo("gone?]0;title?");
        }
    }

    /// A right may end between the decision and the join.
    @Test
    void aRelayThatIsCutBeforeItConnectsOpensNothingAndIsOver() throws Exception {
        var next = new AtomicReference<Link>();
        var opened = new AtomicInteger();
        var over = new CompletableFuture<StreamEnd>();
        StreamServer relays =
                stream -> {
                    var relay = new Relay(stream);
                    relay.cut(StreamEnd.RIGHT_ENDED, "the grant was withdrawn");
                    relay.connect(
                            next.get(), stream.headers(), (end, message) -> over.complete(end));
                };
        try (var far = new LinkPair(stream -> opened.incrementAndGet(), REFUSES);
                var near = new LinkPair(REFUSES, relays)) {
            next.set(far.acceptor);
            var stream = BlockingStream.open(near.dialer, Headers.EMPTY);
            assertThatThrownBy(() -> stream.awaitAccepted(30))
                    .hasMessage("the grant was withdrawn");
            assertThat(over.get(30, TimeUnit.SECONDS)).isEqualTo(StreamEnd.RIGHT_ENDED);
            assertThat(opened).hasValue(0);
        }
    }

    @Test
    void relayedStreamsThatStallAreBounded() throws Exception {
        var next = new AtomicReference<Link>();
        var stalled = new AtomicInteger();
        StreamServer relays =
                stream ->
                        new Relay(stream)
                                .connect(next.get(), stream.headers(), (end, message) -> {});
        StreamServer neverReads =
                stream -> {
                    stalled.incrementAndGet();
                    stream.accept(Headers.EMPTY);
                };
        try (var far = new LinkPair(neverReads, REFUSES);
                var near = new LinkPair(REFUSES, relays)) {
            next.set(far.acceptor);
            var stream = BlockingStream.open(near.dialer, Headers.EMPTY);
            var writer =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    new ByteArrayInputStream(new byte[50_000_000])
                                            .transferTo(stream.out());
                                } catch (IOException e) {
                                    // Cut below.
                                }
                            });
            await().until(() -> stalled.get() == 1);
            assertThat(writer.join(Duration.ofMillis(500))).isFalse();
            far.dialer.close(LinkEnd.GOING_AWAY, "agent stops");
            assertThat(writer.join(Duration.ofSeconds(5))).isTrue();
        }
    }

    private static byte[] echo(Link link, byte[] sent) throws IOException {
        var stream = BlockingStream.open(link, Headers.of("kind", "echo"));
        Thread.ofVirtual()
                .start(() -> {
                    try (OutputStream out = stream.out()) {
                        out.write(sent);
                    } catch (IOException e) {
                        stream.close();
                    }
                });
        try (InputStream in = stream.in()) {
            return in.readAllBytes();
        }
    }

    private static List<Long> budgets(LinkPair pair) {
        return Arrays.asList(taken(pair.dialer), taken(pair.acceptor));
    }

    private static Long taken(Link link) {
        return link.loop().submit(() -> link.budget().taken()).syncUninterruptibly().getNow();
    }

    private static byte[] random(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static byte[] digest(byte[] bytes) throws Exception {
        return MessageDigest.getInstance("SHA-256").digest(bytes);
    }

    /// Hears only of the beginning and the end.
    private record Closing(Runnable begun, java.util.function.Consumer<StreamEnd> told)
            implements StreamListener {

        Closing(java.util.function.Consumer<StreamEnd> told) {
            this(() -> {}, told);
        }

        @Override
        public void accepted(Headers answer) {
            begun.run();
        }

        @Override
        public void data(ByteBuf bytes) {
            bytes.release();
        }

        @Override
        public void ended() {}

        @Override
        public void closed(StreamEnd cause, String message) {
            told.accept(cause);
        }
    }
}
