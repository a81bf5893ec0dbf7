package dev.fairlead.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.nettyplus.leakdetector.junit.NettyLeakDetectorExtension;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// What WINDOW says of bytes and of END, when it says so, and when a stream is over by it.
@ExtendWith(NettyLeakDetectorExtension.class)
class AcknowledgementTest {

    /// Notes what it hears; the test says when bytes are consumed.
    private static final class Heard implements StreamListener {
        final List<String> events = new ArrayList<>();

        @Override
        public void accepted(Headers answer) {
            events.add("accepted");
        }

        @Override
        public void data(ByteBuf bytes) {
            events.add("data " + bytes.readableBytes());
            bytes.release();
        }

        @Override
        public void ended() {
            events.add("ended");
        }

        @Override
        public void acknowledged(long consumed) {
            events.add("acknowledged " + consumed);
        }

        @Override
        public void closed(StreamEnd cause, String message) {
            events.add("closed " + cause.label());
        }
    }

    private final List<LinkStream> served = new ArrayList<>();
    private final Heard heard = new Heard();

    private FramePeer serving() {
        return new FramePeer(
                Link.Side.ACCEPTOR,
                stream -> {
                    served.add(stream);
                    stream.listen(heard);
                    stream.accept(Headers.EMPTY);
                });
    }

    @Test
    void aLittleIsToldAMomentLater() {
        var peer = serving();
        peer.open(1);
        peer.data(1, 10);
        served.getFirst().consumed(4);
        served.getFirst().consumed(6);
        assertThat(peer.said()).containsExactly("ACCEPT 1");
        peer.pass(24);
        assertThat(peer.said()).isEmpty();
        peer.pass(1);
        assertThat(peer.said()).containsExactly("WINDOW 1 10");
        peer.pass(1_000);
        assertThat(peer.said()).isEmpty();
        peer.close();
    }

    @Test
    void whatWasConsumedAWhileAgoIsToldAlongWithBytes() {
        var peer = serving();
        peer.open(1);
        peer.data(1, 10);
        served.getFirst().consumed(10);
        peer.pass(9);
        served.getFirst().write(Unpooled.copiedBuffer(new byte[3]));
        assertThat(peer.said()).containsExactly("ACCEPT 1", "DATA 1 3");
        peer.pass(1);
        served.getFirst().write(Unpooled.copiedBuffer(new byte[4]));
        assertThat(peer.said()).containsExactly("WINDOW 1 10", "DATA 1 4");
        // What comes after that is as old as any when it is told.
        peer.pass(10);
        peer.data(1, 5);
        served.getFirst().consumed(5);
        for (int ms = 0; ms < 24; ms++) {
            peer.pass(1);
        }
        assertThat(peer.said()).isEmpty();
        peer.pass(1);
        assertThat(peer.said()).containsExactly("WINDOW 1 15");
        peer.pass(1_000);
        assertThat(peer.said()).isEmpty();
        peer.close();
    }

    @Test
    void nobodyWaitsForLongerBecauseOthersTalk() {
        var peer = serving();
        peer.open(1);
        peer.open(3);
        peer.said();
        peer.data(3, 1);
        served.get(1).consumed(1);
        talk(peer, 25);
        assertThat(peer.said()).contains("WINDOW 3 1");
        talk(peer, 7);
        peer.data(3, 1);
        served.get(1).consumed(1);
        talk(peer, 25);
        assertThat(peer.said()).contains("WINDOW 3 2");
        peer.close();
    }

    /// A byte each way on the first stream, once in a millisecond.
    private void talk(FramePeer peer, int millis) {
        for (int ms = 0; ms < millis; ms++) {
            peer.data(1, 1);
            served.getFirst().consumed(1);
            served.getFirst().write(Unpooled.copiedBuffer(new byte[1]));
            peer.pass(1);
        }
    }

    @Test
    void aQuarterOfTheWindowIsToldAtOnce() {
        var peer = serving();
        peer.open(1);
        peer.data(1, 10_000);
        served.getFirst().consumed(8_191);
        assertThat(peer.said()).containsExactly("ACCEPT 1");
        served.getFirst().consumed(1);
        assertThat(peer.said()).containsExactly("WINDOW 1 8192");
        peer.close();
    }

    @Test
    void anIdleLinkHasNoTimerButItsWatch() {
        var peer = serving();
        peer.open(1);
        peer.data(1, 10);
        served.getFirst().consumed(10);
        peer.pass(25);
        peer.channel.runPendingTasks();
        // The acceptor's only timer is the one that finds a dead peer.
        assertThat(peer.channel.runScheduledPendingTasks())
                .isGreaterThan(java.time.Duration.ofSeconds(20).toNanos());
        peer.close();
    }

    @Test
    void endIsAcknowledgedWhenEveryByteBeforeItIsConsumed() {
        var peer = serving();
        peer.open(1);
        peer.data(1, 10);
        peer.end(1, 10);
        assertThat(heard.events).containsExactly("data 10", "ended");
        served.getFirst().consumed(9);
        assertThat(peer.said()).containsExactly("ACCEPT 1");
        served.getFirst().consumed(1);
        assertThat(peer.said()).containsExactly("WINDOW 1 11");
        peer.pass(100);
        assertThat(peer.said()).isEmpty();
        peer.close();
    }

