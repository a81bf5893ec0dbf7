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

    /// So many of the bytes that were written here have left the other side's process, counted from
    /// the beginning of the stream, its END as one more.
    default void acknowledged(long consumed) {}

    /// The other side lets so many bytes be on their way to it from now on, where that is news;
    /// before the [#acknowledged] that came along with it.
    default void granted(int window) {}

    /// The stream goes on with somebody who has nothing of it, and does not know what the one
    /// before had begun to say: their first byte begins something new. Of streams that are resumed
    /// only.
    default void afresh() {}

    /// Whether END counts as consumed only when the listener says so by [LinkStream#consumedEnd],
    /// as a relay does when the next hop has it. Otherwise it counts once all bytes before it do.
    default boolean holdsEnd() {
        return false;
    }

    /// The stream is over; nothing follows. Called exactly once: with [StreamEnd#DONE] when both
    /// directions had ended and each side knows that the other has all of it, else with the cause
    /// of the refusal, the reset or the end of the link.
    void closed(StreamEnd cause, String message);

    /// The stream takes bytes again, after [LinkStream#isWritable()] was false.
    default void writable() {}
}
