package dev.fairlead.link;

import dev.fairlead.link.ws.WebSocketFrames;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The other side of a link, played by a test frame by frame, on a clock that the test moves.
final class FramePeer {

    final EmbeddedChannel channel =
            new EmbeddedChannel(new WebSocketFrames(WebSocketFrames.Role.SERVER));

    /// Takes what the link sends out of its WebSocket frames.
    private final EmbeddedChannel reader =
            new EmbeddedChannel(new WebSocketFrames(WebSocketFrames.Role.CLIENT));

    final Link link;
    @Nullable LinkEnd end;
    private final List<String> seen = new ArrayList<>();
    private final FrameDecoder decoder =
            new FrameDecoder(
                    16_384,
                    new FrameDecoder.Sink() {
                        @Override
                        public void data(int stream, ByteBuf bytes) {
                            seen.add("DATA " + stream + " " + bytes.readableBytes());
                            bytes.release();
                        }

                        @Override
                        public void frame(FrameType type, int stream, ByteBuf payload) {
                            seen.add(type + " " + stream + shown(type, payload));
                        }
                    });

    FramePeer(Link.Side side, StreamServer serves) {
        channel.freezeTime();
        link =
                Link.start(
                        channel, side, LinkLimits.DEFAULT, serves, (cause, message) -> end = cause);
    }

    private static String shown(FrameType type, ByteBuf payload) {
        return switch (type) {
            case WINDOW -> " " + payload.readLong();
            case END -> " " + payload.readLong();
            case REFUSE, RESET, GOAWAY -> " " + payload.readUnsignedShort();
            default -> "";
        };
    }

    /// What this side of the link has sent since the last call: type, stream, and what counts in
    /// it. Without PING.
    List<String> said() {
        channel.runPendingTasks();
        channel.flushOutbound();
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            reader.writeInbound(out);
        }
        for (ByteBuf in = reader.readInbound(); in != null; in = reader.readInbound()) {
            decoder.feed(in);
            in.release();
        }
        seen.removeIf(frame -> frame.startsWith("PING"));
        var now = List.copyOf(seen);
        seen.clear();
        return now;
    }

    void pass(long millis) {
        channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
    }

    void send(ByteBuf frame) {
        channel.pipeline().context(WebSocketFrames.class).fireChannelRead(frame);
    }

    void open(int stream) {
        send(header(FrameType.OPEN, stream, 0));
    }

    void accept(int stream) {
        send(header(FrameType.ACCEPT, stream, 0));
    }

    void data(int stream, int length) {
        send(header(FrameType.DATA, stream, length).writeZero(length));
    }

    void window(int stream, long consumed, int window) {
        send(header(FrameType.WINDOW, stream, 12).writeLong(consumed).writeInt(window));
    }

    void end(int stream, long total) {
        send(header(FrameType.END, stream, 8).writeLong(total));
    }

    void reset(int stream, StreamEnd cause) {
        send(header(FrameType.RESET, stream, 2).writeShort(cause.code()));
    }

    void goAway(LinkEnd cause, String why) {
        byte[] text = why.getBytes(StandardCharsets.UTF_8);
        send(
                header(FrameType.GOAWAY, 0, 6 + text.length)
                        .writeShort(cause.code())
                        .writeInt(0)
                        .writeBytes(text));
    }

    private static ByteBuf header(FrameType type, int stream, int length) {
        return Unpooled.buffer(8 + length)
                .writeByte(type.code)
                .writeByte(0)
                .writeShort(length)
                .writeInt(stream);
    }

    /// The connection breaks.
    void cut() {
        var first = channel.pipeline().firstContext();
        if (first != null) {
            first.close();
        }
        channel.runPendingTasks();
    }

    void close() {
        cut();
        channel.finishAndReleaseAll();
        reader.finishAndReleaseAll();
    }
}
