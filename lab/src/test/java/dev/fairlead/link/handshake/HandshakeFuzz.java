package dev.fairlead.link.handshake;

import static dev.fairlead.lab.fuzz.Input.require;

import dev.fairlead.lab.fuzz.Input;
import dev.fairlead.link.Headers;
import dev.fairlead.link.ProtocolException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// Both sides of the handshake against a peer that says anything, and against one that signs
/// anything with the right key, so that what stands behind the signatures is reached too. Nothing
/// is thrown, every outcome is a proof or a refusal, nobody is let in whose signature is not there,
/// and all buffers are given back.
public final class HandshakeFuzz {

    private static final byte[] HELLO =
            Wire.encode(
                            MessageType.HELLO,
                            Headers.of("versions", "1").with("nonce", Sample.filled(32, 0x0a)))
                    .bytes();

    private HandshakeFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        Input.withoutLeak(alloc -> {
            var in = new Input(input);
            int kind = in.next();
            int seed = in.next();
            switch (kind % 5) {
                case 0 -> hub(alloc, in.pieces(seed));
                case 1 -> hub(alloc, signedIdentity(in, seed).pieces(seed));
                case 2 -> dialer(alloc, seed, in.pieces(seed));
                case 3 -> dialer(alloc, seed, signedProof(in).pieces(seed));
                default -> wire(in.rest());
            }
        });
    }

    // A hub whose dialer says anything.

    private static void hub(ByteBufAllocator alloc, List<byte[]> pieces) {
        var answers = Answers.welcome();
        answers.pairing.complete(answers.code(Duration.ofMinutes(1)));
        answers.approval.complete(new Approved("hub.example", "default", "alice"));
        var hub = Both.hub(answers);
        var channel = new EmbeddedChannel();
        feed(alloc, channel, hub, pieces);
        for (var peer : answers.asked) {
            require((peer.key() != null) == peer.role().hasKey(), "a key where there must be one");
            require(peer.info().size() <= 64, "no more than 64 fields");
        }
        over(channel, hub.outcome());
    }

    /// HELLO, and IDENTITY with these fields and a signature by the node's key that fits.
    private static Input signedIdentity(Input in, int seed) {
        var transcript = new Transcript();
        transcript.add(new Wire.Framed(HELLO));
        var hub = new EmbeddedChannel(Both.hub(Answers.welcome()));
        hub.writeInbound(Unpooled.wrappedBuffer(HELLO));
        ByteBuf proof = hub.readOutbound();
        transcript.add(Objects.requireNonNull(Wire.decode(proof)).framed());
        proof.release();
        hub.finishAndReleaseAll();
        var roles = Role.values();
        var role = roles[seed % roles.length];
        byte[] identity =
                signed(
                        MessageType.IDENTITY,
                        in.next(2_000),
                        transcript,
                        Sample.NODE,
                        "fairlead/1 " + role.label() + " identity");
        return join(HELLO, identity, in.rest());
    }

    // A dialer whose hub says anything.

    private static void dialer(ByteBufAllocator alloc, int seed, List<byte[]> pieces) {
        var introduction =
                switch (seed % 4) {
                    case 0 -> Sample.node();
                    case 1 ->
                            Introduction.enrol(
                                    Sample.NODE, Sample.TOKEN, Sample.CAPABILITIES, Sample.INFO);
                    case 2 -> Introduction.pair(Sample.NODE, Sample.CAPABILITIES, Sample.INFO);
                    default ->
                            Introduction.client(
                                    Secret.of(Sample.filled(9, 'x')),
                                    Sample.CAPABILITIES,
                                    Sample.INFO);
                };
        var dialer = Both.dialer(introduction, PairingPerson.nobody());
        var channel = new EmbeddedChannel();
        feed(alloc, channel, dialer, pieces);
        over(channel, dialer.outcome());
    }

    /// PROOF with these fields and a signature by the hub's key that fits, and what follows.
    private static Input signedProof(Input in) {
        var transcript = new Transcript();
        transcript.add(new Wire.Framed(HELLO));
        byte[] proof =
                signed(
                        MessageType.PROOF,
                        in.next(2_000),
                        transcript,
                        Sample.HUB,
                        HandshakeMessage.Proof.CONTEXT);
        return join(proof, in.rest());
    }

    // What both have in common.

    private static void feed(
            ByteBufAllocator alloc,
            EmbeddedChannel channel,
            HandshakeHandler<?> handler,
            List<byte[]> pieces) {
        channel.config().setAllocator(alloc);
        channel.freezeTime();
        channel.pipeline().addLast(handler);
        for (byte[] piece : pieces) {
            if (channel.isOpen()) {
                channel.writeInbound(Input.buffer(alloc, piece));
                channel.runPendingTasks();
            }
        }
    }

    private static void over(EmbeddedChannel channel, CompletionStage<?> outcome) {
        channel.close();
        channel.runPendingTasks();
        channel.checkException();
        long said = 0;
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            said += out.readableBytes();
            out.release();
        }
        require(said <= 40_000, "an answer of " + said + " bytes");
        var error = new CompletableFuture<Throwable>();
        outcome.whenComplete((_, e) -> error.complete(e));
        require(error.isDone(), "the connection is over, and the outcome open");
        var failure = error.join();
        require(
                failure == null || failure instanceof HandshakeException,
                "another failure than the protocol's: " + failure);
        require(
                failure == null
                        || !String.valueOf(failure.getMessage())
                                .contains("the handshake failed here"),
                "this side failed: " + failure);
        channel.finishAndReleaseAll();
    }

    /// One message by itself: what is read comes out again.
    private static void wire(byte[] bytes) {
        try {
            var message = Wire.decode(Unpooled.wrappedBuffer(bytes));
            if (message != null) {
                var again = Wire.encode(message.type(), message.headers());
                require(
                        java.util.Arrays.equals(again.bytes(), message.framed().bytes()),
                        "the same bytes come out");
            }
        } catch (ProtocolException e) {
            // As it should be.
        }
    }

    /// As [Wire#encodeSigned], for a payload that may break every rule of header maps.
    private static byte[] signed(
            MessageType type, byte[] payload, Transcript before, SigningKey key, String context) {
        byte[] field = {9, 's', 'i', 'g', 'n', 'a', 't', 'u', 'r', 'e', 0, 64};
        byte[] framing = new byte[4];
        Unpooled.wrappedBuffer(framing)
                .setByte(0, type.code())
                .setMedium(1, payload.length + field.length + 64);
        byte[] unsigned = joined(framing, payload);
        return joined(unsigned, field, key.sign(context, before.hashWith(unsigned)));
    }

    private static Input join(byte[]... parts) {
        return new Input(joined(parts));
    }

    private static byte[] joined(byte[]... parts) {
        var out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
