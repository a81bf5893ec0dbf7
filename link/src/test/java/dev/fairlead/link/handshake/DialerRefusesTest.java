package dev.fairlead.link.handshake;

import static dev.fairlead.link.handshake.HandshakeTest.failure;
import static dev.fairlead.link.handshake.HandshakeTest.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.link.Headers;
import dev.fairlead.link.handshake.HandshakeException.End;
import dev.fairlead.link.handshake.HandshakeMessage.Code;
import dev.fairlead.link.handshake.HandshakeMessage.Proof;
import io.github.nettyplus.leakdetector.junit.NettyLeakDetectorExtension;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Every reason for which a dialer must not believe a hub; in each, IDENTITY stays unsent.
@ExtendWith(NettyLeakDetectorExtension.class)
class DialerRefusesTest {

    @Test
    void anotherRoot() {
        var bundle = KeyBundle.sign(Sample.OTHER, 7, List.of(Sample.HUB.verifying()));
        assertUnproved(
                hub ->
                        hub.sendProof(
                                ScriptedHub.proof(
                                                Sample.OTHER,
                                                bundle,
                                                Sample.HUB,
                                                List.of(Sample.LEAF))
                                        .headers(),
                                Sample.HUB,
                                Proof.CONTEXT),
                End.OTHER_IDENTITY,
                "expected was " + Sample.ANCHOR.root());
    }

    @Test
    void aBundleThatTheRootDidNotSign() {
        var bundle = KeyBundle.sign(Sample.OTHER, 7, List.of(Sample.HUB.verifying()));
        assertUnproved(
                hub -> hub.sendProof(h -> h.with("bundle", bundle.encoded())),
                End.BAD_PROOF,
                "not signed by its deployment's root key");
    }

    @Test
    void aBundleOlderThanOneSeenBefore() {
        try (var hub =
                new ScriptedHub(
                        new HubAnchor(Sample.ANCHOR.root(), 8),
                        Sample.node(),
                        PairingPerson.nobody())) {
            hub.sendProof(UnaryOperator.identity());
            assertFailed(hub, End.ROLLED_BACK, "bundle 7, but bundle 8");
        }
    }

    @Test
    void aHubKeyOutsideTheBundle() {
        assertUnproved(
                hub ->
                        hub.sendProof(
                                ScriptedHub.proof(
                                                Sample.ROOT,
                                                Sample.BUNDLE,
                                                Sample.OTHER,
                                                List.of(Sample.LEAF))
                                        .headers(),
                                Sample.OTHER,
                                Proof.CONTEXT),
                End.BAD_PROOF,
                "not in its deployment's key bundle");
    }

    @Test
    void aSignatureOfAnotherKeyAnotherContextOrAnotherTranscript() {
        var headers = ScriptedHub.goodProof().headers();
        List<Consumer<ScriptedHub>> lies =
                List.of(
                        hub -> hub.sendProof(headers, Sample.OTHER, Proof.CONTEXT),
                        hub -> hub.sendProof(headers, Sample.HUB, "fairlead/1 node identity"),
                        hub -> {
                            // A PROOF recorded from another handshake: another HELLO came before.
                            hub.transcript.add(Wire.encode(MessageType.WAIT, Headers.EMPTY));
                            hub.sendProof(headers, Sample.HUB, Proof.CONTEXT);
                        });
        for (var lie : lies) {
            assertUnproved(lie, End.BAD_PROOF, "could not prove that it holds its key");
        }
    }

    @Test
    void aCertificateThatIsNoneOfTheHubs() {
        assertUnproved(
                hub -> hub.sendProof(h -> h.with("leaves", Sample.OTHER_LEAF.bytes())),
                End.INTERCEPTED,
                "issued by CN=seen");
    }

