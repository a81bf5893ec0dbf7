package dev.fairlead.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.link.Link.Side;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Whatever a peer can make grow, tried by a hostile one at each side: by a node or client against
/// a hub, and by a hub against an agent or client. The limits are those of `docs/protocol.md`, made
/// small.
class HostilePeerTest {

    private static final LinkLimits FEW =
            new LinkLimits(
                    3,
                    1_024,
                    LinkLimits.INITIAL_WINDOW,
                    3 * LinkLimits.INITIAL_WINDOW,
                    20,
                    10,
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(25));

    private final List<EmbeddedChannel> open = new ArrayList<>();
    private final List<LinkStream> served = new ArrayList<>();
    private final List<String> limits = new ArrayList<>();
    private @Nullable LinkEnd end;

    @AfterEach
    void close() {
        open.forEach(EmbeddedChannel::finishAndReleaseAll);
    }

    private EmbeddedChannel victim(Side side, LinkLimits few) {
        return victim(side, few, null);
    }

    private EmbeddedChannel victim(Side side, LinkLimits few, @Nullable SharedMemory shared) {
        var channel = new EmbeddedChannel();
        channel.freezeTime();
        open.add(channel);
        Link.start(
                channel,
                side,
                few,
                shared,
                stream -> {
                    served.add(stream);
                    stream.listen(new Keeps());
                    stream.accept(Headers.EMPTY);
                },
                new LinkListener() {
                    @Override
                    public void limited(String limit) {
                        limits.add(limit);
                    }

                    @Override
                    public void ended(LinkEnd cause, String text) {
                        end = cause;
                    }
                });
        return channel;
    }

    /// The number of the hostile side's stream with this index.
    private static int id(Side victim, int index) {
        return 2 * index + (victim == Side.ACCEPTOR ? 1 : 2);
    }

