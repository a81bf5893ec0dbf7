package dev.fairlead.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.nettyplus.leakdetector.junit.NettyLeakDetectorExtension;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Each rule of `docs/protocol.md`, section Frames, broken once by a peer that is written in bytes.
@ExtendWith(NettyLeakDetectorExtension.class)
class FrameRulesTest {

    private final List<LinkStream> served = new ArrayList<>();
    private @Nullable LinkEnd end;
    private String message = "";

    private EmbeddedChannel acceptor(LinkLimits limits) {
        var channel = new EmbeddedChannel();
        Link.start(
                channel,
                Link.Side.ACCEPTOR,
                limits,
                stream -> {
                    served.add(stream);
                    stream.listen(new Drops(stream));
                    stream.accept(Headers.EMPTY);
                },
                new LinkListener() {
                    @Override
                    public void ended(LinkEnd cause, String text) {
                        end = cause;
                        message = text;
                    }
                });
        return channel;
    }

    static Stream<Arguments> broken() {
        String open1 = "01 00 0000 00000001";
        return Stream.of(
                Arguments.of("unknown type", "33 00 0000 00000001", "not known"),
                Arguments.of("type zero", "00 00 0000 00000000", "not known"),
                Arguments.of(
                        "OPEN with the acceptor's number", "01 00 0000 00000002", "out of order"),
                Arguments.of("OPEN of stream 0", "01 00 0000 00000000", "on stream 0"),
                Arguments.of("OPEN twice", open1 + open1, "out of order"),
                Arguments.of(
                        "OPEN backwards",
                        "01 00 0000 00000005" + "01 00 0000 00000003",
                        "out of order"),
                Arguments.of("OPEN beyond 2^31", "01 00 0000 80000001", "out of order"),
                Arguments.of("headers cut short", "01 00 0003 00000001 05 61 62", "cut short"),
                Arguments.of(
                        "header name not allowed",
                        "01 00 0005 00000001 02 41 41 0000",
                        "other than"),
                Arguments.of(
                        "header twice", "01 00 0008 00000001 01 61 0000 01 61 0000", "comes twice"),
                Arguments.of("header name empty", "01 00 0003 00000001 00 0000", "empty"),
                Arguments.of("headers too long", "01 00 ffff 00000001", "more than"),
                Arguments.of("DATA too long", open1 + "04 00 fff1 00000001", "more than 65520"),
                Arguments.of(
                        "DATA on a stream never opened", "04 00 0001 00000001 00", "never opened"),
                Arguments.of(
                        "DATA on a stream of ours never opened",
                        "04 00 0001 00000002 00",
                        "never opened"),
                Arguments.of("DATA on stream 0", "04 00 0001 00000000 00", "on stream 0"),
                Arguments.of(
                        "PING on a stream", "09 00 0008 00000001 0000000000000000", "on stream 1"),
                Arguments.of("PING of 7 bytes", "09 00 0007 00000000 00000000000000", "not 8"),
                Arguments.of("PONG of 9 bytes", "0a 00 0009 00000000 000000000000000000", "not 8"),
                Arguments.of("GOAWAY of 5 bytes", "0b 00 0005 00000000 0000000000", "less than 6"),
                Arguments.of("WINDOW of 4 bytes", open1 + "05 00 0004 00000001 00000001", "not 12"),
                Arguments.of(
                        "WINDOW counts bytes never sent",
                        open1 + "05 00 000c 00000001 0000000000000001 00100000",
                        "never sent"),
                Arguments.of(
                        "WINDOW takes credit back",
                        open1 + "05 00 000c 00000001 0000000000000000 00000001",
                        "takes credit back"),
                Arguments.of(
                        "WINDOW counts an END never sent",
                        open1 + "05 00 000c 00000001 0000000000000001 00008000",
                        "never sent"),
                Arguments.of(
                        "WINDOW below zero",
                        open1 + "05 00 000c 00000001 ffffffffffffffff 00100000",
                        "never sent"),
                Arguments.of(
                        "END elsewhere",
                        open1 + "06 00 0008 00000001 0000000000000001",
                        "0 bytes came"),
                Arguments.of("END of 2 bytes", open1 + "06 00 0002 00000001 0000", "not 8"),
                Arguments.of(
                        "END twice",
                        open1 + "06 00 0008 00000001 0000000000000000".repeat(2),
                        "0 bytes came"),
                Arguments.of(
                        "DATA after END",
                        open1 + "06 00 0008 00000001 0000000000000000" + "04 00 0001 00000001 00",
                        "after END"),
                Arguments.of(
                        "ACCEPT of the peer's own stream",
                        open1 + "02 00 0000 00000001",
                        "answers nothing"),
                Arguments.of(
                        "REFUSE of the peer's own stream",
                        open1 + "03 00 0002 00000001 0000",
                        "answers nothing"),
                Arguments.of("RESET without cause", open1 + "07 00 0001 00000001 00", "no cause"),
                Arguments.of("DATAGRAM", open1 + "08 00 0001 00000001 00", "not part of version 1"),
                Arguments.of("RESUME", "0c 00 0000 00000001", "not part of version 1"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("broken")
    void aPeerThatBreaksARuleLosesItsLink(String name, String bytes, String rule) {
        var channel = acceptor(LinkLimits.DEFAULT);
        channel.writeInbound(hex(bytes));
        assertThat(end).as(message).isEqualTo(LinkEnd.PROTOCOL_ERROR);
        assertThat(message).contains(rule);
        assertThat(lastGoAwayCode(channel)).isEqualTo(LinkEnd.PROTOCOL_ERROR.code());
        channel.finishAndReleaseAll();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("broken")
    void theSameByteByByte(String name, String bytes, String rule) {
        var channel = acceptor(LinkLimits.DEFAULT);
        var all = hex(bytes);
        while (all.isReadable() && end == null) {
            channel.writeInbound(Unpooled.buffer(1).writeByte(all.readByte()));
        }
        all.release();
        assertThat(end).as(message).isEqualTo(LinkEnd.PROTOCOL_ERROR);
        assertThat(message).contains(rule);
        channel.finishAndReleaseAll();
    }

    @Test
    void dataBeyondTheWindowBreaksTheLink() {
        var channel = acceptor(LinkLimits.DEFAULT);
        channel.writeInbound(hex("01 00 0000 00000001"));
        channel.writeInbound(data(1, LinkLimits.INITIAL_WINDOW));
        assertThat(end).isNull();
        channel.writeInbound(data(1, 1));
        assertThat(message).contains("beyond the window");
        assertThat(end).isEqualTo(LinkEnd.PROTOCOL_ERROR);
        channel.finishAndReleaseAll();
    }

    @Test
    void framesForAStreamThatWasResetHereAreIgnored() {
        var channel = acceptor(LinkLimits.DEFAULT);
        channel.writeInbound(hex("01 00 0000 00000001"));
        served.getFirst().reset(StreamEnd.CANCELLED, "");
        channel.writeInbound(data(1, 10), hex("06 00 0008 00000001 000000000000000a"));
        assertThat(end).isNull();
        channel.finishAndReleaseAll();
    }

    @Test
    void optionalTypesAndUnknownHeadersAreSkipped() {
        var channel = acceptor(LinkLimits.DEFAULT);
        channel.writeInbound(
                hex("80 00 0003 00000007 010203" + "01 00 0006 00000001 01 7a 0002 6869"));
        assertThat(end).isNull();
        assertThat(served).hasSize(1);
        assertThat(served.getFirst().headers().text("z")).isEqualTo("hi");
        channel.finishAndReleaseAll();
    }

    @Test
    void aFloodOfPingsEndsTheLink() {
        var few =
                new LinkLimits(
                        10,
                        1_024,
                        1 << 20,
                        1 << 20,
                        10,
                        20,
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(25));
        var channel = acceptor(few);
        for (int i = 0; i <= 200 && end == null; i++) {
            channel.writeInbound(hex("09 00 0008 00000000 0000000000000000"));
            channel.releaseOutbound();
        }
        assertThat(end).isEqualTo(LinkEnd.LIMIT);
        channel.finishAndReleaseAll();
    }

    static ByteBuf hex(String text) {
        return Unpooled.wrappedBuffer(HexFormat.of().parseHex(text.replace(" ", "")));
    }

    private static ByteBuf data(int stream, int length) {
        return Unpooled.buffer(8 + length)
                .writeByte(4)
                .writeByte(0)
                .writeShort(length)
                .writeInt(stream)
                .writeZero(length);
    }

    private static int lastGoAwayCode(EmbeddedChannel channel) {
        int code = -1;
        for (ByteBuf frame = channel.readOutbound();
                frame != null;
                frame = channel.readOutbound()) {
            if (frame.readableBytes() > 10 && frame.getByte(frame.readerIndex()) == 0x0b) {
                code = frame.getUnsignedShort(frame.readerIndex() + 8);
            }
            frame.release();
        }
        return code;
    }

    /// Keeps what comes to itself: no credit is ever given back.
    private record Drops(LinkStream stream) implements StreamListener {
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
