package dev.fairlead.link.dial;

import static dev.fairlead.link.ws.Rfc6455.Breaker.SERVER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.link.ws.Rfc6455;
import io.github.nettyplus.leakdetector.junit.NettyLeakDetectorExtension;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A server that upgrades a dialer's connection and then breaks RFC 6455, each rule of sections 5
/// and 7 once: it is told the code that the RFC names, nothing of it is believed, and the dial
/// fails.
@ExtendWith(NettyLeakDetectorExtension.class)
@SuppressWarnings("NullAway.Init")
class HostileServerTest {

    private static Dials dials;
    private static HostileServer server;

    @BeforeAll
    static void start() {
        dials = new Dials();
        server = new HostileServer(new TestCa("test CA").issue("localhost"));
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
        dials.close();
    }

    static List<Rfc6455.Rule> rules() {
        return Rfc6455.broken(SERVER);
    }

    static List<Integer> codes() {
        return Rfc6455.codesThatMayBeSent();
    }

    @ParameterizedTest
    @MethodSource("rules")
    void aBrokenRuleIsAnsweredWithItsCode(Rfc6455.Rule rule) throws Exception {
        var served =
                server.next(connection -> {
                    connection.write(rule.bytes());
                    return connection.readToClose();
                });
        dials.fail(Dials.request(server.uri()));
        var frames = served.get(30, TimeUnit.SECONDS);
        assertThat(frames).allMatch(Rfc6455.Frame::masked).allMatch(Rfc6455.Frame::fin);
        assertThat(frames.getLast().closeCode()).isEqualTo(rule.code());
        assertThat(frames).as("HELLO and the close frame, at most").hasSizeLessThanOrEqualTo(2);
    }

    /// Its close frame is waited for, but not for long.
    @Test
    void aServerThatDoesNotHangUpIsNotWaitedFor() throws Exception {
        var served =
                server.next(connection -> {
                    connection.write(Rfc6455.frame(SERVER, Rfc6455.FIN | Rfc6455.TEXT));
                    var frames = connection.readToClose();
                    assertThat(connection.hasEnded()).as("TCP is closed").isTrue();
                    return frames;
                });
        dials.fail(Dials.request(server.uri()));
        assertThat(served.get(30, TimeUnit.SECONDS).getLast().closeCode()).isEqualTo(1003);
    }

    @ParameterizedTest
    @MethodSource("codes")
    void aCloseIsAnsweredWithItsOwnCode(int code) throws Exception {
        var served =
                server.next(connection -> {
                    connection.write(Rfc6455.close(SERVER, code));
                    return connection.readToClose();
                });
        dials.fail(Dials.request(server.uri()));
        assertThat(served.get(30, TimeUnit.SECONDS).getLast().closeCode()).isEqualTo(code);
    }

    /// What is allowed and odd changes nothing: the first half of PROOF's framing is read, and
    /// waited on, through all of it.
    @Test
    void whatIsAllowedIsNoMistake() throws Exception {
        byte[] most = new byte[125];
        var served =
                server.next(connection -> {
                    connection.write(Rfc6455.frame(SERVER, Rfc6455.FIN | Rfc6455.PONG, most));
                    connection.write(Rfc6455.frame(SERVER, Rfc6455.BINARY));
                    connection.write(Rfc6455.frame(SERVER, Rfc6455.FIN | Rfc6455.PING, most));
                    connection.write(Rfc6455.frame(SERVER, Rfc6455.CONTINUATION, (byte) 2));
                    connection.write(Rfc6455.frame(SERVER, Rfc6455.FIN | Rfc6455.PING));
                    connection.write(Rfc6455.frame(SERVER, Rfc6455.FIN | Rfc6455.CONTINUATION));
                    connection.write(Rfc6455.frame(SERVER, Rfc6455.FIN | Rfc6455.CLOSE));
                    return connection.readToClose();
                });
        dials.fail(Dials.request(server.uri()));
        var frames = served.get(30, TimeUnit.SECONDS);
        assertThat(frames.stream().map(Rfc6455.Frame::opcode).toList())
                .containsExactly(Rfc6455.BINARY, Rfc6455.PONG, Rfc6455.PONG, Rfc6455.CLOSE);
        assertThat(frames.get(1).payload()).isEqualTo(most);
        assertThat(frames.get(2).payload()).isEmpty();
        assertThat(frames.getLast().closeCode()).isEqualTo(1000);
    }

    /// 5.5.2: a ping behind a close frame is not answered, and 5.5.1: nothing else either.
    @Test
    void nothingIsSaidBehindAClose() throws Exception {
        var served =
                server.next(connection -> {
                    connection.write(
                            Rfc6455.join(
                                    Rfc6455.close(SERVER, 1001),
                                    Rfc6455.frame(SERVER, Rfc6455.FIN | Rfc6455.PING)));
                    var frames = connection.readToClose();
                    assertThat(connection.hasEnded()).isTrue();
                    return frames;
                });
        dials.fail(Dials.request(server.uri()));
        assertThat(served.get(30, TimeUnit.SECONDS).getLast().closeCode()).isEqualTo(1001);
    }

    /// 5.3: a fresh key for each frame, and not one that can be foretold from the one before.
    @Test
    void everyFrameHasAnotherMask() throws Exception {
        var served =
                server.next(connection -> {
                    var keys = new HashSet<List<Byte>>();
                    connection.read();
                    for (int i = 0; i < 100; i++) {
                        connection.write(Rfc6455.frame(SERVER, Rfc6455.FIN | Rfc6455.PING));
                        keys.add(connection.readEmptyPongsKey());
                    }
                    return keys;
                });
        dials.fail(Dials.request(server.uri()));
        assertThat(served.get(30, TimeUnit.SECONDS)).hasSizeGreaterThan(98);
    }
}
