package dev.fairlead.link;

import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// The send queue and its streams: every stream of a link writes once, all of it goes out in turns,
/// and the other side grants as much credit again. Microseconds for all streams together, without
/// WebSocket, TLS and socket. `./bench --jmh`
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@SuppressWarnings("NullAway.Init")
public class SchedulerBenchmark {

    private static final int WINDOW = 1 << 20;

    @Param({"1", "64"})
    public int streams;

    /// Bytes of each write.
    @Param({"64", "16384"})
    public int length;

    private final List<LinkStream> open = new ArrayList<>();
    private EmbeddedChannel channel;
    private ByteBuf bytes;
    private long written;

    @Setup
    public void start() {
        channel = new EmbeddedChannel();
        var link =
                Link.start(
                        channel,
                        Link.Side.DIALER,
                        LinkLimits.DEFAULT,
                        stream -> stream.refuse(StreamEnd.UNSUPPORTED, "not here"),
                        (cause, message) -> {});
        bytes = channel.alloc().directBuffer(length).writeZero(length);
        for (int i = 0; i < streams; i++) {
            open.add(link.open(Headers.of("kind", "tcp"), new Deaf()));
            send(Frames.headers(channel.alloc(), FrameType.ACCEPT, 2 * i + 1, Headers.EMPTY));
            send(Frames.window(channel.alloc(), 2 * i + 1, 0, WINDOW));
        }
        drop();
    }

    @TearDown
    public void stop() {
        channel.finishAndReleaseAll();
        bytes.release();
    }

    private void send(ByteBuf frame) {
        channel.writeInbound(frame);
    }

    private int drop() {
        channel.runPendingTasks();
        int parts = 0;
        for (Object out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            ReferenceCountUtil.release(out);
            parts++;
        }
        return parts;
    }

    @Benchmark
    public int allStreamsWriteOnce() {
        for (var stream : open) {
            stream.write(bytes.retainedSlice());
        }
        int parts = drop();
        written += length;
        var credit = channel.alloc().directBuffer(streams * 20);
        for (int i = 0; i < streams; i++) {
            int at = credit.writerIndex();
            Frames.header(credit, at, FrameType.WINDOW, 12, 2 * i + 1);
            credit.writerIndex(at + FrameDecoder.HEADER).writeLong(written).writeInt(WINDOW);
        }
        send(credit);
        return parts;
    }

    private static final class Deaf implements StreamListener {
        @Override
        public void data(ByteBuf part) {
            part.release();
        }

        @Override
        public void ended() {}

        @Override
        public void closed(StreamEnd cause, String message) {
            if (cause != StreamEnd.LINK_LOST && cause != StreamEnd.CANCELLED) {
                throw new IllegalStateException(cause + " " + message);
            }
        }
    }
}
