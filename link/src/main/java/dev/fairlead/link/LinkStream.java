package dev.fairlead.link;

import dev.fairlead.link.ws.WebSocketFrames;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;

/// One byte flow inside a link, in both directions, each of which can be ended on its own.
///
/// Every method may be called from any thread; the listener is always called on [#eventLoop()]. The
/// side that opened the stream may write at once; the other side must [#accept] or [#refuse] it
/// first.
public interface LinkStream {

    /// What the OPEN frame said: kind, target, who.
    Headers headers();

    /// The event loop on which the listener is called, and from which calls are cheapest.
    EventLoop eventLoop();

    /// Sets who hears of this stream. Called once: by the opener's call to `open`, or by the
    /// serving side before it accepts. Bytes that came earlier are delivered after it.
    void listen(StreamListener listener);

    /// Accepts a stream that the other side opened.
    void accept(Headers answer);

    /// Refuses a stream that the other side opened; nothing was done, so a retry is safe.
    ///
    /// @param message one sentence for a person: what, why, what to do
    void refuse(StreamEnd cause, String message);

    /// Sends bytes, in order. Takes over the buffer. Bytes beyond the other side's window wait in
    /// this process, so a caller stops while [#isWritable()] is false.
    void write(ByteBuf bytes);

    /// Sends bytes that the caller keeps, and does not take them over. Where that spares a copy
    /// they are masked where they lie, and the space in front of them is used for headers: a buffer
    /// can be lent once.
    ///
    /// @return the key by which they are masked from now on, as [WebSocketFrames#mask] gives it; 0:
    ///   they are as they were
    default int lend(ByteBuf bytes) {
        writeKept(bytes);
        return 0;
    }

    /// Sends bytes that the caller keeps as they are, and does not take them over.
    default void writeKept(ByteBuf bytes) {
        write(bytes.isReadOnly() ? bytes.retainedDuplicate() : bytes.retain().asReadOnly());
    }

    /// Sends bytes that were masked when they were lent to another stream. Takes over the buffer,
    /// and only reads it.
    ///
    /// @param before so many of the bytes that were masked with them came before these
    /// @param key as [#lend] gave it
    default void writeMasked(ByteBuf masked, int before, int key) {
        write(WebSocketFrames.unmasked(masked, before, key));
        masked.release();
    }

    /// False while bytes wait here; [StreamListener#writable()] tells when to go on.
    boolean isWritable();

    /// Sends all that was written, then the end of this direction. The other one goes on.
    void end();

    /// Breaks both directions off at once. What was written and not yet sent is dropped.
    void reset(StreamEnd cause, String message);

    /// Says that so many received bytes have left this process: only then does the other side get
    /// new credit. The listener must account for every byte it was given.
    void consumed(int bytes);

    /// Sets how many bytes may be on their way to this side, as far as the link's memory goes, in
    /// place of what it measures itself: a relay asks for what the far side granted, since only
    /// that knows the whole distance. Counts from the next [#consumed] on.
    default void window(int bytes) {}

    /// Says that the other side's END has been dealt with; for listeners that [hold
    /// it][StreamListener#holdsEnd].
    default void consumedEnd() {}
}