    @Test
    void aProofThatBreaksARule() {
        assertMalformed(h -> h.with("version", "2"), "version that was not offered");
        assertMalformed(h -> h.without("version"), "version is missing");
        assertMalformed(h -> h.with("nonce", new byte[31]), "nonce must have 32 bytes");
        assertMalformed(h -> h.without("root"), "root is missing");
        assertMalformed(h -> h.with("root", new byte[0]), "a key is empty");
        assertMalformed(h -> h.with("root", new byte[33]), "unknown algorithm 0");
        assertMalformed(h -> h.with("key", new byte[] {1, 2}), "must have 32 bytes");
        assertMalformed(h -> h.with("key", "\u0002" + "k".repeat(33)), "p256");
        assertMalformed(h -> h.with("bundle", new byte[3]), "bundle is cut short");
        assertMalformed(h -> h.with("leaves", new byte[0]), "1 to 64 times 32");
        assertMalformed(h -> h.with("leaves", new byte[33]), "1 to 64 times 32");
        assertMalformed(h -> h.with("leaves", new byte[65 * 32]), "1 to 64 times 32");
        assertMalformed(h -> h.with("name", "a\u001b[31m"), "cannot be shown");
        assertMalformed(h -> h.with("name", "a\u202eb"), "cannot be shown");
        assertMalformed(h -> h.with("name", "n".repeat(1025)), "more than 1024");
        assertMalformed(h -> h.with("name", new byte[] {(byte) 0xff}), "not UTF-8");
    }

    private static void assertMalformed(UnaryOperator<Headers> change, String why) {
        assertUnproved(hub -> hub.sendProof(change), End.PROTOCOL, why);
    }

    @Test
    void aProofWithoutASignatureAtItsEnd() {
        var unsigned = ScriptedHub.goodProof().headers();
        assertUnproved(
                hub -> hub.send(MessageType.PROOF, unsigned),
                End.PROTOCOL,
                "must be the last field");
        assertUnproved(
                hub ->
                        hub.send(
                                MessageType.PROOF,
                                Headers.EMPTY
                                        .with("signature", new byte[64])
                                        .with("version", "1")
                                        .with("nonce", new byte[32])
                                        .with("root", Sample.ROOT.verifying().tagged())
                                        .with("bundle", Sample.BUNDLE.encoded())
                                        .with("key", Sample.HUB.verifying().tagged())
                                        .with("leaves", Sample.LEAF.bytes())
                                        .with("name", "hub")),
                End.PROTOCOL,
                "must be the last field");
    }

    @Test
    void framingThatBreaksARule() {
        var hex = HexFormat.of();
        assertUnproved(hub -> hub.send(hex.parseHex("00")), End.PROTOCOL, "type 0");
        assertUnproved(hub -> hub.send(hex.parseHex("0b000000")), End.PROTOCOL, "type 11");
        assertUnproved(
                hub -> hub.send(hex.parseHex("02004001")), End.PROTOCOL, "at most 16384 bytes");
        assertUnproved(hub -> hub.send(hex.parseHex("02000001" + "05")), End.PROTOCOL, "cut short");
        assertUnproved(
                hub -> hub.send(hex.parseHex("02000008" + "0161000001610000")),
                End.PROTOCOL,
                "comes twice");
        assertUnproved(
                hub -> hub.send(hex.parseHex("02000004" + "01410000")), End.PROTOCOL, "a-z 0-9 -");
        assertUnproved(
                hub -> hub.send(hex.parseHex("02000004" + "01610001")), End.PROTOCOL, "cut short");
    }

    @Test
    void messagesOutOfTheirPlace() {
        for (var type : MessageType.values()) {
            if (type != MessageType.PROOF && type != MessageType.REFUSED) {
                assertUnproved(
                        hub -> hub.send(type, Headers.EMPTY),
                        End.PROTOCOL,
                        type + " does not come while the dialer is in AwaitProof");
            }
            if (type != MessageType.WELCOME && type != MessageType.REFUSED) {
                try (var hub = new ScriptedHub().proved()) {
                    hub.send(type, Headers.EMPTY);
                    assertFailed(hub, End.PROTOCOL, type + " does not come");
                }
            }
        }
    }

