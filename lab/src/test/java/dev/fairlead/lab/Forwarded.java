package dev.fairlead.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/// `fairlead forward` as a process, to a target that greets and then gives back what it gets.
final class Forwarded implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final byte[] GREETING = "hello".getBytes(StandardCharsets.UTF_8);
    private static final Pattern LISTENING = Pattern.compile("Listening on 127\\.0\\.0\\.1:(\\d+)");

    private final Target target = new Target();
    private final Programs.Running program;
    private final int port;

    /// Greets, and then gives back what it gets.
    static final class Target implements AutoCloseable {

        private final ServerSocket listener =
                new ServerSocket(0, 100, InetAddress.getLoopbackAddress());

        Target() throws IOException {
            Thread.ofVirtual().name("target").start(this::serve);
        }

        int port() {
            return listener.getLocalPort();
        }

        private void serve() {
            try {
                while (true) {
                    var socket = listener.accept();
                    Thread.ofVirtual().start(() -> greet(socket));
                }
            } catch (IOException e) {
                // The test is over.
            }
        }

        private static void greet(Socket socket) {
            try (socket) {
                socket.getOutputStream().write(GREETING);
                socket.getInputStream().transferTo(socket.getOutputStream());
            } catch (IOException e) {
                // The connection was cut.
            }
        }

        @Override
        public void close() throws IOException {
            listener.close();
        }
    }

    Forwarded(LabCli person, LabAgent node) throws Exception {
        program = person.start("forward", "-v", node.name(), "0:127.0.0.1:" + target.port());
        program.awaitOut("Listening on");
        port = ports(program.out()).getFirst();
    }

    /// The ports that `fairlead forward` says it listens on.
    static List<Integer> ports(String said) {
        return LISTENING
                .matcher(said)
                .results()
                .map(port -> Integer.parseInt(port.group(1)))
                .toList();
    }

    Programs.Running program() {
        return program;
    }

    /// A connection through it that has been greeted.
    Socket connect() throws IOException {
        return connect(port);
    }

    /// A connection through any port that leads to a [Target], greeted.
    static Socket connect(int port) throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), port);
        try {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            byte[] read = socket.getInputStream().readNBytes(GREETING.length);
            if (!Arrays.equals(read, GREETING)) {
                throw new SocketException("not greeted, but " + read.length + " bytes");
            }
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /// It never looks like an end in order, which would pass a part off as the whole.
    static void mustBreak(Socket socket) {
        assertThatThrownBy(() -> socket.getInputStream().read())
                .isInstanceOf(SocketException.class);
    }

    /// The same port, without a new start, sooner or later.
    void awaitWorks() {
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .untilAsserted(() -> {
                    try (var socket = connect()) {
                        socket.getOutputStream().write('x');
                        assertThat(socket.getInputStream().read()).isEqualTo('x');
                    }
                });
    }

    @Override
    public void close() throws IOException {
        program.close();
        target.close();
    }
}
