package dev.fairlead.link.ws;

import io.netty.buffer.ByteBuf;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/// Masks of RFC 6455 section 5.3. Keys come from a secure generator, a page of them at a time.
final class Masking {

    private static final int PAGE = 4096;

    /// All memory, to reach a direct buffer by its address: the loop below is compiled to wide
    /// instructions only in this form. Measured at 16 KiB: 25 GB/s, and 4 GB/s through
    /// `ByteBuffer`.
    private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /// Bytes at a step of that loop.
    private static final int STEP = 32;

    private static final int FIRST_PAGE = 64;

    /// Made when the first key is wanted, and larger each time: who accepts a connection masks
    /// nothing, and a link that is idle little.
    private @Nullable SecureRandom random;

    private ByteBuffer keys = ByteBuffer.allocate(0);

    int nextKey() {
        if (!keys.hasRemaining()) {
            refill();
        }
        return keys.getInt();
    }

    private void refill() {
        var source = random;
        if (source == null) {
            source = new SecureRandom();
            random = source;
        }
        byte[] page = new byte[Math.clamp(4L * keys.capacity(), FIRST_PAGE, PAGE)];
        source.nextBytes(page);
        keys = ByteBuffer.wrap(page);
    }

    /// Applies a key to all readable bytes, in place.
    ///
    /// @param key the four bytes of the key, the first in the highest bits
    /// @param offset how many bytes of the same frame came before
    static void apply(ByteBuf bytes, int key, int offset) {
        apply(bytes, bytes.readerIndex(), bytes.readableBytes(), key, offset);
    }

    /// The same for `length` bytes from an index on.
    static void apply(ByteBuf bytes, int from, int length, int key, int offset) {
        int rotated = Integer.rotateLeft(key, (offset & 3) * 8);
        int whole = bytes.hasMemoryAddress() ? length & -STEP : 0;
        if (whole > 0) {
            apply(bytes.memoryAddress() + from, whole, rotated);
        }
        for (int i = whole; i < length; i++) {
            bytes.setByte(from + i, bytes.getByte(from + i) ^ (rotated >>> (24 - (i & 3) * 8)));
        }
    }

    /// Appends the readable bytes of `from`, masked, to `to`; one pass, and `from` stays as it is.
    static void copy(ByteBuf from, ByteBuf to, int key, int offset) {
        int rotated = Integer.rotateLeft(key, (offset & 3) * 8);
        int source = from.readerIndex();
        int target = to.writerIndex();
        int length = from.readableBytes();
        boolean direct = from.hasMemoryAddress() && to.hasMemoryAddress();
        int whole = direct ? length & -STEP : 0;
        if (whole > 0) {
            copy(from.memoryAddress() + source, to.memoryAddress() + target, whole, rotated);
        }
        for (int i = whole; i < length; i++) {
            to.setByte(target + i, from.getByte(source + i) ^ (rotated >>> (24 - (i & 3) * 8)));
        }
        to.writerIndex(target + length);
    }

    private static void copy(long from, long to, int length, int key) {
        long once = Integer.toUnsignedLong(Integer.reverseBytes(key));
        long eight = once | once << 32;
        for (long at = 0; at < length; at += STEP) {
            MEMORY.set(LONG, to + at, MEMORY.get(LONG, from + at) ^ eight);
            MEMORY.set(LONG, to + at + 8, MEMORY.get(LONG, from + at + 8) ^ eight);
            MEMORY.set(LONG, to + at + 16, MEMORY.get(LONG, from + at + 16) ^ eight);
            MEMORY.set(LONG, to + at + 24, MEMORY.get(LONG, from + at + 24) ^ eight);
        }
    }

    private static void apply(long address, int length, int key) {
        long once = Integer.toUnsignedLong(Integer.reverseBytes(key));
        long eight = once | once << 32;
        long end = address + length;
        for (long at = address; at < end; at += STEP) {
            MEMORY.set(LONG, at, MEMORY.get(LONG, at) ^ eight);
            MEMORY.set(LONG, at + 8, MEMORY.get(LONG, at + 8) ^ eight);
            MEMORY.set(LONG, at + 16, MEMORY.get(LONG, at + 16) ^ eight);
            MEMORY.set(LONG, at + 24, MEMORY.get(LONG, at + 24) ^ eight);
        }
    }
}
