package dev.fairlead.link.handshake;

import static dev.fairlead.link.handshake.HandshakeTest.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.link.Headers;
import dev.fairlead.link.handshake.HandshakeMessage.Hello;
import io.github.nettyplus.leakdetector.junit.NettyLeakDetectorExtension;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Every rule that a dialer can break; in each, the admission is not asked and the dialer is told.
@ExtendWith(NettyLeakDetectorExtension.class)
class HubRefusesTest {

    private static final Headers HELLO = new Hello(List.of("1"), Sample.filled(32, 0x0a)).headers();

    private Answers answers = Answers.welcome();
    private Transcript transcript = new Transcript();
    private HubHandshake hub = Both.hub(answers);
    private EmbeddedChannel channel = new EmbeddedChannel(hub);

    private void again() {
        channel.finishAndReleaseAll();
        answers = Answers.welcome();
        transcript = new Transcript();
        hub = Both.hub(answers);
        channel = new EmbeddedChannel(hub);
    }

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    @Test
    void aHelloThatBreaksARule() {
        assertHello(HELLO.with("versions", "2 3"), Refusal.VERSION, "the other side only [2, 3]");
        assertHello(HELLO.with("versions", "one"), Refusal.PROTOCOL, "versions must be numbers");
        assertHello(HELLO.with("versions", ""), Refusal.PROTOCOL, "versions must be numbers");
        assertHello(HELLO.without("versions"), Refusal.PROTOCOL, "versions is missing");
        assertHello(HELLO.with("nonce", new byte[33]), Refusal.PROTOCOL, "nonce must have 32");
    }

    private void assertHello(Headers headers, Refusal code, String why) {
        again();
        send(Wire.encode(MessageType.HELLO, headers));
        assertRefused(code, why);
    }

    @Test
    void anIdentityThatBreaksARule() {
        assertIdentity(h -> h.with("role", "root"), "role must be node, enrol, pair or client");
        assertIdentity(h -> h.without("role"), "role is missing");
        assertIdentity(h -> h.without("key"), "key is missing");
        assertIdentity(h -> h.with("key", new byte[33]), "unknown algorithm");
        assertIdentity(h -> h.without("leaf"), "leaf is missing");
        assertIdentity(h -> h.with("leaf", new byte[31]), "leaf must have 32 bytes");
        assertIdentity(h -> h.with("credential", "x"), "a node sends no credential");
        assertIdentity(h -> h.with("role", "enrol"), "credential is missing");
        assertIdentity(
                h -> h.with("role", "enrol").with("credential", "x"),
                "must have 32 bytes to enrol");
        assertIdentity(h -> h.with("role", "client"), "a client sends no key");
        assertIdentity(h -> h.with("info", "x"), "name is empty");
        assertIdentity(
                h -> h.with("info", map("hostname", "a\u001b]0;b")), "hostname has a character");
        assertIdentity(h -> h.with("capabilities", map("a", "x".repeat(1025))), "more than 1024");
    }

    private static byte[] map(String name, String value) {
        var inner = Headers.of(name, value);
        byte[] bytes = new byte[inner.encodedLength()];
        inner.encode(Unpooled.wrappedBuffer(bytes).clear());
        return bytes;
    }

    private void assertIdentity(UnaryOperator<Headers> change, String why) {
        again();
        hello();
        send(signed(change.apply(identity()), Sample.NODE, Role.NODE.context(false)));
        assertRefused(Refusal.PROTOCOL, why);
    }

    @Test
    void aClientsIdentityThatBreaksARule() {
        var client =
                HandshakeMessage.headers(
                        Introduction.client(Secret.of("fls_x"), Sample.CAPABILITIES, Sample.INFO)
                                .identity(Sample.LEAF));
        assertClient(client.with("credential", ""), "1 to 1024 for a client");
        assertClient(client.with("credential", "x".repeat(1025)), "1 to 1024 for a client");
        assertClient(client.without("credential"), "credential is missing");
        assertClient(client.with("signature", new byte[64]), "no key and no signature");
    }

    private void assertClient(Headers headers, String why) {
        again();
        hello();
        send(Wire.encode(MessageType.IDENTITY, headers));
        assertRefused(Refusal.PROTOCOL, why);
    }

    @Test
    void aSignatureThatDoesNotFit() {
        // Another key's; another role's; over another transcript; none.
        hello();
        send(signed(identity(), Sample.OTHER, Role.NODE.context(false)));
        assertRefused(Refusal.PROTOCOL, "does not fit its key");
        again();
        hello();
        send(signed(identity(), Sample.NODE, Role.PAIR.context(false)));
        assertRefused(Refusal.PROTOCOL, "does not fit its key");
        again();
        hello();
        transcript.add(Wire.encode(MessageType.WAIT, Headers.EMPTY));
        send(signed(identity(), Sample.NODE, Role.NODE.context(false)));
        assertRefused(Refusal.PROTOCOL, "does not fit its key");
        again();
        hello();
        send(Wire.encode(MessageType.IDENTITY, identity()));
        assertRefused(Refusal.PROTOCOL, "must be the last field");
    }

