package dev.fairlead.link.ws;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MaskingTest {

    private static final int KEY = 0x12_9A_F3_44;

    /// Byte `i` of a frame is combined with byte `i` modulo 4 of the key: RFC 6455 section 5.3.
    private static byte[] asTheRfcSays(byte[] bytes, int offset) {
        byte[] masked = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            masked[i] = (byte) (bytes[i] ^ KEY >>> 8 * (3 - (offset + i) % 4));
        }
        return masked;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everyLengthFromEveryOffset(boolean direct) {
        var random = new Random(1);
        for (int length = 0; length < 140; length++) {
            for (int offset = 0; offset < 5; offset++) {
                byte[] plain = new byte[length];
                random.nextBytes(plain);
                int before = random.nextInt(9);
                ByteBuf bytes = direct ? Unpooled.directBuffer() : Unpooled.buffer();
                bytes.writeZero(before).writeBytes(plain).writeLong(0).readerIndex(before);
                bytes.writerIndex(before + length);

                Masking.apply(bytes, KEY, offset);

                assertThat(ByteBufUtil.getBytes(bytes)).isEqualTo(asTheRfcSays(plain, offset));
                assertThat(bytes.getLong(before + length)).as("what lies behind").isZero();
                bytes.release();
            }
        }
    }
}
