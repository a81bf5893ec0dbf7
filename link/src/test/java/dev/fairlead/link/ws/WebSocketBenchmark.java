package dev.fairlead.link.ws;

import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
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

/// The WebSocket codec, one message at a time: masking alone, what a client writes, what a server
/// reads. `./bench --jmh`
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init")
public class WebSocketBenchmark {

    private static final int ROOM = 24;

    /// Bytes of a message: a keystroke, a small read, a TLS record, a whole DATA frame.
    @Param({"64", "1024", "16384", "65528"})
    public int length;

    private EmbeddedChannel client;
    private EmbeddedChannel server;
    private ByteBuf plain;
    private ByteBuf masked;
    private int at;

    @Setup
    public void start() {
        client = new EmbeddedChannel(new WebSocketFrames(WebSocketFrames.Role.CLIENT));
        server = new EmbeddedChannel(new WebSocketFrames(WebSocketFrames.Role.SERVER));
        plain = client.alloc().directBuffer(ROOM + length).setIndex(ROOM, ROOM + length);
        client.writeOutbound(plain.copy());
        masked = client.alloc().directBuffer();
        for (ByteBuf part = client.readOutbound(); part != null; part = client.readOutbound()) {
            masked.writeBytes(part);
            part.release();
        }
        at = masked.readerIndex();
    }

    @TearDown
    public void stop() {
        client.finishAndReleaseAll();
        server.finishAndReleaseAll();
        plain.release();
        masked.release();
    }

    @Benchmark
    public ByteBuf masking() {
        Masking.apply(plain, 0x12345678, 0);
        return plain;
    }

    /// With room in front, as from `ReadBuffers`; the header goes there.
    @Benchmark
    public int clientWrites() {
        plain.setIndex(ROOM, ROOM + length);
        client.writeOutbound(plain.retain());
        int bytes = 0;
        for (ByteBuf part = client.readOutbound(); part != null; part = client.readOutbound()) {
            bytes += part.readableBytes();
            part.release();
        }
        return bytes;
    }

    @Benchmark
    public int serverReads() {
        masked.readerIndex(at);
        server.writeInbound(masked.retain());
        int bytes = 0;
        for (ByteBuf part = server.readInbound(); part != null; part = server.readInbound()) {
            bytes += part.readableBytes();
            part.release();
        }
        return bytes;
    }
}