    private static void open(EmbeddedChannel channel, int id) {
        channel.writeInbound(header(FrameType.OPEN, id, 0));
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void streamsBeyondTheLimitAreRefusedAndTheOthersGoOn(Side side) {
        var channel = victim(side, FEW.withLinkMemory(10 * LinkLimits.INITIAL_WINDOW));
        for (int i = 0; i < 5; i++) {
            open(channel, id(side, i));
        }
        assertThat(served).hasSize(3);
        assertThat(refusals(channel)).containsExactly(StreamEnd.LIMIT, StreamEnd.LIMIT);
        assertThat(limits).containsExactly("streams", "streams");
        assertThat(end).isNull();
        // A place that became free can be had.
        served.getFirst().reset(StreamEnd.CANCELLED, "");
        open(channel, id(side, 5));
        assertThat(served).hasSize(4);
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void streamsBeyondTheLinksMemoryAreRefused(Side side) {
        var channel = victim(side, FEW.withMaxStreams(100));
        for (int i = 0; i < 4; i++) {
            open(channel, id(side, i));
        }
        assertThat(served).hasSize(3);
        assertThat(refusals(channel)).containsExactly(StreamEnd.LIMIT);
        assertThat(limits).containsExactly("memory");
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void linksShareTheirTenantsMemoryAndLeaveItWhenTheyEnd(Side side) {
        var shared = new SharedMemory(2 * LinkLimits.INITIAL_WINDOW);
        var one = victim(side, FEW, shared);
        var other = victim(side, FEW, shared);
        open(one, id(side, 0));
        open(other, id(side, 0));
        open(other, id(side, 1));
        assertThat(refusals(other)).containsExactly(StreamEnd.LIMIT);
        assertThat(limits).containsExactly("tenant-memory");
        one.close();
        assertThat(shared.taken()).isEqualTo(LinkLimits.INITIAL_WINDOW);
        open(other, id(side, 2));
        assertThat(served).hasSize(3);
        other.close();
        assertThat(shared.taken()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void aFloodOfStreamsEndsTheLink(Side side) {
        var channel = victim(side, FEW);
        for (int i = 0; i < 40 && end == null; i++) {
            open(channel, id(side, i));
        }
        assertThat(end).isEqualTo(LinkEnd.LIMIT);
        assertThat(limits).last().isEqualTo("opens-per-second");
        assertThat(goAway(channel)).isEqualTo(LinkEnd.LIMIT);
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void aFloodOfPingsEndsTheLink(Side side) {
        var channel = victim(side, FEW);
        for (int i = 0; i < 20 && end == null; i++) {
            channel.writeInbound(header(FrameType.PING, 0, 8).writeLong(i));
        }
        assertThat(end).isEqualTo(LinkEnd.LIMIT);
        assertThat(limits).containsExactly("controls-per-second");
        assertThat(goAway(channel)).isEqualTo(LinkEnd.LIMIT);
    }

    /// Streams that are opened and reset at once never count as open (CVE-2023-44487).
    @ParameterizedTest
    @EnumSource(Side.class)
    void aFloodOfResetsEndsTheLink(Side side) {
        var channel = victim(side, FEW);
        for (int i = 0; i < 20 && end == null; i++) {
            open(channel, id(side, i));
            channel.writeInbound(
                    header(FrameType.RESET, id(side, i), 2).writeShort(StreamEnd.CANCELLED.code()));
        }
        assertThat(end).isEqualTo(LinkEnd.LIMIT);
        assertThat(limits).containsExactly("controls-per-second");
        assertThat(goAway(channel)).isEqualTo(LinkEnd.LIMIT);
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void headersThatAreTooLongEndTheLinkBeforeTheyAreRead(Side side) {
        var channel = victim(side, FEW);
        var header =
                Unpooled.buffer(8)
                        .writeByte(FrameType.OPEN.code)
                        .writeByte(0)
                        .writeShort(FEW.maxHeaders() + 1)
                        .writeInt(id(side, 0));
        channel.writeInbound(header);
        assertThat(end).isEqualTo(LinkEnd.PROTOCOL_ERROR);
        assertThat(goAway(channel)).isEqualTo(LinkEnd.PROTOCOL_ERROR);
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void bytesBeyondTheWindowEndTheLink(Side side) {
        var channel = victim(side, FEW);
        open(channel, id(side, 0));
        channel.writeInbound(
                header(FrameType.DATA, id(side, 0), LinkLimits.INITIAL_WINDOW)
                        .writeZero(LinkLimits.INITIAL_WINDOW));
        assertThat(end).isNull();
        channel.writeInbound(header(FrameType.DATA, id(side, 0), 1).writeZero(1));
        assertThat(end).isEqualTo(LinkEnd.PROTOCOL_ERROR);
        assertThat(goAway(channel)).isEqualTo(LinkEnd.PROTOCOL_ERROR);
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void silenceEndsTheLink(Side side) {
        var channel = victim(side, FEW);
        channel.advanceTimeBy(24, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        assertThat(end).isNull();
        channel.advanceTimeBy(2, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        assertThat(end).isEqualTo(LinkEnd.DEAD_PEER);
    }

    /// A peer that asks and never reads the answers: they wait here, up to 4 MiB.
    @Test
    void answersThatAreNotReadEndTheLink() {
        // Written, and never flushed: as where the other side's TCP window is closed.
        var stalled =
                new ChannelOutboundHandlerAdapter() {
                    @Override
                    public void flush(ChannelHandlerContext ctx) {}
                };
        var channel = new EmbeddedChannel(stalled);
        open.add(channel);
        var given = new boolean[1];
        var queue = new SendQueue(channel, () -> given[0] = true);
        for (int i = 0; i < 5_000 && !given[0]; i++) {
            queue.control(Unpooled.buffer(1_024).writeZero(1_024));
        }
        assertThat(given[0]).isTrue();
        assertThat(channel.isOpen()).isFalse();
    }

    private static ByteBuf header(FrameType type, int stream, int length) {
        return Unpooled.buffer(8 + length)
                .writeByte(type.code)
                .writeByte(0)
                .writeShort(length)
                .writeInt(stream);
    }

    private static List<StreamEnd> refusals(EmbeddedChannel channel) {
        List<StreamEnd> found = new ArrayList<>();
        channel.runPendingTasks();
        for (ByteBuf frame = channel.readOutbound();
                frame != null;
                frame = channel.readOutbound()) {
            if (frame.getByte(frame.readerIndex()) == FrameType.REFUSE.code) {
                found.add(StreamEnd.ofCode(frame.getUnsignedShort(frame.readerIndex() + 8)));
            }
            frame.release();
        }
        return found;
    }

    private static @Nullable LinkEnd goAway(EmbeddedChannel channel) {
        LinkEnd told = null;
        for (ByteBuf frame = channel.readOutbound();
                frame != null;
                frame = channel.readOutbound()) {
            if (frame.getByte(frame.readerIndex()) == FrameType.GOAWAY.code) {
                told = LinkEnd.ofCode(frame.getUnsignedShort(frame.readerIndex() + 8));
            }
            frame.release();
        }
        return told;
    }

    /// Gives no credit back.
    private static final class Keeps implements StreamListener {
        @Override
        public void data(ByteBuf bytes) {
            bytes.release();
        }

        @Override
        public void ended() {}

        @Override
        public void closed(StreamEnd cause, String message) {}
    }
}