    @Test
    void aStreamIsOverWhenBothEndsAreAcknowledged() {
        var peer = serving();
        peer.open(1);
        peer.end(1, 0);
        assertThat(peer.said()).containsExactly("ACCEPT 1", "WINDOW 1 1");
        served.getFirst().write(Unpooled.copiedBuffer(new byte[5]));
        served.getFirst().end();
        assertThat(peer.said()).containsExactly("DATA 1 5", "END 1 5");
        peer.window(1, 5, 32_768);
        assertThat(heard.events).containsExactly("ended", "acknowledged 5");
        peer.window(1, 6, 32_768);
        assertThat(heard.events)
                .containsExactly("ended", "acknowledged 5", "acknowledged 6", "closed done");
        assertThat(peer.link.windowBytes()).isZero();
        assertThat(peer.end).isNull();
        peer.close();
    }

    /// Bytes and END that came before anybody listened.
    @Test
    void whoListensLateHearsTheEndBeforeTheStreamIsOver() {
        var peer = new FramePeer(Link.Side.ACCEPTOR, served::add);
        peer.open(1);
        peer.data(1, 3);
        peer.end(1, 3);
        assertThat(peer.said()).isEmpty();
        var stream = served.getFirst();
        stream.accept(Headers.EMPTY);
        stream.end();
        peer.window(1, 1, 32_768);
        var eager =
                new StreamListener() {
                    @Override
                    public void data(ByteBuf bytes) {
                        int n = bytes.readableBytes();
                        bytes.release();
                        stream.consumed(n);
                        heard.events.add("data");
                    }

                    @Override
                    public void ended() {
                        heard.events.add("ended");
                    }

                    @Override
                    public void closed(StreamEnd cause, String message) {
                        heard.events.add("closed " + cause.label());
                    }
                };
        stream.listen(eager);
        assertThat(heard.events).containsExactly("data", "ended", "closed done");
        assertThat(peer.link.windowBytes()).isZero();
        peer.close();
    }

    @ParameterizedTest
    @CsvSource({
        "CLOSED, cancelled",
        "CONNECTION_LOST, link-lost",
        "DEAD_PEER, link-lost",
        "GOING_AWAY, link-lost",
        "TAKEN_OVER, link-lost",
        "REVOKED, right-ended",
        "RIGHT_ENDED, right-ended",
        "PROTOCOL_ERROR, link-lost",
        "LIMIT, link-lost",
        "INTERNAL, link-lost"
    })
    void howALinkEndsSaysHowItsStreamsEnd(LinkEnd cause, String streams) {
        var here = serving();
        here.open(1);
        here.link.close(cause, "why");
        assertThat(heard.events).containsExactly("closed " + streams);
        here.close();

        heard.events.clear();
        var there = serving();
        there.open(1);
        there.goAway(cause, "why");
        there.cut();
        assertThat(heard.events).containsExactly("closed " + streams);
        there.close();
    }

    /// Two links with a relay between them; what the far side has, the near side learns.
    private static final class Relayed {

        final List<Relay> relays = new ArrayList<>();
        final FramePeer far = new FramePeer(Link.Side.ACCEPTOR, stream -> {});
        final List<String> over = new ArrayList<>();
        final FramePeer near =
                new FramePeer(
                        Link.Side.ACCEPTOR,
                        stream -> {
                            var relay = new Relay(stream);
                            relays.add(relay);
                            relay.connect(
                                    far.link,
                                    Headers.EMPTY,
                                    (end, message) -> over.add(end.label()));
                        });

        Relayed() {
            near.open(1);
            assertThat(far.said()).containsExactly("OPEN 2");
        }

        void accepted() {
            far.accept(2);
            assertThat(near.said()).containsExactly("ACCEPT 1");
        }

        void close() {
            near.close();
            far.close();
        }
    }

    @Test
    void aRelayGivesCreditWhenTheFarSideDoes() {
        var relayed = new Relayed();
        relayed.accepted();
        relayed.near.data(1, 20_000);
        assertThat(relayed.far.said()).containsExactly("DATA 2 20000");
        relayed.near.pass(100);
        assertThat(relayed.near.said()).isEmpty();
        relayed.far.window(2, 100, 32_768);
        relayed.near.pass(25);
        assertThat(relayed.near.said()).containsExactly("WINDOW 1 100");
        relayed.far.window(2, 20_000, 65_536);
        assertThat(relayed.near.said()).containsExactly("WINDOW 1 20000");
        relayed.close();
    }

