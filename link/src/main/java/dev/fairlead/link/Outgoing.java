package dev.fairlead.link;

import dev.fairlead.link.ws.WebSocketFrames;
import io.netty.buffer.ByteBuf;

/// Bytes of a [MuxStream] that wait for their turn.
///
/// @param begins where those begin that were masked at once
/// @param key by which they are masked; 0 where they are not
/// @param lent whether the space in front of them is this stream's, once
record Outgoing(ByteBuf bytes, int begins, int key, boolean lent) {

    /// Whether what lies in front of them is free space, and not bytes that were sent before.
    boolean isLentWhole() {
        return lent && bytes.readerIndex() == begins;
    }

    /// The next so many of them, as they were written.
    ///
    /// @param all whether none are left then
    ByteBuf take(int n, boolean all) {
        if (key == 0) {
            return all ? bytes : bytes.readRetainedSlice(n);
        }
        int before = bytes.readerIndex() - begins;
        var own = WebSocketFrames.unmasked(bytes.readSlice(n), before, key);
        if (all) {
            bytes.release();
        }
        return own;
    }
}
