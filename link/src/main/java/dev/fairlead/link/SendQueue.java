package dev.fairlead.link;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.ArrayDeque;

/// Decides which stream's bytes go out next, and when the socket is flushed. Used on one event loop
/// only.
///
/// Streams take turns of [#QUANTUM] bytes, by deficit round robin. A stream that had nothing to
/// send a moment ago goes before those that always have: so a keystroke passes a file transfer. No
/// stream starves, because one that has had its turn, or has become empty in it, waits a whole
/// round before it can come first again (FQ-CoDel's two lists, RFC 8290 section 4.2). Frames of the
/// link itself (windows, pings, ends of streams that hold nothing) do not wait.
final class SendQueue {

    /// A stalled peer that makes this side answer without reading: beyond so much the link is given
    /// up.
    private static final long MAX_CONTROL_BACKLOG = 4 << 20;

    /// Bytes of one turn: one frame of a stream that has much, several of one that comes in pieces.
    private static final int QUANTUM = LinkLimits.MAX_DATA;

    private final Channel channel;
    private final Runnable givenUp;
    private final ArrayDeque<MuxStream> fresh = new ArrayDeque<>();
    private final ArrayDeque<MuxStream> busy = new ArrayDeque<>();
    private boolean flushPending;
    private boolean draining;
    private boolean closed;

    /// @param givenUp told when the link is given up
    SendQueue(Channel channel, Runnable givenUp) {
        this.channel = channel;
        this.givenUp = givenUp;
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
            givenUp.run();
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
        stream.credit(QUANTUM - stream.credit());
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
                boolean first = !fresh.isEmpty();
                var stream = first ? fresh.poll() : busy.poll();
                if (stream == null) {
                    break;
                }
                sent |= turn(stream, first);
            }
            if (sent) {
                flushSoon();
            }
        } finally {
            draining = false;
        }
    }

    /// Lets a stream send a frame, and puts it where its next turn is.
    ///
    /// @param first whether it came before those that always have something
    /// @return whether it had one
    private boolean turn(MuxStream stream, boolean first) {
        if (stream.credit() <= 0) {
            stream.credit(QUANTUM);
            busy.add(stream);
            return false;
        }
        boolean sent = stream.sendOne();
        if (!stream.canSend()) {
            if (first) {
                busy.add(stream);
            } else {
                stream.left();
            }
        } else if (stream.credit() > 0) {
            (first ? fresh : busy).addFirst(stream);
        } else {
            busy.add(stream);
        }
        return sent;
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
