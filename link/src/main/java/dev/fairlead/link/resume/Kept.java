package dev.fairlead.link.resume;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/// The bytes that were written to a stream and that the other side has not acknowledged, by their
/// offset from the stream's beginning.
///
/// Long writes are kept by reference: what is sent is a read-only view, which tells the link not to
/// write headers or masks into it. Short ones, and those that would pin a buffer of several times
/// their length, are copied into a buffer that they share.
final class Kept {

    private static final int SHORT = 512;
    private static final int SHARED = 2 * 1024;

    private final ResumeBudget budget;
    private final ArrayDeque<ByteBuf> parts = new ArrayDeque<>();
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
    /// @return them, to be sent
    ByteBuf keep(ByteBuf bytes) {
        int length = bytes.readableBytes();
        to += length;
        if (off) {
            from = to;
            return bytes;
        }
        budget.take(length);
        if (length < SHORT || bytes.capacity() / 4 > length) {
            copy(bytes, length);
            return bytes;
        }
        parts.add(bytes);
        lastIsShared = false;
        return view(bytes);
    }

    private void copy(ByteBuf bytes, int length) {
        var last = parts.peekLast();
        if (last == null || !lastIsShared || last.writableBytes() < length) {
            int size = Math.max(SHARED, length);
            last = ByteBufAllocator.DEFAULT.ioBuffer(size, size);
            parts.add(last);
            lastIsShared = true;
        }
        last.writeBytes(bytes, bytes.readerIndex(), length);
    }

    private static ByteBuf view(ByteBuf bytes) {
        return bytes.isReadOnly() ? bytes.retainedDuplicate() : bytes.retain().asReadOnly();
    }

    /// The other side has everything up to this offset.
    void acknowledged(long offset) {
        while (from < offset) {
            var first = parts.element();
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

    /// Gives all that is kept, in order, to be sent again.
    void again(Consumer<ByteBuf> to) {
        for (var part : parts) {
            to.accept(view(part));
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
}
