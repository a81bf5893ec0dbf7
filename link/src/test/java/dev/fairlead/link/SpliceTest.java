package dev.fairlead.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A splice between a real socket and a stream that a test plays.
@Timeout(120)
@SuppressWarnings("NullAway.Init")
class SpliceTest {

    enum Transport {
        NATIVE,
        NIO
    }

    private final ServerSocket listener;
    private MultiThreadIoEventLoopGroup loops;
    private Socket target;
    private FakeStream stream;
    private Splice splice;
    private final CompletableFuture<StreamEnd> closed = new CompletableFuture<>();

    SpliceTest() throws IOException {
        listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    }

    private void start(Transport transport) throws Exception {
        loops =
                transport == Transport.NATIVE
                        ? EventLoops.create(1, "test")
                        : new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        EventLoop loop = loops.next();
        var socket =
                (SocketChannel)
                        new Bootstrap()
                                .group(loop)
                                .channel(EventLoops.socket(loop))
                                .handler(
                                        new ChannelInitializer<SocketChannel>() {
                                            @Override
                                            protected void initChannel(SocketChannel channel) {
                                                Splice.configure(channel);
                                            }
                                        })
                                .connect(listener.getLocalSocketAddress())
                                .sync()
                                .channel();
        target = listener.accept();
        target.setSoTimeout(30_000);
        stream = new FakeStream(loop);
        splice =
                new Splice(
                        socket, StreamEnd.TARGET_RESET, (cause, message) -> closed.complete(cause));
        onLoop(() -> splice.start(stream));
    }

    @AfterEach
    void stop() throws Exception {
        target.close();
        listener.close();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }

    private void onLoop(Runnable action) throws Exception {
        stream.loop.submit(action).get();
    }

    @ParameterizedTest
    @EnumSource
    void carriesBytesAndBothEnds(Transport transport) throws Exception {
        start(transport);
        byte[] sent = random(300_000);
        onLoop(() -> feed(sent));
        onLoop(() -> splice.ended());
        assertThat(target.getInputStream().readAllBytes()).isEqualTo(sent);
        target.getOutputStream().write(sent);
        target.shutdownOutput();
        await().until(() -> stream.endedHere);
        assertThat(stream.written()).isEqualTo(sent);
        assertThat(stream.consumed).isEqualTo(sent.length);
        assertThat(closed).isNotDone();
        onLoop(() -> splice.closed(StreamEnd.DONE, ""));
        assertThat(closed.get()).isEqualTo(StreamEnd.DONE);
    }

    @ParameterizedTest
    @EnumSource
    void aTargetThatEndsFirstStillGetsBytes(Transport transport) throws Exception {
        start(transport);
        target.shutdownOutput();
        await().until(() -> stream.endedHere);
        onLoop(() -> feed(new byte[] {1, 2, 3}));
        assertThat(target.getInputStream().readNBytes(3)).containsExactly(1, 2, 3);
        onLoop(() -> splice.ended());
        assertThat(target.getInputStream().read()).isEqualTo(-1);
        onLoop(() -> splice.closed(StreamEnd.DONE, ""));
        assertThat(closed.get()).isEqualTo(StreamEnd.DONE);
        assertThat(stream.reset).isNull();
    }

