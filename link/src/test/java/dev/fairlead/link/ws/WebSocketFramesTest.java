package dev.fairlead.link.ws;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.nettyplus.leakdetector.junit.NettyLeakDetectorExtension;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// RFC 6455 section 5, rule by rule, in bytes.
@ExtendWith(NettyLeakDetectorExtension.class)
class WebSocketFramesTest {

    /// Bytes as a client must send them, with the key 00000000, and the close code that answers
    /// them.
    static Stream<Arguments> broken() {
        String key = "00000000";
        return Stream.of(
                Arguments.of("not masked", "8201" + "41", 1002),
                Arguments.of("RSV1", "c281" + key + "41", 1002),
                Arguments.of("RSV3", "9281" + key + "41", 1002),
                Arguments.of("opcode 3", "8381" + key + "41", 1002),
                Arguments.of("opcode 11", "8b80" + key, 1002),
                Arguments.of("text", "8181" + key + "41", 1003),
                Arguments.of("continuation of nothing", "8081" + key + "41", 1002),
                Arguments.of(
                        "message in a message", "0281" + key + "41" + "8281" + key + "41", 1002),
                Arguments.of("fragmented ping", "0981" + key + "41", 1002),
                Arguments.of("ping of 126 bytes", "89fe007e" + key, 1002),
                Arguments.of("16-bit length below 126", "82fe007d" + key, 1002),
                Arguments.of("64-bit length below 65536", "82ff000000000000ffff" + key, 1002),
                Arguments.of(
                        "64-bit length with the highest bit", "82ff8000000000000000" + key, 1002),
                Arguments.of("frame above the limit", "82ff0000000000100001" + key, 1009),
                Arguments.of("close of one byte", "8881" + key + "03", 1002),
                Arguments.of("close with 1005", "8882" + key + "03ed", 1002),
                Arguments.of("close with 999", "8882" + key + "03e7", 1002),
                Arguments.of("close with 2999", "8882" + key + "0bb7", 1002),
                Arguments.of("close with bad UTF-8", "8883" + key + "03e8ff", 1007));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("broken")
    void aBrokenRuleIsAnsweredWithItsCode(String name, String bytes, int code) {
        var channel = new EmbeddedChannel(new WebSocketFrames(WebSocketFrames.Role.SERVER));
        channel.writeInbound(hex(bytes));
        assertThat(closeCode(channel)).isEqualTo(code);
        channel.writeInbound(hex("8281" + "00000000" + "42"));
        assertThat(all(channel)).as("what comes after the mistake").doesNotContain("42");
        assertThat(channel.isOpen()).as("the peer may still read why").isTrue();
        patienceEnds(channel);
        assertThat(channel.isOpen()).isFalse();
        channel.finishAndReleaseAll();
    }

    @Test
    void aMaskedFrameFromAServerIsRefused() {
        var channel = new EmbeddedChannel(new WebSocketFrames(WebSocketFrames.Role.CLIENT));
        channel.writeInbound(hex("8281" + "00000000" + "41"));
        patienceEnds(channel);
        assertThat(channel.isOpen()).isFalse();
        channel.finishAndReleaseAll();
    }

    @Test
    void aPingIsAnsweredInsideAFragmentedMessage() {
        var channel = new EmbeddedChannel(new WebSocketFrames(WebSocketFrames.Role.SERVER));
        channel.writeInbound(
                hex(
                        "0281"
                                + "01020304"
                                + "40"
                                + "8982"
                                + "00000000"
                                + "6869"
                                + "8081"
                                + "00000000"
                                + "42"));
        ByteBuf pong = channel.readOutbound();
        assertThat(ByteBufUtil.hexDump(pong)).isEqualTo("8a026869");
        pong.release();
        assertThat(all(channel)).isEqualTo("4142");
        channel.finishAndReleaseAll();
    }

    @Test
    void aCloseIsAnsweredWithItsOwnCode() {
        var channel = new EmbeddedChannel(new WebSocketFrames(WebSocketFrames.Role.SERVER));
        channel.writeInbound(hex("8882" + "00000000" + "0fa0"));
        assertThat(closeCode(channel)).isEqualTo(4000);
        assertThat(channel.isOpen()).isFalse();
        channel.finishAndReleaseAll();
    }

    @Test
    void aConnectionClosesWhenThePeerHasSaidGoodByeToo() {
        var channel = new EmbeddedChannel(new WebSocketFrames(WebSocketFrames.Role.SERVER));
        channel.pipeline().close();
        assertThat(closeCode(channel)).isEqualTo(1000);
        channel.writeInbound(hex("8281" + "00000000" + "41"));
        assertThat(all(channel)).as("what nobody wants any more").isEmpty();
        assertThat(channel.isOpen()).isTrue();
        channel.writeInbound(hex("8882" + "00000000" + "03e8"));
        assertThat(channel.isOpen()).isFalse();
        assertThat((Object) channel.readOutbound()).as("a second close frame").isNull();
        channel.finishAndReleaseAll();
    }

    @Test
    void aPeerThatSaysNoGoodByeIsNotWaitedForLong() {
        var channel = new EmbeddedChannel(new WebSocketFrames(WebSocketFrames.Role.CLIENT));
        var closed = channel.pipeline().close();
        var again = channel.pipeline().close();
        assertThat(closed.isDone()).isFalse();
        patienceEnds(channel);
        assertThat(closed.isSuccess()).isTrue();
        assertThat(again.isSuccess()).isTrue();
        channel.finishAndReleaseAll();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void whatAClientWritesAServerReadsHoweverItIsCut(long seed) {
        var random = new Random(seed);
        var client = new EmbeddedChannel(new WebSocketFrames(WebSocketFrames.Role.CLIENT));
        var server = new EmbeddedChannel(new WebSocketFrames(WebSocketFrames.Role.SERVER));
        var sent = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            byte[] payload =
                    new byte
                            [i == 0
                                    ? 70_000
                                    : random.nextInt(5) == 0
                                            ? random.nextInt(9_000)
                                            : random.nextInt(300)];
            random.nextBytes(payload);
            sent.append(HexFormat.of().formatHex(payload));
            client.writeOutbound(shaped(random, payload));
        }
        var wire = Unpooled.buffer();
        for (ByteBuf part = client.readOutbound(); part != null; part = client.readOutbound()) {
            wire.writeBytes(part);
            part.release();
        }
        while (wire.isReadable()) {
            int n =
                    Math.min(
                            wire.readableBytes(),
                            1 + random.nextInt(random.nextBoolean() ? 20 : 70_000));
            server.writeInbound(wire.readBytes(n));
        }
        assertThat(all(server)).isEqualTo(sent.toString());
        wire.release();
        client.finishAndReleaseAll();
        server.finishAndReleaseAll();
    }

    @Test
    void whatWasMaskedInItsPlaceIsOneMessageAndCanBeHadAsItWas() {
        var frames = new WebSocketFrames(WebSocketFrames.Role.CLIENT);
        var client = new EmbeddedChannel(frames);
        var server = new EmbeddedChannel(new WebSocketFrames(WebSocketFrames.Role.SERVER));
        byte[] payload = new byte[70_003];
        new Random(1).nextBytes(payload);
        for (int length : new int[] {1, 31, 512, 65_520, payload.length}) {
            var bytes = Unpooled.directBuffer(24 + length).setIndex(24, 24);
            bytes.writeBytes(payload, 0, length);
            int key = frames.mask(bytes);
            assertThat(key).isNotZero();
            var kept = bytes.retainedDuplicate();
            // A header that is not masked yet goes into the space in front.
            bytes.setInt(16, 0x01020304).setInt(20, 0x05060708).readerIndex(16);
            client.writeOutbound(new Masked(bytes, 8, key));
            ByteBuf message = client.readOutbound();
            server.writeInbound(message.copy());
            assertThat(all(server))
                    .isEqualTo("0102030405060708" + ByteBufUtil.hexDump(payload, 0, length));
            // Also a part of it, as after an acknowledgement.
            int before = length / 3;
            var again = WebSocketFrames.unmasked(kept.skipBytes(before), before, key);
            assertThat(ByteBufUtil.hexDump(again))
                    .isEqualTo(ByteBufUtil.hexDump(payload, before, length - before));
            again.release();
            kept.release();
            message.release();
        }
        client.finishAndReleaseAll();
        server.finishAndReleaseAll();
    }

    /// With and without room in front, read-only, or in two parts: the ways in which a link writes.
    /// Longer ones cost an allocator that rounds up to powers of two as much again.
    @Test
    void theLongestFrameIsMaskedIntoSixtyFourKibibytes() {
        var client = new EmbeddedChannel(new WebSocketFrames(WebSocketFrames.Role.CLIENT));
        var head = Unpooled.wrappedBuffer(new byte[16]).readerIndex(8);
        client.writeOutbound(
                new Gathered(head, Unpooled.wrappedBuffer(new byte[65_520]).asReadOnly()));
        ByteBuf frame = client.readOutbound();
        assertThat(frame.readableBytes()).isEqualTo(65_536);
        assertThat(frame.capacity()).isEqualTo(65_536);
        frame.release();
        client.finishAndReleaseAll();
    }

    private static Object shaped(Random random, byte[] payload) {
        return switch (random.nextInt(4)) {
            case 0 -> Unpooled.wrappedBuffer(payload);
            case 1 -> Unpooled.wrappedBuffer(payload).asReadOnly();
            case 2 ->
                    Unpooled.directBuffer(payload.length + 24).setIndex(24, 24).writeBytes(payload);
            default -> {
                int cut = payload.length == 0 ? 0 : random.nextInt(payload.length);
                var head = Unpooled.buffer(16 + cut).setIndex(16, 16).writeBytes(payload, 0, cut);
                yield new Gathered(head, Unpooled.copiedBuffer(payload, cut, payload.length - cut));
            }
        };
    }

    private static void patienceEnds(EmbeddedChannel channel) {
        channel.advanceTimeBy(2, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
    }

    private static ByteBuf hex(String text) {
        return Unpooled.wrappedBuffer(HexFormat.of().parseHex(text));
    }

    private static String all(EmbeddedChannel channel) {
        var text = new StringBuilder();
        for (ByteBuf part = channel.readInbound(); part != null; part = channel.readInbound()) {
            text.append(ByteBufUtil.hexDump(part));
            part.release();
        }
        return text.toString();
    }

    private static int closeCode(EmbeddedChannel channel) {
        ByteBuf frame = channel.readOutbound();
        assertThat(frame).isNotNull();
        try {
            assertThat(frame.getUnsignedByte(0)).isEqualTo((short) 0x88);
            return frame.getUnsignedShort(2);
        } finally {
            frame.release();
        }
    }
}
