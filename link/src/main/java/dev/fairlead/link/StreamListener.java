package dev.fairlead.link;

import io.netty.buffer.ByteBuf;

/// What happens on a [LinkStream]; called on the stream's event loop, so it must not block.
public interface StreamListener {

    /// The other side accepted the stream that this side opened.
    default void accepted(Headers answer) {}

    /// Bytes arrived. The listener owns the buffer, releases it, and reports its length to
    /// [LinkStream#consumed(int)] when the bytes have left this process.
    void data(ByteBuf bytes);

    /// The other side ended its direction; all of its bytes were delivered.
    void ended();

    /// The stream is over; nothing follows. Called exactly once: with [StreamEnd#DONE] when both
    /// directions had ended, else with the cause of the refusal, the reset or the loss of the link.
    void closed(StreamEnd cause, String message);

    /// The stream takes bytes again, after [LinkStream#isWritable()] was false.
    default void writable() {}
}