    @ParameterizedTest
    @EnumSource
    void aTargetsResetResetsTheStream(Transport transport) throws Exception {
        start(transport);
        target.setSoLinger(true, 0);
        target.close();
        assertThat(closed.get()).isEqualTo(StreamEnd.TARGET_RESET);
        assertThat(stream.reset).isEqualTo(StreamEnd.TARGET_RESET);
        assertThat(stream.endedHere).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void aBrokenStreamResetsTheTarget(Transport transport) throws Exception {
        start(transport);
        onLoop(() -> splice.closed(StreamEnd.LINK_LOST, "lost"));
        assertThat(closed.get()).isEqualTo(StreamEnd.LINK_LOST);
        assertThatThrownBy(() -> target.getInputStream().read())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("reset");
    }

    @ParameterizedTest
    @EnumSource
    void aFullSocketHoldsTheCreditBack(Transport transport) throws Exception {
        start(transport);
        byte[] sent = random(16 << 20);
        onLoop(() -> feed(sent));
        onLoop(() -> splice.ended());
        onLoop(() -> splice.closed(StreamEnd.DONE, ""));
        assertThat(stream.consumed).isLessThan(sent.length);
        assertThat(closed).isNotDone();
        assertThat(target.getInputStream().readAllBytes()).isEqualTo(sent);
        assertThat(closed.get()).isEqualTo(StreamEnd.DONE);
        await().untilAsserted(() -> assertThat(stream.consumed).isEqualTo(sent.length));
    }

    @ParameterizedTest
    @EnumSource
    void aStalledStreamStopsReadingAndLosesNothingWhenTheTargetCloses(Transport transport)
            throws Exception {
        start(transport);
        stream.writable = false;
        byte[] sent = random(1 << 20);
        var writer =
                CompletableFuture.runAsync(() -> {
                    try {
                        target.getOutputStream().write(sent);
                        target.close();
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                });
        await().until(() -> stream.size() > 0);
        // Two reads may be under way; what the kernel holds stays there.
        await().during(200, TimeUnit.MILLISECONDS)
                .until(() -> stream.size() <= 3 * ReadBuffers.MAX && !stream.endedHere);
        stream.writable = true;
        onLoop(() -> splice.writable());
        writer.get();
        await().until(() -> stream.endedHere);
        assertThat(stream.written()).isEqualTo(sent);
        onLoop(() -> splice.closed(StreamEnd.CANCELLED, "done with it"));
    }

    @ParameterizedTest
    @EnumSource
    void bytesForABrokenTargetAreGivenBack(Transport transport) throws Exception {
        start(transport);
        target.setSoLinger(true, 0);
        target.close();
        closed.get();
        onLoop(() -> feed(new byte[100_000]));
        assertThat(stream.consumed).isEqualTo(100_000);
    }

    @ParameterizedTest
    @EnumSource
    void readsLeaveRoomForHeaders(Transport transport) throws Exception {
        start(transport);
        target.getOutputStream().write(new byte[1 << 20]);
        await().until(() -> stream.size() == 1 << 20);
        assertThat(stream.leastHeadroom).isEqualTo(ReadBuffers.HEADROOM);
        assertThat(stream.longest).isLessThanOrEqualTo(ReadBuffers.MAX).isGreaterThan(16_384);
        assertThat(ReadBuffers.HEADROOM + ReadBuffers.MAX).isEqualTo(4 * 16_384);
        onLoop(() -> splice.closed(StreamEnd.CANCELLED, "done with it"));
    }

    private void feed(byte[] bytes) {
        for (int at = 0; at < bytes.length; at += 60_000) {
            splice.data(Unpooled.copiedBuffer(bytes, at, Math.min(60_000, bytes.length - at)));
        }
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    /// The stream's side, on which every method is called on the loop.
    private static final class FakeStream implements LinkStream {

        private final EventLoop loop;
        private final ByteArrayOutputStream written = new ByteArrayOutputStream();
        volatile boolean writable = true;
        volatile boolean endedHere;
        volatile @Nullable StreamEnd reset;
        volatile int consumed;
        volatile int leastHeadroom = Integer.MAX_VALUE;
        volatile int longest;

        FakeStream(EventLoop loop) {
            this.loop = loop;
        }

        synchronized byte[] written() {
            return written.toByteArray();
        }

        synchronized int size() {
            return written.size();
        }

        @Override
        public synchronized void write(ByteBuf bytes) {
            assertThat(loop.inEventLoop()).isTrue();
            leastHeadroom = Math.min(leastHeadroom, bytes.readerIndex());
            longest = Math.max(longest, bytes.readableBytes());
            byte[] copy = new byte[bytes.readableBytes()];
            bytes.readBytes(copy).release();
            written.writeBytes(copy);
        }

        @Override
        public void consumed(int bytes) {
            consumed += bytes;
        }

        @Override
        public void end() {
            endedHere = true;
        }

        @Override
        public void reset(StreamEnd cause, String message) {
            reset = cause;
        }

        @Override
        public boolean isWritable() {
            return writable;
        }

        @Override
        public Headers headers() {
            return Headers.EMPTY;
        }

        @Override
        public EventLoop eventLoop() {
            return loop;
        }

        @Override
        public void listen(StreamListener listener) {}

        @Override
        public void accept(Headers answer) {}

        @Override
        public void refuse(StreamEnd cause, String message) {}
    }
}