    @Test
    void anIdentityRecordedFromAnotherHandshake() {
        hello();
        var recorded = signed(identity(), Sample.NODE, Role.NODE.context(false));
        channel.finishAndReleaseAll();
        hub = new HubHandshake(Sample.PROOF, answers, Sample.settings(0x0c));
        channel = new EmbeddedChannel(hub);
        hello();
        send(recorded);
        assertRefused(Refusal.PROTOCOL, "does not fit its key");
    }

    @Test
    void aCertificateThatIsNoneOfTheHubs() {
        var relay = Fingerprint.ofHash(new byte[32]);
        hello();
        send(
                signed(
                        HandshakeMessage.headers(Sample.node().identity(relay)),
                        Sample.NODE,
                        Role.NODE.context(false)));
        assertRefused(Refusal.INTERCEPTED, "somebody is in between");
    }

    @Test
    void framingThatBreaksARule() {
        for (var broken :
                List.of(
                        List.of("00", "type 0"),
                        List.of("47", "type 71"),
                        List.of("01ffffff", "at most 16384 bytes"),
                        List.of("0100000100", "empty"))) {
            again();
            send(HexFormat.of().parseHex(broken.getFirst()));
            assertRefused(Refusal.PROTOCOL, broken.getLast());
        }
    }

    @Test
    void messagesOutOfTheirPlace() {
        for (var type : MessageType.values()) {
            if (type != MessageType.HELLO) {
                again();
                send(Wire.encode(type, Headers.EMPTY));
                assertRefused(
                        Refusal.PROTOCOL, type + " does not come while the hub is in AwaitHello");
            }
            if (type != MessageType.IDENTITY) {
                again();
                hello();
                send(Wire.encode(type, Headers.EMPTY));
                assertRefused(Refusal.PROTOCOL, type + " does not come");
            }
        }
    }

    @Test
    void framesBeforeTheWelcome() {
        answers = new Answers();
        hub = Both.hub(answers);
        channel.finishAndReleaseAll();
        channel = new EmbeddedChannel(hub);
        hello();
        send(signed(identity(), Sample.NODE, Role.NODE.context(false)));
        assertThat(answers.asked).hasSize(1);
        send(Wire.encode(MessageType.HELLO, HELLO));
        assertThat(refusal().code()).isEqualTo(Refusal.PROTOCOL);
    }

    @Test
    void aConfirmationThatNobodyAskedFor() {
        answers.pairing.complete(answers.code(Duration.ofMinutes(1)));
        hello();
        var pair = Introduction.pair(Sample.NODE, Sample.CAPABILITIES, Sample.INFO);
        send(
                signed(
                        HandshakeMessage.headers(pair.identity(Sample.LEAF)),
                        Sample.NODE,
                        Role.PAIR.context(false)));
        assertThat(received().type()).isEqualTo(MessageType.CODE);
        send(Wire.encode(MessageType.CONFIRM, HandshakeMessage.confirm(true)));
        assertThat(refusal().message()).contains("CONFIRM does not come");
        assertThat(answers.abandoned).isOne();
    }

    private void hello() {
        var hello = Wire.encode(MessageType.HELLO, HELLO);
        transcript.add(hello);
        send(hello);
        transcript.add(received().framed());
    }

    private static Headers identity() {
        return HandshakeMessage.headers(Sample.node().identity(Sample.LEAF));
    }

    private Wire.Framed signed(Headers headers, SigningKey key, String context) {
        return Wire.encodeSigned(MessageType.IDENTITY, headers, transcript, key, context);
    }

    private void send(Wire.Framed message) {
        send(message.bytes());
    }

    private void send(byte[] bytes) {
        channel.writeInbound(Unpooled.copiedBuffer(bytes));
        channel.runPendingTasks();
    }

    private Wire.Message received() {
        ByteBuf bytes = channel.readOutbound();
        try {
            return Objects.requireNonNull(Wire.decode(bytes));
        } finally {
            bytes.release();
        }
    }

    private Refused refusal() {
        var message = received();
        assertThat(message.type()).isEqualTo(MessageType.REFUSED);
        return Refused.of(message.headers());
    }

    private void assertRefused(Refusal code, String why) {
        var refused = refusal();
        assertThat(refused.message()).contains(why);
        assertThat(refused.code()).isEqualTo(code);
        assertThat(failure(hub.outcome()).refused()).isNotNull();
        assertThat(answers.asked).isEmpty();
        assertThat(channel.isOpen()).isFalse();
    }
}
