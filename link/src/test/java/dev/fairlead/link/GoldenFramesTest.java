package dev.fairlead.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The frames in `docs/golden` are what this side writes, and what it reads.
class GoldenFramesTest {

    private static final Path FOLDER = Path.of("../docs/golden");

    static Stream<Arguments> frames() {
        return Stream.of(
                golden(
                        "open",
                        a ->
                                Frames.headers(
                                        a,
                                        FrameType.OPEN,
                                        1,
                                        Headers.of("kind", "tcp", "target", "127.0.0.1:22"))),
                golden("accept", a -> Frames.headers(a, FrameType.ACCEPT, 1, Headers.EMPTY)),
                golden(
                        "refuse",
                        a ->
                                Frames.causeAndText(
                                        a,
                                        FrameType.REFUSE,
                                        1,
                                        StreamEnd.TARGET_REFUSED.code(),
                                        "nobody listens there")),
                golden("window", a -> Frames.window(a, 1, 16_384, 65_536)),
                golden("window-end", a -> Frames.window(a, 1, 6, 65_536)),
                golden("end", a -> Frames.u64(a, FrameType.END, 1, 5)),
                golden(
                        "reset",
                        a ->
                                Frames.causeAndText(
                                        a,
                                        FrameType.RESET,
                                        2,
                                        StreamEnd.RIGHT_ENDED.code(),
                                        "the grant was withdrawn")),
                golden("ping", a -> Frames.u64(a, FrameType.PING, 0, 1)),
                golden("pong", a -> Frames.u64(a, FrameType.PONG, 0, 1)),
                golden(
                        "goaway",
                        a -> Frames.goAway(a, LinkEnd.GOING_AWAY.code(), 1_500, "restart")));
    }

    private static Arguments golden(String name, Function<ByteBufAllocator, ByteBuf> frame) {
        return Arguments.of(name, frame);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("frames")
    void writtenAsInTheDocuments(String name, Function<ByteBufAllocator, ByteBuf> frame)
            throws IOException {
        var written = frame.apply(UnpooledByteBufAllocator.DEFAULT);
        assertThat(ByteBufUtil.hexDump(written)).isEqualTo(ByteBufUtil.hexDump(read(name)));
        written.release();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("frames")
    void readAsInTheDocuments(String name, Function<ByteBufAllocator, ByteBuf> frame)
            throws IOException {
        assertThat(decoded(read(name))).containsExactly(type(name));
    }

    /// A name is a frame's type, and what is special of it.
    private static String type(String name) {
        return name.split("-")[0].toUpperCase(java.util.Locale.ROOT);
    }

    @org.junit.jupiter.api.Test
    void dataIsReadAsInTheDocuments() throws IOException {
        assertThat(decoded(read("data"))).containsExactly("1:hello");
    }

    private static List<String> decoded(ByteBuf bytes) {
        List<String> seen = new ArrayList<>();
        new FrameDecoder(
                        16_384,
                        new FrameDecoder.Sink() {
                            @Override
                            public void data(int stream, ByteBuf part) {
                                seen.add(stream + ":" + part.toString(StandardCharsets.UTF_8));
                                part.release();
                            }

                            @Override
                            public void frame(FrameType type, int stream, ByteBuf payload) {
                                seen.add(type.name());
                            }
                        })
                .feed(bytes);
        return seen;
    }

    private static ByteBuf read(String name) throws IOException {
        String hex =
                Files.readAllLines(FOLDER.resolve("frame-" + name + ".hex")).stream()
                        .filter(line -> !line.startsWith("#"))
                        .map(String::strip)
                        .collect(Collectors.joining());
        return Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex));
    }
}
