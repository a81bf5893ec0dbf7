package dev.fairlead.link.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.nettyplus.leakdetector.junit.NettyLeakDetectorExtension;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Damages one message of a handshake at random. Nobody may be let in by a damaged proof or
/// identity, nothing may be thrown out of a handler, and nothing may leak. The seed is printed with
/// a failure.
@ExtendWith(NettyLeakDetectorExtension.class)
class DamagedBytesTest {

    private static final int ROUNDS = 150;

    @Test
    void noDamagedProofIsBelieved() {
        rounds(MessageType.PROOF, Sample.node());
    }

    @Test
    void noDamagedIdentityIsBelieved() {
        rounds(MessageType.IDENTITY, Sample.node());
    }

    @Test
    void aChangedHelloSpoilsTheSignature() {
        rounds(MessageType.HELLO, Sample.node());
    }

    @Test
    void damagedAnswersNeverThrow() {
        for (int round = 0; round < ROUNDS; round++) {
            run(new Random().nextLong(), MessageType.WELCOME, Sample.node(), Answers.welcome());
            run(
                    new Random().nextLong(),
                    MessageType.REFUSED,
                    Sample.node(),
                    Answers.refused(Refusal.BUSY));
            var pairing = new Answers();
            pairing.pairing.complete(pairing.code(Duration.ofMinutes(1)));
            run(
                    new Random().nextLong(),
                    MessageType.CODE,
                    Introduction.pair(Sample.NODE, Sample.CAPABILITIES, Sample.INFO),
                    pairing);
        }
    }

    private static void rounds(MessageType type, Introduction introduction) {
        for (int round = 0; round < ROUNDS; round++) {
            long seed = new Random().nextLong();
            assertThat(run(seed, type, introduction, Answers.welcome()))
                    .as("let in with seed %d", seed)
                    .isFalse();
        }
    }

    /// Whether the dialer was let in and believed the hub.
    private static boolean run(
            long seed, MessageType type, Introduction introduction, Answers answers) {
        var random = new Random(seed);
        try (var both = Both.of(introduction, answers)) {
            both.run(bytes -> isOf(type, bytes) ? damage(bytes, random) : bytes);
            // Half a message is waited for, and then the connection ends.
            both.dialerChannel.close();
            both.hubChannel.close();
            both.dialerChannel.checkException();
            both.hubChannel.checkException();
            return succeeded(both.dialer.outcome()) && succeeded(both.hub.outcome());
        } catch (RuntimeException | Error e) {
            throw new AssertionError("seed " + seed + " for " + type, e);
        }
    }

    private static boolean isOf(MessageType type, ByteBuf bytes) {
        return bytes.isReadable() && bytes.getByte(bytes.readerIndex()) == type.code();
    }

    private static ByteBuf damage(ByteBuf good, Random random) {
        byte[] bytes = new byte[good.readableBytes()];
        good.readBytes(bytes).release();
        return switch (random.nextInt(4)) {
            case 0 -> Unpooled.copiedBuffer(bytes, 0, random.nextInt(bytes.length));
            case 1 -> {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                yield Unpooled.copiedBuffer(bytes);
            }
            case 2 -> {
                // A byte goes missing and the length is made to fit.
                int at = Wire.HEADER + random.nextInt(bytes.length - Wire.HEADER);
                byte[] shorter = new byte[bytes.length - 1];
                System.arraycopy(bytes, 0, shorter, 0, at);
                System.arraycopy(bytes, at + 1, shorter, at, shorter.length - at);
                yield withLength(shorter);
            }
            default -> {
                byte[] noise = new byte[1 + random.nextInt(40)];
                random.nextBytes(noise);
                int at = Wire.HEADER + random.nextInt(bytes.length - Wire.HEADER);
                byte[] longer = new byte[bytes.length + noise.length];
                System.arraycopy(bytes, 0, longer, 0, at);
                System.arraycopy(noise, 0, longer, at, noise.length);
                System.arraycopy(bytes, at, longer, at + noise.length, bytes.length - at);
                yield withLength(longer);
            }
        };
    }

    private static ByteBuf withLength(byte[] message) {
        var out = Unpooled.wrappedBuffer(message);
        out.setMedium(1, message.length - Wire.HEADER);
        return out;
    }

    private static boolean succeeded(CompletionStage<?> outcome) {
        var done = new CompletableFuture<Boolean>();
        outcome.whenComplete((_, error) -> done.complete(error == null));
        return done.getNow(false);
    }
}
