package dev.fairlead.agent.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.fairlead.agent.NativeLinks;
import dev.fairlead.agent.policy.Guarded;
import dev.fairlead.agent.policy.Reach;
import dev.fairlead.agent.policy.Rule;
import dev.fairlead.agent.policy.SystemLookup;
import dev.fairlead.link.BlockingStream;
import dev.fairlead.link.BlockingStream.StreamException;
import dev.fairlead.link.Headers;
import dev.fairlead.link.LinkEnd;
import dev.fairlead.link.StreamEnd;
import dev.fairlead.link.StreamListener;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
@SuppressWarnings("NullAway.Init")
class ForwardTcpTest {

    private SystemLookup lookup;
    private ForwardTcp forward;
    private NativeLinks links;
    private ServerSocket listener;

    @BeforeEach
    void start() throws Exception {
        lookup = new SystemLookup(Duration.ofSeconds(5));
        var guarded = new Guarded(List::of, List.of(), lookup, Reach::isLocal);
        var allow = List.of(Rule.parse("loopback"), Rule.parse("198.51.100.0/24:*"));
        forward =
                new ForwardTcp(new Reach(allow, List.of(), guarded, lookup), Duration.ofSeconds(3));
        links = new NativeLinks(forward);
        listener = new ServerSocket(0, 1_000, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void stop() throws Exception {
        links.close();
        listener.close();
        lookup.close();
        await().until(() -> forward.open() == 0);
    }

    private BlockingStream open(String target) {
        return BlockingStream.open(links.hub, Headers.of("kind", "tcp", "target", target));
    }

    private BlockingStream openToListener() {
        return open("127.0.0.1:" + listener.getLocalPort());
    }

    private void refused(String target, StreamEnd end) {
        try (var stream = open(target)) {
            assertThatThrownBy(() -> stream.awaitAccepted(30))
                    .isInstanceOfSatisfying(
                            StreamException.class, e -> assertThat(e.end()).isEqualTo(end));
        }
    }

    @Test
    void refusedDeniedTimedOutAndUnresolvedAreFourAnswers() throws Exception {
        int free;
        try (var gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = gone.getLocalPort();
        }
        refused("127.0.0.1:" + free, StreamEnd.TARGET_REFUSED);
        refused("10.99.99.99:80", StreamEnd.DENIED_BY_NODE);
        refused("not a target", StreamEnd.DENIED_BY_NODE);
        refused("no-such-name.invalid:80", StreamEnd.TARGET_UNREACHABLE);
        try (var full = new FullListener()) {
            refused("127.0.0.1:" + full.port(), StreamEnd.TARGET_TIMEOUT);
        }
    }

    @Test
    void aStreamWithoutTargetIsABadRequest() throws Exception {
        try (var stream = BlockingStream.open(links.hub, Headers.of("kind", "tcp"))) {
            assertThatThrownBy(() -> stream.awaitAccepted(30)).isInstanceOf(StreamException.class);
        }
    }

    @Test
    void whatIsSentBeforeTheConnectionStandsIsKept() throws Exception {
        try (var stream = openToListener()) {
            stream.out().write(new byte[] {1, 2, 3});
            stream.end();
            try (var target = listener.accept()) {
                assertThat(target.getInputStream().readAllBytes()).containsExactly(1, 2, 3);
                target.getOutputStream().write(4);
            }
            assertThat(stream.in().readAllBytes()).containsExactly(4);
        }
    }

    @Test
    void aTargetsResetIsNoEnd() throws Exception {
        try (var stream = openToListener()) {
            var target = listener.accept();
            target.getOutputStream().write(new byte[10]);
            assertThat(stream.in().readNBytes(10)).hasSize(10);
            target.setSoLinger(true, 0);
            target.close();
            assertThatThrownBy(() -> stream.in().read())
                    .isInstanceOfSatisfying(
                            StreamException.class,
                            e -> assertThat(e.end()).isEqualTo(StreamEnd.TARGET_RESET));
        }
    }

    @Test
    void aCancelledStreamResetsTheTarget() throws Exception {
        var stream = openToListener();
        try (var target = listener.accept()) {
            stream.awaitAccepted(30);
            stream.close();
            assertThatThrownBy(() -> target.getInputStream().read())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("reset");
        }
    }

    @Test
    void aLostLinkResetsTheTarget() throws Exception {
        try (var stream = openToListener();
                var target = listener.accept()) {
            stream.awaitAccepted(30);
            links.hub.close(LinkEnd.CLOSED, "gone");
            assertThatThrownBy(() -> target.getInputStream().read())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("reset");
        }
    }

    @Test
    void whoGoesAwayWhileTheTargetIsDialledEndsTheAttempt() throws Exception {
        try (var full = new FullListener()) {
            var stream = open("127.0.0.1:" + full.port());
            await().until(() -> forward.open() == 1);
            stream.close();
            await().until(() -> forward.open() == 0);
        }
    }

    @Test
    void bothWaysAtOnceWithEqualBytes() throws Exception {
        byte[] sent = random(8 << 20);
        try (var stream = openToListener();
                var target = listener.accept()) {
            var echo = async(() -> echo(target));
            var write =
                    async(() -> {
                        stream.out().write(sent);
                        stream.end();
                        return true;
                    });
            assertThat(stream.in().readAllBytes()).isEqualTo(sent);
            write.get();
            echo.get();
        }
    }

    @Test
    void aThousandSmallStreams() throws Exception {
        try (var work = Executors.newVirtualThreadPerTaskExecutor()) {
            work.submit(() -> {
                for (int i = 0; i < 1_000; i++) {
                    var target = listener.accept();
                    work.submit(() -> echo(target));
                }
                return null;
            });
            var results =
                    java.util.stream.IntStream.range(0, 1_000)
                            .mapToObj(i -> work.submit(() -> small(i)))
                            .toList();
            for (Future<?> result : results) {
                result.get();
            }
        }
    }

    private boolean small(int seed) throws Exception {
        byte[] sent = random(1 + seed);
        try (var stream = openToListener()) {
            stream.out().write(sent);
            stream.end();
            assertThat(stream.in().readAllBytes()).isEqualTo(sent);
        }
        return true;
    }

    @Test
    void manyTargetsThatCloseWhileAReaderStallsLoseNothing() throws Exception {
        int streams = 40;
        byte[] sent = random(300_000);
        try (var work = Executors.newVirtualThreadPerTaskExecutor()) {
            work.submit(() -> {
                for (int i = 0; i < streams; i++) {
                    var target = listener.accept();
                    work.submit(() -> {
                        target.getOutputStream().write(sent);
                        target.close();
                        return null;
                    });
                }
                return null;
            });
            var go = new CountDownLatch(1);
            var opened =
                    java.util.stream.IntStream.range(0, streams)
                            .mapToObj(i -> openToListener())
                            .toList();
            for (var stream : opened) {
                stream.awaitAccepted(30);
            }
            var results =
                    opened.stream()
                            .map(stream ->
                                    work.submit(() -> {
                                        go.await();
                                        return stream.in().readAllBytes();
                                    }))
                            .toList();
            go.countDown();
            for (var result : results) {
                assertThat(result.get()).isEqualTo(sent);
            }
            opened.forEach(BlockingStream::close);
        }
    }

    @Test
    void aStalledReaderStopsTheTargetAndNobodyElse() throws Exception {
        var stalled = new Stalled();
        links.open(
                Headers.of("kind", "tcp", "target", "127.0.0.1:" + listener.getLocalPort()),
                stalled);
        try (var target = listener.accept()) {
            target.setSendBufferSize(64 * 1024);
            var filled = new CompletableFuture<Void>();
            var writer =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    target.getOutputStream().write(new byte[64 << 20]);
                                } catch (IOException e) {
                                    filled.complete(null);
                                }
                            });
            try (var other = openToListener();
                    var otherTarget = listener.accept()) {
                otherTarget.getOutputStream().write(7);
                assertThat(other.in().read()).isEqualTo(7);
            }
            assertThat(writer.isAlive()).isTrue();
            assertThat(stalled.bytes).isLessThanOrEqualTo(65_536);
            links.hub.close(LinkEnd.CLOSED, "over");
            filled.get(30, TimeUnit.SECONDS);
            stalled.closed.get(30, TimeUnit.SECONDS);
        }
    }

    /// Takes what comes and never gives credit back.
    private static final class Stalled implements StreamListener {
        private volatile int bytes;
        private final CompletableFuture<StreamEnd> closed = new CompletableFuture<>();

        @Override
        public void data(ByteBuf data) {
            bytes += data.readableBytes();
            data.release();
        }

        @Override
        public void ended() {}

        @Override
        public void closed(StreamEnd cause, String message) {
            closed.complete(cause);
        }
    }

    /// A listener whose backlog is full, so that the kernel answers no SYN.
    private static final class FullListener implements AutoCloseable {
        private final ServerSocket socket =
                new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
        private final List<Socket> filling = new java.util.ArrayList<>();

        FullListener() throws IOException {
            for (int i = 0; i < 8; i++) {
                var client = new Socket();
                filling.add(client);
                try {
                    client.connect(new InetSocketAddress("127.0.0.1", socket.getLocalPort()), 200);
                } catch (IOException e) {
                    return;
                }
            }
            throw new IOException("the backlog never filled");
        }

        int port() {
            return socket.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            for (var client : filling) {
                client.close();
            }
            socket.close();
        }
    }

    private interface Work<T> {
        T run() throws Exception;
    }

    private static <T> CompletableFuture<T> async(Work<T> work) {
        var result = new CompletableFuture<T>();
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        result.complete(work.run());
                    } catch (Throwable e) {
                        result.completeExceptionally(e);
                    }
                });
        return result;
    }

    private static boolean echo(Socket target) throws IOException {
        try (target) {
            target.getInputStream().transferTo(target.getOutputStream());
        }
        return true;
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }
}