    @Test
    void aStrangersWordThatTheNodeWasRevoked() {
        for (var code : Refusal.values()) {
            try (var hub = new ScriptedHub()) {
                hub.send(MessageType.REFUSED, new Refused(code, "go away").headers());
                if (code.isAllowedUnproved()) {
                    assertThat(refused(hub.dialer.outcome()).code()).isEqualTo(code);
                } else {
                    assertFailed(hub, End.PROTOCOL, "may not refuse as " + code.label());
                }
            }
        }
    }

    @Test
    void aRefusalOfALaterVersionIsReadAsInternalAndABrokenOneRefused() {
        try (var hub = new ScriptedHub().proved()) {
            hub.send(MessageType.REFUSED, Headers.of("code", "tired", "message", "no"));
            assertThat(refused(hub.dialer.outcome()).code()).isEqualTo(Refusal.INTERNAL);
        }
        assertAnswer(MessageType.REFUSED, Headers.of("message", "no"), "code is missing");
        assertAnswer(
                MessageType.REFUSED,
                Headers.of("code", "busy", "message", "no", "retry-after-ms", "86400001"),
                "number from 0 to 86400000");
        assertAnswer(
                MessageType.REFUSED,
                Headers.of("code", "busy", "message", "\u0007"),
                "cannot be shown");
    }

    @Test
    void aWelcomeThatBreaksARule() {
        var good = Sample.WELCOME.headers();
        assertAnswer(MessageType.WELCOME, good.without("tenant"), "tenant is missing");
        assertAnswer(MessageType.WELCOME, good.with("epoch", "-1"), "epoch must be a number");
        assertAnswer(
                MessageType.WELCOME,
                good.with("epoch", "9999999999999999999"),
                "epoch must be a number");
        assertAnswer(MessageType.WELCOME, good.with("streams", "0"), "streams must be a number");
        assertAnswer(MessageType.WELCOME, good.with("header-bytes", "65536"), "header-bytes");
        assertAnswer(MessageType.WELCOME, good.with("ping-ms", "9"), "ping-ms must be");
        assertAnswer(MessageType.WELCOME, good.with("dead-ms", "10000"), "more than ping-ms");
        assertAnswer(MessageType.WELCOME, good.with("hubs", "http://hub"), "https addresses");
        assertAnswer(
                MessageType.WELCOME,
                good.with("hubs", "https://h ".repeat(9).strip()),
                "at most 8");
        assertAnswer(MessageType.WELCOME, good.with("capabilities", "x"), "name is empty");
    }

    private static void assertAnswer(MessageType type, Headers headers, String why) {
        try (var hub = new ScriptedHub().proved()) {
            hub.send(type, headers);
            assertFailed(hub, End.PROTOCOL, why);
        }
    }

    @Test
    void aPairingWithoutTheLastWordOfThePersonAtTheNode() {
        var pair = Introduction.pair(Sample.NODE, Sample.CAPABILITIES, Sample.INFO);
        var code = new Code("7Q4M", Duration.ofMinutes(10)).headers();
        List<Consumer<ScriptedHub>> tricks =
                List.of(
                        hub -> hub.send(MessageType.WELCOME, Sample.WELCOME.headers()),
                        hub -> {
                            hub.send(MessageType.CODE, code);
                            hub.send(MessageType.WELCOME, Sample.WELCOME.headers());
                        },
                        hub -> {
                            hub.send(MessageType.CODE, code);
                            hub.send(MessageType.CODE, code);
                        });
        for (var trick : tricks) {
            try (var hub = new ScriptedHub(Sample.ANCHOR, pair, PairingPerson.nobody()).proved()) {
                trick.accept(hub);
                assertFailed(hub, End.PROTOCOL, "does not come while the dialer is in");
            }
        }
    }

    private static void assertUnproved(Consumer<ScriptedHub> script, End end, String why) {
        try (var hub = new ScriptedHub()) {
            script.accept(hub);
            assertFailed(hub, end, why);
            assertThat(hub.next()).as("what the dialer said").isNull();
        }
    }

    private static void assertFailed(ScriptedHub hub, End end, String why) {
        var e = failure(hub.dialer.outcome());
        assertThat(e).hasMessageContaining(why);
        assertThat(e.end()).isEqualTo(end);
        assertThat(hub.channel.isOpen()).isFalse();
    }
}
