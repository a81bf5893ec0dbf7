package dev.fairlead.link.handshake;

import dev.fairlead.link.Headers;
import dev.fairlead.link.handshake.HandshakeMessage.Proof;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A real dialer against a hub that a test writes by hand, so that it can break one rule at a time.
final class ScriptedHub implements AutoCloseable {

    final DialerHandshake dialer;
    final EmbeddedChannel channel;
    final Transcript transcript = new Transcript();

    ScriptedHub(HubAnchor anchor, Introduction introduction, PairingPerson person) {
        dialer =
                new DialerHandshake(
                        anchor,
                        new Leaf(Sample.LEAF, "CN=seen"),
                        introduction,
                        person,
                        InnerTlsClient.NEVER,
                        Sample.settings(0x0a));
        channel = new EmbeddedChannel(dialer);
        transcript.add(Objects.requireNonNull(next()).framed());
    }

    ScriptedHub() {
        this(Sample.ANCHOR, Sample.node(), PairingPerson.nobody());
    }

    /// What the dialer sent, or null where it sent nothing more.
    Wire.@Nullable Message next() {
        ByteBuf bytes = channel.readOutbound();
        if (bytes == null) {
            return null;
        }
        try {
            return Wire.decode(bytes);
        } finally {
            bytes.release();
        }
    }

    static Proof proof(
            SigningKey root, KeyBundle bundle, SigningKey key, List<Fingerprint> leaves) {
        return new Proof(
                "1",
                Sample.filled(32, 0x0b),
                root.verifying(),
                bundle.encoded(),
                key.verifying(),
                leaves,
                "hub.example",
                null,
                false);
    }

    static Proof goodProof() {
        return proof(Sample.ROOT, Sample.BUNDLE, Sample.HUB, List.of(Sample.LEAF));
    }

    void sendProof(Headers headers, SigningKey key, String context) {
        var message = Wire.encodeSigned(MessageType.PROOF, headers, transcript, key, context);
        transcript.add(message);
        send(message);
    }

    void sendProof(UnaryOperator<Headers> change) {
        sendProof(change.apply(goodProof().headers()), Sample.HUB, Proof.CONTEXT);
    }

    /// Proves itself well and takes the dialer's IDENTITY.
    ScriptedHub proved() {
        sendProof(UnaryOperator.identity());
        transcript.add(Objects.requireNonNull(next()).framed());
        return this;
    }

    void send(MessageType type, Headers headers) {
        send(Wire.encode(type, headers));
    }

    void send(Wire.Framed message) {
        send(message.bytes());
    }

    void send(byte[] bytes) {
        channel.writeInbound(Unpooled.copiedBuffer(bytes));
        channel.runPendingTasks();
    }

    @Override
    public void close() {
        channel.finishAndReleaseAll();
    }
}
