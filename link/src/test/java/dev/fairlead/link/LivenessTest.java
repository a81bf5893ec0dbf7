package dev.fairlead.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.nettyplus.leakdetector.junit.NettyLeakDetectorExtension;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// The times of `docs/protocol.md`, section Liveness, by a clock of the test's own.
@ExtendWith(NettyLeakDetectorExtension.class)
class LivenessTest {

    private static final long STEP_MILLIS = 100;

    private final MockTicker clock = Ticker.newMockTicker();
    private final EmbeddedChannel channel = EmbeddedChannel.builder().ticker(clock).build();
    private final LinkPair.Ending ending = new LinkPair.Ending();

    private Link start(Link.Side side) {
        return Link.start(
                channel,
                side,
                LinkLimits.DEFAULT,
                stream -> stream.refuse(StreamEnd.UNSUPPORTED, ""),
                ending);
    }

    @AfterEach
    void release() {
        channel.finishAndReleaseAll();
    }

    private void pass(long millis) {
        for (long passed = 0; passed < millis; passed += STEP_MILLIS) {
            clock.advance(STEP_MILLIS, TimeUnit.MILLISECONDS);
            channel.runPendingTasks();
            // What those tasks left to be done, such as flushing.
            channel.runPendingTasks();
        }
    }

    @Test
    void aSilentPeerIsDeadAfter25SecondsAndNoLater() {
        start(Link.Side.ACCEPTOR);
        // The byte comes between two looks at the clock.
        pass(6_200);
        channel.writeInbound(Frames.u64(channel.alloc(), FrameType.PONG, 0, 0));
        pass(24_900);
        assertThat(ending.end).isNotDone();
        pass(200);
        assertThat(ending.end).isCompletedWithValue(LinkEnd.DEAD_PEER);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void theDialerAsksEvery10SecondsGiveOrTakeAQuarter() {
        start(Link.Side.DIALER);
        int pings = 0;
        for (int i = 0; i < 400; i++) {
            pass(1_000);
            for (ByteBuf ping = channel.readOutbound();
                    ping != null;
                    ping = channel.readOutbound()) {
                pings++;
                ping.release();
                channel.writeInbound(Frames.u64(channel.alloc(), FrameType.PONG, 0, 0));
            }
        }
        assertThat(pings).isBetween(32, 54);
        assertThat(ending.end).isNotDone();
    }

    @Test
    void theRoundTripIsMeasured() {
        var link = start(Link.Side.DIALER);
        assertThat(link.roundTrip().isNegative()).isTrue();
        channel.runPendingTasks(); // It asks at once.
        ByteBuf ping = channel.readOutbound();
        pass(300);
        long asked = ping.getLong(ping.readerIndex() + 8);
        ping.release();
        channel.writeInbound(Frames.u64(channel.alloc(), FrameType.PONG, 0, asked));
        assertThat(link.roundTrip().toMillis()).isEqualTo(300);
    }
}
