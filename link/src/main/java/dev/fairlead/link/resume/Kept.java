package dev.fairlead.link.resume;

import dev.fairlead.link.LinkStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// The bytes that were written to a stream and that the other side has not acknowledged, by their
/// offset from the stream's beginning.
///
/// Long writes are kept by reference, and [lent][LinkStream#lend] to the link, which may mask them
/// where they lie. Short ones, and those that would pin a buffer of several times their length, are
/// copied into a buffer that they share.
final class Kept {

    private static final int SHORT = 512;
    private static final int SHARED = 2 * 1024;

    private final ResumeBudget budget;
    private final ArrayDeque<Part> parts = new ArrayDeque<>();
    private long from;
    private long to;
    private boolean off;

    /// The last part, where short writes may be added to it.
    private boolean lastIsShared;

    Kept(ResumeBudget budget) {
        this.budget = budget;
    }

    /// Up to where the other side has acknowledged.
    long from() {
        return from;
    }

    /// How many bytes were ever written.
    long to() {
        return to;
    }

    long bytes() {
        return to - from;
    }

    /// Keeps bytes, which it takes over.
    ///
    /// @param carrier by which they are sent; null where they go out later, by [#again]
    void keep(ByteBuf bytes, @Nullable LinkStream carrier) {
        int length = bytes.readableBytes();
        to += length;
        if (off) {
            from = to;
            send(bytes, carrier);
            return;
        }
        budget.take(length);
        if (length < SHORT || bytes.capacity() / 4 > length) {
            copy(bytes, length);
            send(bytes, carrier);
            return;
        }
        // In its place before it is sent, which may end the stream, or bring the next bytes.
        var part = new Part(bytes);
        parts.add(part);
        lastIsShared = false;
        if (carrier != null) {
            part.key = carrier.lend(bytes);
        }
    }

    private static void send(ByteBuf bytes, @Nullable LinkStream carrier) {
        if (carrier == null) {
            bytes.release();
        } else {
            carrier.write(bytes);
        }
    }

    private void copy(ByteBuf bytes, int length) {
        var last = parts.peekLast();
        if (last == null || !lastIsShared || last.bytes.writableBytes() < length) {
            int size = Math.max(SHARED, length);
            last = new Part(ByteBufAllocator.DEFAULT.ioBuffer(size, size));
            parts.add(last);
            lastIsShared = true;
        }
        last.bytes.writeBytes(bytes, bytes.readerIndex(), length);
    }

    /// The other side has everything up to this offset.
    void acknowledged(long offset) {
        while (from < offset) {
            var first = parts.element().bytes;
            int n = (int) Math.min(first.readableBytes(), offset - from);
            first.skipBytes(n);
            from += n;
            budget.giveBack(n);
            if (!first.isReadable()) {
                parts.poll();
                first.release();
            }
        }
    }

    /// Sends all that is kept once more, in order.
    void again(LinkStream carrier) {
        for (var part : parts) {
            part.again(carrier);
        }
    }

    /// Drops what is kept.
    void drop() {
        acknowledged(to);
    }

    /// Drops what is kept, and keeps nothing from now on.
    void stop() {
        drop();
        off = true;
    }

    /// Bytes in one buffer.
    private static final class Part {

        private final ByteBuf bytes;

        /// Where in the buffer they began, before some were acknowledged.
        private final int begins;

        /// By which they are masked; 0 where they are not.
        private int key;

        Part(ByteBuf bytes) {
            this.bytes = bytes;
            this.begins = bytes.readerIndex();
        }

        void again(LinkStream carrier) {
            if (key != 0) {
                carrier.writeMasked(bytes.retainedDuplicate(), bytes.readerIndex() - begins, key);
            } else {
                carrier.writeKept(bytes);
            }
        }
    }
}
