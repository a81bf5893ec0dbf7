package dev.fairlead.link.ws;

import io.netty.buffer.ByteBuf;
import io.netty.util.AbstractReferenceCounted;
import io.netty.util.ReferenceCounted;

/// A binary message whose bytes are masked already, but for those in front: somebody keeps them,
/// and knows the key.
public final class Masked extends AbstractReferenceCounted {

    private final ByteBuf bytes;
    private final int clear;
    private final int key;

    /// Takes the buffer over; there is free space for the header in front of its readable bytes.
    ///
    /// @param clear so many are not masked, a multiple of four
    /// @param key by which the others are
    public Masked(ByteBuf bytes, int clear, int key) {
        this.bytes = bytes;
        this.clear = clear;
        this.key = key;
    }

    public ByteBuf bytes() {
        return bytes;
    }

    int clear() {
        return clear;
    }

    int key() {
        return key;
    }

    @Override
    protected void deallocate() {
        bytes.release();
    }

    @Override
    public ReferenceCounted touch(Object hint) {
        bytes.touch(hint);
        return this;
    }
}
