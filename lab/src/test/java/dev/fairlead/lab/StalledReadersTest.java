package dev.fairlead.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fairlead.link.LinkLimits;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// 64 connections of one client link that nobody reads: they hold a bounded amount and nobody else
/// up, and lose nothing.
@Timeout(150)
class StalledReadersTest {

    private static final int READERS = 64;
    private static final int BLOCK = 64 << 10;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir static Path folder;
    private static Lab lab;
    private static LabAgent node;
    private static LabCli person;

    @BeforeAll
    static void start() throws Exception {
        lab = new Lab(folder);
        node = lab.agent(Lab.TENANT, "node");
        person = lab.cli("admin");
    }

    @AfterAll
    static void stop() throws Exception {
        lab.close();
    }

    /// Sends to everybody who comes, as fast as they take it, until it is enough.
    private static final class Source implements AutoCloseable {

        private final ServerSocket listener =
                new ServerSocket(0, READERS, InetAddress.getLoopbackAddress());
        private final AtomicLong sent = new AtomicLong();
        private volatile boolean enough;

        Source() throws IOException {
            Thread.ofVirtual().name("source").start(this::serve);
        }

        int port() {
            return listener.getLocalPort();
        }

        private void serve() {
            try {
                while (true) {
                    var socket = listener.accept();
                    Thread.ofVirtual().start(() -> send(socket));
                }
            } catch (IOException e) {
                // The test is over.
            }
        }

        /// Blocks, and behind them one that says how many there were.
        private void send(Socket socket) {
            try (socket) {
                socket.setSendBufferSize(BLOCK);
                int number = 0;
                for (; !enough; number++) {
                    socket.getOutputStream().write(block(number));
                    sent.addAndGet(BLOCK);
                }
                socket.getOutputStream().write(block(-number));
            } catch (IOException e) {
                // The reader misses the last block.
            }
        }

        @Override
        public void close() throws IOException {
            listener.close();
        }
    }

    private static byte[] block(int number) {
        var bytes = ByteBuffer.allocate(BLOCK);
        while (bytes.hasRemaining()) {
            bytes.putInt(31 * number + bytes.position());
        }
        return bytes.array();
    }

    @Test
    void holdUpNobodyAndLoseNothing() throws Exception {
        try (var source = new Source();
                var target = new Forwarded.Target();
                var forward =
                        person.start(
                                "forward",
                                node.name(),
                                "0:127.0.0.1:" + source.port(),
                                "0:127.0.0.1:" + target.port())) {
            await().atMost(PATIENCE).until(() -> Forwarded.ports(forward.out()).size() == 2);
            int stalling = Forwarded.ports(forward.out()).getFirst();
            int echoing = Forwarded.ports(forward.out()).getLast();
            List<Socket> readers = new ArrayList<>();
            try {
                for (int i = 0; i < READERS; i++) {
                    readers.add(connect(stalling));
                }
                awaitStall(source.sent);
                // What the hub has granted the node's streams is what it may have to hold.
                for (var link : lab.hub().services().links().all()) {
                    assertThat(link.link().windowBytes())
                            .isPositive()
                            .isLessThanOrEqualTo(LinkLimits.DEFAULT.linkMemory() / 2);
                }

                // On the same client link and the same node's link.
                try (var beside = Forwarded.connect(echoing)) {
                    for (int i = 0; i < 20; i++) {
                        beside.getOutputStream().write('a' + i);
                        assertThat(beside.getInputStream().read()).isEqualTo('a' + i);
                    }
                }
                assertThat(person.ok("exec", node.name(), "--", "echo", "beside"))
                        .isEqualTo("beside\n");

                source.enough = true;
                readAll(readers);
            } finally {
                for (var reader : readers) {
                    reader.close();
                }
            }
        }
    }

    /// A socket that takes little before it is full.
    private static Socket connect(int port) throws IOException {
        var socket = new Socket();
        socket.setReceiveBufferSize(16 << 10);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.setSoTimeout((int) PATIENCE.toMillis());
        return socket;
    }

    /// Nothing moves for a second.
    private static void awaitStall(AtomicLong sent) {
        var last = new AtomicLong(-1);
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> {
                    long now = sent.get();
                    return last.getAndSet(now) == now && now > 0;
                });
    }

    private static void readAll(List<Socket> readers) throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Void>> reads = new ArrayList<>();
            for (var reader : readers) {
                reads.add(() -> {
                    readToTheEnd(reader.getInputStream());
                    return null;
                });
            }
            for (var read : threads.invokeAll(reads)) {
                read.get();
            }
        }
    }

    private static void readToTheEnd(InputStream in) throws IOException {
        int number = 0;
        byte[] read = in.readNBytes(BLOCK);
        while (Arrays.equals(read, block(number))) {
            number++;
            read = in.readNBytes(BLOCK);
        }
        assertThat(read)
                .as("after %d whole blocks what was sent as the last one", number)
                .isEqualTo(block(-number));
        assertThat(in.read()).as("and then the end").isEqualTo(-1);
    }
}
