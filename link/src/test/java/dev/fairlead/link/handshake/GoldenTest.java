package dev.fairlead.link.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.link.Headers;
import dev.fairlead.link.handshake.HandshakeMessage.Code;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// `docs/golden` has the bytes of a whole handshake with fixed keys and nonces: an implementation
/// in another language is right when it makes and reads the same. This test compares them with what
/// this one makes; `-Dfairlead.golden=write` writes them anew after a change of the protocol.
class GoldenTest {

    private static final Path FOLDER = Path.of("../docs/golden");

    @Test
    void aNodesHandshake() throws IOException {
        var messages = handshake(Sample.node(), PairingPerson.nobody(), Answers.welcome());
        compare("hello", messages.get(MessageType.HELLO));
        compare("proof", messages.get(MessageType.PROOF));
        compare("identity-node", messages.get(MessageType.IDENTITY));
        compare("welcome", messages.get(MessageType.WELCOME));
    }

    /// The TLS in between is the library's, so its two signed messages are made by hand.
    @Test
    void insideInnerTls() throws IOException {
        compare("inside", Headers.EMPTY, MessageType.INSIDE);
        var inside = Fingerprint.ofHash(Fingerprint.sha256(utf8("the certificate inside")));
        var transcript = new Transcript();
        var hello = handshake(Sample.node(), PairingPerson.nobody(), Answers.welcome());
        transcript.add(Objects.requireNonNull(hello.get(MessageType.HELLO)).framed());
        var fields = ScriptedHub.proof(Sample.ROOT, Sample.BUNDLE, Sample.HUB, List.of(inside));
        var proof =
                Wire.encodeSigned(
                        MessageType.PROOF,
                        fields.headers(),
                        transcript,
                        Sample.HUB,
                        HandshakeMessage.Proof.INNER_CONTEXT);
        compare("proof-inner", message(proof));
        transcript.add(proof);
        var identity =
                Wire.encodeSigned(
                        MessageType.IDENTITY,
                        HandshakeMessage.headers(
                                Sample.node().behind("CN=inspection").identity(inside)),
                        transcript,
                        Sample.NODE,
                        Role.NODE.context(true));
        compare("identity-node-inner", message(identity));
    }

    private static Wire.@Nullable Message message(Wire.Framed framed) {
        return Wire.decode(Unpooled.wrappedBuffer(framed.bytes()));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void theOtherRoles() throws IOException {
        var enrol = Introduction.enrol(Sample.NODE, Sample.TOKEN, Sample.CAPABILITIES, Sample.INFO);
        var refused = handshake(enrol, PairingPerson.nobody(), Answers.refused(Refusal.USED_TOKEN));
        compare("identity-enrol", refused.get(MessageType.IDENTITY));
        compare("refused", refused.get(MessageType.REFUSED));
        var client = Introduction.client(Secret.of("fls_sample"), Sample.CAPABILITIES, Sample.INFO);
        compare(
                "identity-client",
                handshake(client, PairingPerson.nobody(), Answers.welcome())
                        .get(MessageType.IDENTITY));
    }

    @Test
    void aPairing() throws IOException {
        var pair = Introduction.pair(Sample.NODE, Sample.CAPABILITIES, Sample.INFO);
        var answers = new Answers();
        answers.pairing.complete(answers.code(Duration.ofMinutes(10)));
        answers.approval.complete(new Approved("hub.example", "default", "alice"));
        var messages = handshake(pair, PairingPerson.nobody(), answers);
        compare("identity-pair", messages.get(MessageType.IDENTITY));
        compare("approved", messages.get(MessageType.APPROVED));
        compare("confirm-no", messages.get(MessageType.CONFIRM));
        compare("code", new Code("7Q4M-2XKP", Duration.ofMinutes(10)).headers(), MessageType.CODE);
        compare("wait", Headers.EMPTY, MessageType.WAIT);
        compareText("pairing-fingerprint.txt", answers.fingerprints.getFirst() + "\n");
    }

    @Test
    void theThingsThatAreNoMessages() throws IOException {
        compareText(
                "keys.txt",
                """
                # ed25519 private keys (RFC 8032, 32 bytes) and tagged public keys (u8 algorithm, raw)
                root-private %s
                root %s
                hub-private %s
                hub %s
                node-private %s
                node %s
                """
                        .formatted(
                                hex(Sample.ROOT.seed()), hex(Sample.ROOT.verifying().tagged()),
                                hex(Sample.HUB.seed()), hex(Sample.HUB.verifying().tagged()),
                                hex(Sample.NODE.seed()), hex(Sample.NODE.verifying().tagged())));
        compareText(
                "fingerprint.txt",
                "# SHA-256 of the tagged root key\n" + Sample.TOKEN.root() + "\n");
        compareText("bundle.hex", "# number 7, one key\n" + hex(Sample.BUNDLE.encoded()) + "\n");
        compareText(
                "enrolment-token.txt",
                "# secret 32 times 09, one hub https://hub.example:8484\n"
                        + Sample.TOKEN.text()
                        + "\n");
    }

    private static Map<MessageType, Wire.Message> handshake(
            Introduction introduction, PairingPerson person, Admission admission) {
        var messages = new ArrayList<Wire.Message>();
        try (var both = Both.of(introduction, person, admission)) {
            both.run(bytes -> {
                var message = Wire.decode(bytes.duplicate());
                assertThat(message).isNotNull();
                messages.add(message);
                return bytes;
            });
        }
        return messages.stream()
                .collect(Collectors.toMap(Wire.Message::type, m -> m, (first, second) -> first));
    }

    private static void compare(String name, Headers headers, MessageType type) throws IOException {
        compare(name, new Wire.Message(type, headers, Wire.encode(type, headers)));
    }

    /// A line for the framing and one for each field, with what it is.
    private static void compare(String name, Wire.@Nullable Message made) throws IOException {
        var message = Objects.requireNonNull(made);
        byte[] bytes = message.framed().bytes();
        var text = new StringBuilder("# " + message.type() + "\n");
        int[] at = {0};
        BiConsumer<Integer, String> line =
                (length, what) -> {
                    text.append(HexFormat.of().formatHex(bytes, at[0], at[0] + length))
                            .append(" # ")
                            .append(what)
                            .append('\n');
                    at[0] += length;
                };
        line.accept(Wire.HEADER, "type, length");
        for (String field : message.headers().names()) {
            line.accept(1 + field.length() + 2 + message.headers().needBytes(field).length, field);
        }
        assertThat(at[0]).isEqualTo(bytes.length);
        compareText(name + ".hex", text.toString());
    }

    private static void compareText(String name, String text) throws IOException {
        var file = FOLDER.resolve(name);
        if ("write".equals(System.getProperty("fairlead.golden"))) {
            Files.writeString(file, text);
        }
        assertThat(Files.readString(file)).as(name).isEqualTo(text);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
