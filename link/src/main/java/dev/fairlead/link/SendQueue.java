package dev.fairlead.link;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.ArrayDeque;

/// Decides which stream's bytes go out next, and when the socket is flushed. Used on one event loop
/// only.
///
/// Streams take turns, one frame each. A stream that had nothing to send a moment ago goes before
/// those that always have (the idea of FQ-CoDel, RFC 8290 section 4.2, with frames as the quantum):
/// so a keystroke passes a file transfer, and no stream starves, because a stream keeps that
/// preference for one frame only. Frames of the link itself (windows, pings, ends of streams that
/// hold nothing) do not wait.
final class SendQueue {

    /// A stalled peer that makes this side answer without reading: beyond so much the link is given
    /// up.
    private static final long MAX_CONTROL_BACKLOG = 4 << 20;

    private final Channel channel;
    private final ArrayDeque<MuxStream> fresh = new ArrayDeque<>();
    private final ArrayDeque<MuxStream> busy = new ArrayDeque<>();
    private boolean flushPending;
    private boolean draining;
    private boolean closed;

    SendQueue(Channel channel) {
        this.channel = channel;
    }

    /// Sends a small frame now, ahead of what streams have waiting.
    void control(ByteBuf frame) {
        if (closed) {
            frame.release();
            return;
        }
        channel.write(frame);
        if (channel.bytesBeforeWritable() > MAX_CONTROL_BACKLOG) {
            closed = true;
            channel.close();
            return;
        }
        flushSoon();
    }

    /// Enters a stream that has become able to send.
    void enter(MuxStream stream) {
        if (closed) {
            return;
        }
        fresh.add(stream);
        drain();
    }

    /// Sends while the socket takes it.
    void drain() {
        if (draining || closed) {
            return;
        }
        draining = true;
        try {
            boolean sent = false;
            while (channel.isWritable()) {
                var stream = fresh.poll();
                if (stream == null) {
                    stream = busy.poll();
                }
                if (stream == null) {
                    break;
                }
                sent |= stream.sendOne();
                if (stream.canSend()) {
                    busy.add(stream);
                } else {
                    stream.left();
                }
            }
            if (sent) {
                flushSoon();
            }
        } finally {
            draining = false;
        }
    }

    /// Flushes after the events of this round of the loop, so that many small frames leave in one
    /// write.
    private void flushSoon() {
        if (!flushPending) {
            flushPending = true;
            channel.eventLoop().execute(this::flushNow);
        }
    }

    void flushNow() {
        flushPending = false;
        channel.flush();
        drain();
    }

    void close() {
        closed = true;
        fresh.clear();
        busy.clear();
    }
}
