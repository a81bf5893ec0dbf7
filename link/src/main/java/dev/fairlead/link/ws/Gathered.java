package dev.fairlead.link.ws;

import io.netty.buffer.ByteBuf;
import io.netty.util.AbstractReferenceCounted;
import io.netty.util.ReferenceCounted;

/// Two buffers that leave as one binary message: a header and the bytes behind it.
public final class Gathered extends AbstractReferenceCounted {

    private final ByteBuf head;
    private final ByteBuf body;

    /// Takes both buffers over.
    public Gathered(ByteBuf head, ByteBuf body) {
        this.head = head;
        this.body = body;
    }

    public ByteBuf head() {
        return head;
    }

    public ByteBuf body() {
        return body;
    }

    @Override
    protected void deallocate() {
        head.release();
        body.release();
    }

    @Override
    public ReferenceCounted touch(Object hint) {
        head.touch(hint);
        body.touch(hint);
        return this;
    }
}
