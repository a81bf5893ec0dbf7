package dev.fairlead.lab.fuzz;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The bytes of a fuzzer, taken from the front.
public final class Input {

    private final byte[] bytes;
    private int at;

    public Input(byte[] bytes) {
        this.bytes = bytes;
    }

    public boolean isEmpty() {
        return at == bytes.length;
    }

    /// The next byte; 0 where there is none.
    public int next() {
        return isEmpty() ? 0 : bytes[at++] & 0xFF;
    }

    public byte[] next(int length) {
        int end = Math.min(bytes.length, at + length);
        byte[] part = Arrays.copyOfRange(bytes, at, end);
        at = end;
        return part;
    }

    public byte[] rest() {
        return next(bytes.length);
    }

    public String restAsText() {
        return new String(rest(), StandardCharsets.UTF_8);
    }

    /// Everything that is left, cut into pieces whose lengths follow from one number.
    public List<byte[]> pieces(int seed) {
        var pieces = new ArrayList<byte[]>();
        int length = seed;
        while (!isEmpty()) {
            length = (length * 31 + 7) & 0xFF;
            pieces.add(next(1 + (seed < 128 ? length % 16 : length * 8)));
        }
        return pieces;
    }

    /// Runs with an allocator that must have got everything back at the end.
    public static void withoutLeak(Use use) {
        var alloc = new UnpooledByteBufAllocator(false, true, true);
        use.with(alloc);
        long left = alloc.metric().usedHeapMemory() + alloc.metric().usedDirectMemory();
        if (left != 0) {
            throw new AssertionError(left + " bytes of buffers were not given back");
        }
    }

    public interface Use {
        void with(ByteBufAllocator alloc);
    }

    public static ByteBuf buffer(ByteBufAllocator alloc, byte[] bytes) {
        return alloc.directBuffer(Math.max(1, bytes.length)).writeBytes(bytes);
    }

    public static void require(boolean holds, String rule) {
        if (!holds) {
            throw new AssertionError(rule);
        }
    }
}