    @Test
    void aRelayGrantsWhatTheFarSideGrants() {
        var relayed = new Relayed();
        relayed.accepted();
        relayed.near.data(1, 20_000);
        relayed.far.said();
        assertThat(relayed.near.link.windowBytes()).isEqualTo(LinkLimits.INITIAL_WINDOW);
        relayed.far.window(2, 10_000, 3 << 20);
        assertThat(relayed.near.said()).containsExactly("WINDOW 1 10000");
        assertThat(relayed.near.link.windowBytes()).isEqualTo(3 << 20);
        // Its own limit holds, whatever a hostile far side says.
        for (int i = 0; i < 16; i++) {
            relayed.near.data(1, 60_000);
            relayed.far.window(2, 10_000, 3 << 20);
            relayed.far.said();
        }
        relayed.far.window(2, 900_000, Integer.MAX_VALUE);
        assertThat(relayed.near.link.windowBytes()).isEqualTo(LinkLimits.DEFAULT.maxWindow());
        relayed.close();
    }

    @Test
    void aRelayAcknowledgesTheEndWhenTheFarSideDoes() {
        var relayed = new Relayed();
        relayed.accepted();
        relayed.near.data(1, 10);
        relayed.near.end(1, 10);
        assertThat(relayed.far.said()).containsExactly("DATA 2 10", "END 2 10");
        relayed.far.window(2, 10, 32_768);
        relayed.near.pass(25);
        assertThat(relayed.near.said()).containsExactly("WINDOW 1 10");
        relayed.far.end(2, 0);
        assertThat(relayed.near.said()).containsExactly("END 1 0");
        assertThat(relayed.far.said()).isEmpty();
        relayed.far.window(2, 11, 32_768);
        assertThat(relayed.near.said()).containsExactly("WINDOW 1 11");
        assertThat(relayed.over).isEmpty();
        relayed.near.window(1, 1, 32_768);
        assertThat(relayed.far.said()).containsExactly("WINDOW 2 1");
        assertThat(relayed.over).containsExactly("done");
        assertThat(relayed.near.link.windowBytes()).isZero();
        assertThat(relayed.far.link.windowBytes()).isZero();
        relayed.close();
    }

    @Test
    void aRelayToALinkThatIsGoneResetsTheAskingSide() {
        var far = new FramePeer(Link.Side.ACCEPTOR, stream -> {});
        far.cut();
        List<String> over = new ArrayList<>();
        var near =
                new FramePeer(
                        Link.Side.ACCEPTOR,
                        stream ->
                                new Relay(stream)
                                        .connect(
                                                far.link,
                                                Headers.EMPTY,
                                                (end, message) -> over.add(end.label())));
        near.open(1);
        assertThat(near.said()).containsExactly("REFUSE 1 11");
        assertThat(over).containsExactly("link-lost");
        assertThat(near.link.windowBytes()).isZero();
        near.close();
        far.close();
    }

    @Test
    void whatAMutedSideSendsIsCreditedAndNotPassed() {
        var relayed = new Relayed();
        relayed.accepted();
        relayed.near.data(1, 10);
        assertThat(relayed.far.said()).containsExactly("DATA 2 10");
        relayed.relays.getFirst().mute();
        relayed.near.data(1, 9_000);
        assertThat(relayed.far.said()).isEmpty();
        assertThat(relayed.near.said()).containsExactly("WINDOW 1 9000");
        relayed.far.window(2, 10, 32_768);
        relayed.near.pass(25);
        assertThat(relayed.near.said()).containsExactly("WINDOW 1 9010");
        relayed.close();
    }

    enum Cut {
        NEAR_RESETS,
        FAR_RESETS,
        RELAY_CUTS,
        NEAR_LINK_LOST,
        FAR_LINK_LOST
    }

    @ParameterizedTest
    @EnumSource
    void aRelayThatIsCutLeavesNothingBehind(Cut cut) {
        var relayed = new Relayed();
        relayed.accepted();
        relayed.near.data(1, 10_000);
        relayed.far.data(2, 20_000);
        relayed.far.window(2, 5_000, 32_768);
        relayed.near.said();
        relayed.far.said();
        switch (cut) {
            case NEAR_RESETS -> {
                relayed.near.reset(1, StreamEnd.CANCELLED);
                assertThat(relayed.far.said()).containsExactly("RESET 2 1");
            }
            case FAR_RESETS -> {
                relayed.far.reset(2, StreamEnd.TARGET_RESET);
                assertThat(relayed.near.said()).containsExactly("RESET 1 5");
            }
            case RELAY_CUTS -> {
                relayed.relays.getFirst().cut(StreamEnd.RIGHT_ENDED, "the grant was withdrawn");
                assertThat(relayed.near.said()).containsExactly("RESET 1 9");
                assertThat(relayed.far.said()).containsExactly("RESET 2 9");
            }
            case NEAR_LINK_LOST -> {
                relayed.near.cut();
                assertThat(relayed.far.said()).containsExactly("RESET 2 11");
            }
            case FAR_LINK_LOST -> {
                relayed.far.cut();
                assertThat(relayed.near.said()).containsExactly("RESET 1 11");
            }
        }
        assertThat(relayed.over).hasSize(1);
        // A straggler that was on its way when the stream was cut.
        if (cut != Cut.FAR_LINK_LOST) {
            relayed.far.window(2, 10_000, 32_768);
        }
        assertThat(relayed.near.link.windowBytes()).isZero();
        assertThat(relayed.far.link.windowBytes()).isZero();
        relayed.close();
    }
}
