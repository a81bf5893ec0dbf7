package dev.fairlead.link;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// Cutting frames out of what a socket read: whole DATA frames of one read, and the same bytes in
/// reads that end within frames. Nanoseconds per frame. `./bench --jmh`
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init")
public class FrameDecoderBenchmark {

    private static final int FRAMES = 16;
    private static final int CUT = 1_000;

    /// Bytes of a DATA frame.
    @Param({"64", "16384"})
    public int length;

    private ByteBuf whole;
    private FrameDecoder decoder;
    private long seen;

    @Setup
    public void start() {
        whole = ByteBufAllocator.DEFAULT.directBuffer(FRAMES * (FrameDecoder.HEADER + length));
        for (int i = 0; i < FRAMES; i++) {
            int at = whole.writerIndex();
            Frames.header(whole, at, FrameType.DATA, length, 1 + 2 * i);
            whole.writerIndex(at + FrameDecoder.HEADER).writeZero(length);
        }
        decoder =
                new FrameDecoder(
                        LinkLimits.DEFAULT.maxHeaders(),
                        new FrameDecoder.Sink() {
                            @Override
                            public void data(int stream, ByteBuf bytes) {
                                seen += bytes.readableBytes();
                                bytes.release();
                            }

                            @Override
                            public void frame(FrameType type, int stream, ByteBuf payload) {
                                seen++;
                            }
                        });
    }

    @TearDown
    public void stop() {
        decoder.close();
        whole.release();
    }

    @Benchmark
    @OperationsPerInvocation(FRAMES)
    public long inOneRead() {
        decoder.feed(whole.readerIndex(0));
        return seen;
    }

    @Benchmark
    @OperationsPerInvocation(FRAMES)
    public long inManyReads() {
        for (int at = 0; at < whole.writerIndex(); at += CUT) {
            decoder.feed(whole.slice(at, Math.min(CUT, whole.writerIndex() - at)));
        }
        return seen;
    }
}
