package dev.fairlead.cli.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.fairlead.cli.CliException;
import dev.fairlead.cli.Exit;
import dev.fairlead.link.BlockingStream;
import dev.fairlead.link.Headers;
import dev.fairlead.link.Link;
import dev.fairlead.link.LinkEnd;
import dev.fairlead.link.LinkListener;
import dev.fairlead.link.StreamEnd;
import dev.fairlead.link.StreamServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Real sockets over real links.
class ForwardPortsTest {

    private final Links links = new Links();
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final ForwardPorts ports =
            new ForwardPorts(
                    links.loop(),
                    spec -> Opening.tcp("acme", "gpu-1", spec.target()),
                    new ForwardPorts.Events() {
                        @Override
                        public void opened(ForwardSpec spec, InetSocketAddress from) {
                            heard.add("opened " + spec.target());
                        }

                        @Override
                        public void closed(
                                ForwardSpec spec,
                                InetSocketAddress from,
                                StreamEnd end,
                                String message) {
                            heard.add("closed " + spec.target() + " " + end.label());
                        }
                    });

    @AfterEach
    void close() throws Exception {
        ports.close();
        links.close();
    }

    /// Answers with the target's name and what was asked; refuses the target `no:1`.
    private static StreamServer node() {
        return stream -> {
            String target = stream.headers().need("target");
            if (target.equals("no:1")) {
                stream.refuse(StreamEnd.TARGET_REFUSED, "no:1 refused the connection.");
                return;
            }
            Thread.ofVirtual()
                    .start(() -> {
                        try (var served = BlockingStream.accept(stream, Headers.EMPTY);
                                var out = served.out()) {
                            byte[] asked = served.in().readAllBytes();
                            out.write((target + " ").getBytes(StandardCharsets.UTF_8));
                            out.write(asked);
                        } catch (IOException e) {
                            // The client went away.
                        }
                    });
        };
    }

    private int listen(String spec) throws Exception {
        return ports.listen(List.of(ForwardSpec.parse(spec))).getFirst().address().getPort();
    }

    private static String ask(int port, String question) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(question.getBytes(StandardCharsets.UTF_8));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void allPortsShareOneLinkAndHalfCloseIsKept() throws Exception {
        ports.up(links.connect(node()).near());
        int one = listen("0:one:1");
        int two = listen("0:two:2");

        assertThat(ask(one, "hello")).isEqualTo("one:1 hello");
        assertThat(ask(two, "again")).isEqualTo("two:2 again");
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() ->
                        assertThat(heard)
                                .contains(
                                        "opened one:1", "closed one:1 done", "closed two:2 done"));
    }

    @Test
    void aRefusedTargetResetsTheConnection() throws Exception {
        ports.up(links.connect(node()).near());
        int port = listen("0:no:1");

        assertThatThrownBy(
                        () -> {
                            String answer = ask(port, "x");
                            throw new IOException("an orderly end with \"" + answer + "\"");
                        })
                .isInstanceOf(SocketException.class);
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(heard).contains("closed no:1 target-refused"));
    }

    @Test
    void connectionsWaitForTheNextLink() throws Exception {
        int port = listen("0:one:1");
        var answer = new LinkedBlockingQueue<String>();
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        answer.add(ask(port, "early"));
                    } catch (IOException e) {
                        answer.add(e.toString());
                    }
                });

        ports.up(links.connect(node()).near());

        assertThat(answer.poll(30, TimeUnit.SECONDS)).isEqualTo("one:1 early");
    }

    @Test
    void aPortInUseIsNamedAndNoneIsLeftOpen() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int other = free.getLocalPort();
            free.close();
            assertThatThrownBy(() ->
                            ports.listen(
                                    List.of(
                                            ForwardSpec.parse(other + ":a:1"),
                                            ForwardSpec.parse(taken.getLocalPort() + ":b:1"))))
                    .isInstanceOf(CliException.class)
                    .hasMessageContaining(
                            "Another program listens at 127.0.0.1 port " + taken.getLocalPort());
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() ->
                            new ServerSocket(other, 1, InetAddress.getLoopbackAddress()).close());
        }
    }

    @Test
    void theLinkIsMadeAnewWhileThePortsStayOpen() throws Exception {
        var made = new CopyOnWriteArrayList<Link>();
        var said = new CopyOnWriteArrayList<String>();
        var keeper =
                new KeptLink(
                        listener -> {
                            if (made.size() == 1) {
                                made.add(made.getFirst());
                                throw new CliException(
                                        Exit.UNREACHABLE, "The hub refuses the connection.");
                            }
                            var link = connect(listener);
                            made.add(link);
                            return link;
                        },
                        links.loop(),
                        true,
                        "hub.example.com",
                        said::add);
        keeper.use(ports);
        keeper.first();
        int port = listen("0:one:1");
        var keeping =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                keeper.keep();
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        });
        assertThat(ask(port, "a")).isEqualTo("one:1 a");

        made.getFirst().close(LinkEnd.CONNECTION_LOST, "cut");
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(
                        () -> assertThat(said).anyMatch(line -> line.contains("Trying again")));

        assertThat(ask(port, "b")).isEqualTo("one:1 b");
        assertThat(made).hasSize(3);
        keeping.interrupt();
        keeping.join();
    }

    private Link connect(LinkListener listener) {
        try {
            return links.connect(node(), listener).near();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
